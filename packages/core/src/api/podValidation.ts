/**
 * Rules about pods and their templates, in the API server's words and order; objects are checked with their defaults.
 * What other files judge: containers, volumes, placement, security. Whatever the types of the fields, nothing is
 * thrown: a wrong one is the decoder's to refuse (`decoding.ts`) and reads as absent here.
 * Twin: apis/core/validation ValidatePodTemplateSpec, ValidatePodSpec. Rules: DS-V10.
 */
import { oneOf } from './choiceValidation.ts';
import {
  type PodParts,
  validateContainers,
  validateImageBlanks,
  validateInitContainers,
} from './containerValidation.ts';
import { duplicate, type FieldError, forbidden, invalid, required } from './fieldError.ts';
import { type Fields, fieldsOf, isGiven, listOf, numberOf, textOf, textsOf } from './goText.ts';
import { validateAnnotations, validateLabels, validateObjectMeta } from './metaValidation.ts';
import {
  findDnsLabelErrors,
  findIpErrors,
  findQualifiedNameErrors,
  findSearchDomainErrors,
  findSubdomainErrors,
} from './names.ts';
import { INT32_MAX, inRange } from './numberValidation.ts';
import { validateNodeAffinity, validateTolerations } from './placementValidation.ts';
import type { Pod, PodSpec } from './pod.ts';
import { validatePodAffinity, validateTopologySpread } from './podAffinityValidation.ts';
import { validateOverhead } from './resourceValidation.ts';
import { validateHostUsers, validatePodSecurity } from './securityValidation.ts';
import { validateVolumes } from './volumeValidation.ts';
import { validateHostProcess, validateSystem } from './windowsValidation.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];
const NAMESERVERS_MAX = 3;
const SEARCH_PATHS_MAX = 32;
const SEARCH_CHARACTERS_MAX = 2048;

export function validatePodTemplate(template: unknown, path: string): readonly FieldError[] {
  const fields = fieldsOf(template);
  const metadata = fieldsOf(fields['metadata']);
  const spec = fieldsOf(fields['spec']);
  const errors = [
    // Upstream leaves `metadata` out of these two paths.
    ...validateLabels(metadata['labels'], `${path}.labels`),
    ...validateAnnotations(metadata['annotations'], `${path}.annotations`),
    ...validateSpec(spec, `${path}.spec`, { isPod: false }),
  ];
  if (listOf(spec['ephemeralContainers']).length > 0)
    errors.push(forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'));
  return errors;
}

/** A new pod with its defaults. */
export function validatePod(pod: Pod): readonly FieldError[] {
  const spec = fieldsOf(pod.spec);
  const metadata = fieldsOf(pod.metadata) as unknown as Pod['metadata'];
  const errors = [...validateObjectMeta(metadata), ...validatePodSpec(pod.spec, 'spec', textOf(metadata.name))];
  if (listOf(spec['ephemeralContainers']).length > 0)
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  if (textOf(spec['nodeName']) !== '' && listOf(spec['schedulingGates']).length > 0)
    errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  return errors;
}

/** A new pod whose spec is that of a template that has been judged, but for its tolerations and its affinity. */
export function validatePodOfTemplate({ metadata, spec: given }: Pod): readonly FieldError[] {
  const spec = fieldsOf(given);
  return [
    ...validateObjectMeta(metadata),
    ...validateHostPorts(spec, 'spec', true),
    ...validateAffinity(fieldsOf(spec['affinity']), 'spec.affinity'),
    ...validateTolerations(listOf(spec['tolerations']), 'spec.tolerations'),
    ...validatePodAlone(spec, 'spec'),
  ];
}

/** The spec of a pod, not of a template. */
export function validatePodSpec(given: PodSpec | Fields, path: string, podName = ''): readonly FieldError[] {
  const spec = fieldsOf(given);
  return [...validateSpec(spec, path, { isPod: true, podName }), ...validatePodAlone(spec, path)];
}

/** What a template gets away with, and its pods do not. */
function* validatePodAlone(spec: Fields, path: string): Iterable<FieldError> {
  yield* validateTokens(spec, path);
  yield* validateImageBlanks(listOf(spec['containers']), `${path}.containers`);
  yield* validateImageBlanks(listOf(spec['initContainers']), `${path}.initContainers`);
}

/** Templates are judged less strictly than pods, which cannot be defaulted any more. */
interface Strictness {
  readonly isPod: boolean;
  readonly podName?: string;
}

function* validateSpec(spec: Fields, path: string, { isPod, podName }: Strictness): Iterable<FieldError> {
  const { terminationGracePeriodSeconds: graceSeconds } = spec;
  const { errors, byName } = validateVolumes(listOf(spec['volumes']), `${path}.volumes`, podName);
  yield* errors;
  const claims = listOf(spec['resourceClaims']);
  yield* validateResourceClaims(claims, `${path}.resourceClaims`);
  const containers = listOf(spec['containers']);
  const parts: PodParts = {
    volumes: byName,
    claimNames: claims.map(({ name }) => textOf(name)).filter((name) => name !== ''),
    graceSeconds,
    restartPolicy: textOf(spec['restartPolicy']),
    hasHostUsers: spec['hostUsers'] !== false,
  };
  yield* validateContainers(containers, `${path}.containers`, parts);
  yield* validateInitContainers(listOf(spec['initContainers']), containers, `${path}.initContainers`, parts);
  yield* validateHostPorts(spec, path, isPod);
  yield* oneOf(spec['restartPolicy'], RESTART_POLICIES, `${path}.restartPolicy`);
  yield* oneOf(spec['dnsPolicy'], DNS_POLICIES, `${path}.dnsPolicy`);
  yield* validateLabels(spec['nodeSelector'], `${path}.nodeSelector`);
  yield* validatePodSecurity(spec, `${path}.securityContext`);
  yield* validateAffinity(fieldsOf(spec['affinity']), `${path}.affinity`);
  yield* validateDnsConfig(spec, `${path}.dnsConfig`);
  yield* validateGates(spec, path);
  yield* validateTopologySpread(listOf(spec['topologySpreadConstraints']), `${path}.topologySpreadConstraints`);
  yield* validateHostProcess(spec, path);
  yield* validateHostUsers(spec, path);
  yield* validateNames(spec, path);
  yield* validateTolerations(listOf(spec['tolerations']), `${path}.tolerations`);
  yield* validateHostAliases(listOf(spec['hostAliases']), `${path}.hostAliases`);
  yield* named(spec, 'priorityClassName', path, findSubdomainErrors);
  yield* named(spec, 'runtimeClassName', path, findSubdomainErrors);
  yield* oneOf(spec['preemptionPolicy'], PREEMPTION_POLICIES, `${path}.preemptionPolicy`);
  yield* validateOverhead(fieldsOf(spec['overhead']), `${path}.overhead`);
  yield* validateSystem(spec, path);
}

/** In the network of the host a port is the host's: a pod has to say so, a template may leave it out. */
function* validateHostPorts(spec: Fields, path: string, isPod: boolean): Iterable<FieldError> {
  if (spec['hostNetwork'] !== true) return;
  for (const [at, container] of listOf(spec['containers']).entries()) {
    for (const [portAt, port] of listOf(container['ports']).entries()) {
      const hostPort = numberOf(port['hostPort']);
      if ((!isPod && hostPort === 0) || hostPort === numberOf(port['containerPort'])) continue;
      const field = `${path}.containers[${at}].ports[${portAt}].hostPort`;
      yield invalid(field, hostPort, 'must match `containerPort` when `hostNetwork` is true');
    }
  }
}

function* validateAffinity(affinity: Fields, path: string): Iterable<FieldError> {
  yield* validateNodeAffinity(fieldsOf(affinity['nodeAffinity']), `${path}.nodeAffinity`);
  for (const kind of ['podAffinity', 'podAntiAffinity'])
    yield* validatePodAffinity(fieldsOf(affinity[kind]), `${path}.${kind}`);
}

function* validateDnsConfig(spec: Fields, path: string): Iterable<FieldError> {
  const given = spec['dnsConfig'];
  const { nameservers, searches, options } = fieldsOf(given);
  const servers = textsOf(nameservers);
  if (spec['dnsPolicy'] === 'None' && !isGiven(given)) {
    yield required(path, 'must provide `dnsConfig` when `dnsPolicy` is None');
    return;
  }
  if (spec['dnsPolicy'] === 'None' && servers.length === 0) {
    yield required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None');
    return;
  }
  if (servers.length > NAMESERVERS_MAX)
    yield invalid(`${path}.nameservers`, servers, `must not have more than ${NAMESERVERS_MAX} nameservers`);
  for (const [at, server] of servers.entries())
    for (const text of findIpErrors(server)) yield invalid(`${path}.nameservers[${at}]`, server, text);
  const domains = textsOf(searches);
  if (domains.length > SEARCH_PATHS_MAX)
    yield invalid(`${path}.searches`, domains, `must not have more than ${SEARCH_PATHS_MAX} search paths`);
  if (domains.join(' ').length > SEARCH_CHARACTERS_MAX) {
    const text = `must not have more than ${SEARCH_CHARACTERS_MAX} characters (including spaces) in the search list`;
    yield invalid(`${path}.searches`, domains, text);
  }
  for (const [at, domain] of domains.entries()) {
    if (domain === '.') continue;
    const bare = domain.replace(/\.$/, '');
    for (const text of findSearchDomainErrors(bare)) yield invalid(`${path}.searches[${at}]`, bare, text);
  }
  for (const [at, { name }] of listOf(options).entries())
    if (textOf(name) === '') yield required(`${path}.options[${at}]`, 'must not be empty');
}

function* validateGates(spec: Fields, path: string): Iterable<FieldError> {
  for (const [at, { conditionType }] of listOf(spec['readinessGates']).entries()) {
    const field = `${path}.readinessGates[${at}].conditionType`;
    for (const text of findQualifiedNameErrors(textOf(conditionType)))
      yield invalid(field, textOf(conditionType), text);
  }
  const seen = new Set<string>();
  for (const [at, gate] of listOf(spec['schedulingGates']).entries()) {
    const field = `${path}.schedulingGates[${at}]`;
    const name = textOf(gate['name']);
    for (const text of findQualifiedNameErrors(name)) yield invalid(field, name, text);
    if (seen.has(name)) yield duplicate(field, name);
    seen.add(name);
  }
}

function* validateNames(spec: Fields, path: string): Iterable<FieldError> {
  yield* named(spec, 'serviceAccountName', path, findSubdomainErrors);
  yield* named(spec, 'nodeName', path, findSubdomainErrors);
  const { activeDeadlineSeconds: deadline } = spec;
  if (isGiven(deadline)) yield* inRange(`${path}.activeDeadlineSeconds`, numberOf(deadline), 1, INT32_MAX);
  yield* named(spec, 'hostname', path, findDnsLabelErrors);
  yield* named(spec, 'subdomain', path, findDnsLabelErrors);
}

function* validateHostAliases(aliases: readonly Fields[], path: string): Iterable<FieldError> {
  for (const [at, { ip, hostnames }] of aliases.entries()) {
    for (const text of findIpErrors(textOf(ip))) yield invalid(`${path}[${at}].ip`, textOf(ip), text);
    for (const [nameAt, name] of textsOf(hostnames).entries())
      for (const text of findSubdomainErrors(name)) yield invalid(`${path}[${at}].hostnames[${nameAt}]`, name, text);
  }
}

function* validateResourceClaims(claims: readonly Fields[], path: string): Iterable<FieldError> {
  const names = new Set<string>();
  const kinds = ['resourceClaimName', 'resourceClaimTemplateName'];
  for (const [at, claim] of claims.entries()) {
    const here = `${path}[${at}]`;
    const name = textOf(claim['name']);
    if (name === '') yield required(`${here}.name`);
    else if (names.has(name)) yield duplicate(`${here}.name`, name);
    else for (const text of findDnsLabelErrors(name)) yield invalid(`${here}.name`, name, text);
    names.add(name);
    const given = kinds.filter((kind) => isGiven(claim[kind]));
    const either = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified';
    if (given.length > 1) yield invalid(here, claim, either);
    const none = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`';
    if (given.length === 0) yield invalid(here, claim, none);
    for (const kind of given)
      for (const text of findSubdomainErrors(textOf(claim[kind]))) yield invalid(`${here}.${kind}`, claim[kind], text);
  }
}

/** A token is somebody's. */
function* validateTokens(spec: Fields, path: string): Iterable<FieldError> {
  if (textOf(spec['serviceAccountName']) !== '') return;
  for (const [at, volume] of listOf(spec['volumes']).entries()) {
    for (const [sourceAt, source] of listOf(fieldsOf(volume['projected'])['sources']).entries()) {
      if (!isGiven(source['serviceAccountToken'])) continue;
      const field = `${path}.volumes[${at}].projected.sources[${sourceAt}].serviceAccountToken`;
      yield forbidden(field, 'must not be specified when serviceAccountName is not set');
    }
  }
}

/** A field that may be absent or empty, and otherwise names something. */
function* named(
  spec: Fields,
  field: string,
  path: string,
  find: (text: string) => readonly string[],
): Iterable<FieldError> {
  const name = textOf(spec[field]);
  if (name !== '') for (const text of find(name)) yield invalid(`${path}.${field}`, name, text);
}
