/** Rules about the containers of a pod. Twin: apis/core/validation validateContainers, validateInitContainers, validateContainerCommon. Rules: DS-V10. */
import { oneOf } from './choiceValidation.ts';
import { validateEnv, validateEnvFrom } from './envValidation.ts';
import { duplicate, type FieldError, forbidden, invalid, required, unresolved, unsupported } from './fieldError.ts';
import { type Fields, fieldsOf, isGiven, listOf, numberOf, textOf } from './goText.ts';
import { findDnsLabelErrors, findPortNameErrors } from './names.ts';
import { validatePortNumber } from './numberValidation.ts';
import { noBacksteps, validateDescendingPath } from './pathValidation.ts';
import { validateProbes } from './probeValidation.ts';
import { validateResources } from './resourceValidation.ts';
import { validateContainerSecurity } from './securityValidation.ts';
import { isClaim } from './volumeValidation.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const RECURSIONS = ['Disabled', 'Enabled', 'IfPossible'];

/** What containers refer to in their pod. */
export interface PodParts {
  readonly volumes: ReadonlyMap<string, Fields>;
  readonly claimNames: readonly string[];
  readonly graceSeconds: unknown;
  readonly restartPolicy: string;
  readonly hasHostUsers: boolean;
}

export function* validateContainers(containers: readonly Fields[], path: string, pod: PodParts): Iterable<FieldError> {
  if (containers.length === 0) {
    yield required(path);
    return;
  }
  const names = new Set<string>();
  for (const [at, container] of containers.entries()) {
    const here = `${path}[${at}]`;
    yield* validateContainer(container, here, pod);
    const name = textOf(container['name']);
    if (names.has(name)) yield duplicate(`${here}.name`, name);
    names.add(name);
    yield* validateProbes(container, here, pod.graceSeconds);
    if (isGiven(container['restartPolicy']))
      yield forbidden(`${here}.restartPolicy`, 'may not be set for non-init containers');
  }
  yield* validateHostPorts(containers, path);
}

/** `restartPolicy: Always` makes one a sidecar, which may be probed. */
export function* validateInitContainers(
  containers: readonly Fields[],
  mainContainers: readonly Fields[],
  path: string,
  pod: PodParts,
): Iterable<FieldError> {
  const names = new Set(mainContainers.map(({ name }) => textOf(name)));
  for (const [at, container] of containers.entries()) {
    const here = `${path}[${at}]`;
    yield* validateContainer(container, here, pod);
    const { restartPolicy } = container;
    if (isGiven(restartPolicy) && restartPolicy !== 'Always')
      yield unsupported(`${here}.restartPolicy`, restartPolicy, ['Always']);
    const name = textOf(container['name']);
    if (names.has(name)) yield duplicate(`${here}.name`, name);
    else if (name !== '') names.add(name);
    // They run one by one, so each has the ports of the host to itself; upstream counts from 0 each time.
    yield* validateHostPorts([container], path);
    if (restartPolicy === 'Always') {
      yield* validateProbes(container, here, pod.graceSeconds);
      continue;
    }
    const text = 'may not be set for init containers without restartPolicy=Always';
    for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'])
      if (isGiven(container[field])) yield forbidden(`${here}.${field}`, text);
  }
}

/** Of a pod that runs, not of a template: blanks around the name of an image. */
export function* validateImageBlanks(containers: readonly Fields[], path: string): Iterable<FieldError> {
  for (const [at, { image }] of containers.entries()) {
    const text = textOf(image);
    if (text.trim() !== text)
      yield invalid(`${path}[${at}].image`, text, 'must not have leading or trailing whitespace');
  }
}

function* validateContainer(container: Fields, path: string, pod: PodParts): Iterable<FieldError> {
  const name = textOf(container['name']);
  if (name === '') yield required(`${path}.name`);
  else for (const text of findDnsLabelErrors(name)) yield invalid(`${path}.name`, name, text);
  if (textOf(container['image']) === '') yield required(`${path}.image`);
  yield* oneOf(container['terminationMessagePolicy'], MESSAGE_POLICIES, `${path}.terminationMessagePolicy`);
  yield* validatePorts(listOf(container['ports']), `${path}.ports`);
  yield* validateEnv(listOf(container['env']), `${path}.env`);
  yield* validateEnvFrom(listOf(container['envFrom']), `${path}.envFrom`);
  yield* validateMounts(container, `${path}.volumeMounts`, pod.volumes);
  yield* validateDevices(container, `${path}.volumeDevices`, pod.volumes);
  yield* oneOf(container['imagePullPolicy'], PULL_POLICIES, `${path}.imagePullPolicy`);
  yield* validateResources(fieldsOf(container['resources']), `${path}.resources`, pod.claimNames);
  yield* validateResizePolicies(listOf(container['resizePolicy']), `${path}.resizePolicy`, pod.restartPolicy);
  yield* validateContainerSecurity(container['securityContext'], `${path}.securityContext`, pod.hasHostUsers);
}

function* validatePorts(ports: readonly Fields[], path: string): Iterable<FieldError> {
  const names = new Set<string>();
  for (const [at, port] of ports.entries()) {
    const here = `${path}[${at}]`;
    const name = textOf(port['name']);
    const nameErrors = name === '' ? [] : findPortNameErrors(name);
    for (const text of nameErrors) yield invalid(`${here}.name`, name, text);
    if (nameErrors.length === 0 && name !== '') {
      if (names.has(name)) yield duplicate(`${here}.name`, name);
      names.add(name);
    }
    const containerPort = numberOf(port['containerPort']);
    const hostPort = numberOf(port['hostPort']);
    if (containerPort === 0) yield required(`${here}.containerPort`);
    else yield* validatePortNumber(`${here}.containerPort`, containerPort);
    if (hostPort !== 0) yield* validatePortNumber(`${here}.hostPort`, hostPort);
    yield* oneOf(port['protocol'], PROTOCOLS, `${here}.protocol`);
  }
}

/** No two containers that run together want the same port of the host. */
function* validateHostPorts(containers: readonly Fields[], path: string): Iterable<FieldError> {
  const taken = new Set<string>();
  for (const [at, container] of containers.entries()) {
    for (const [portAt, port] of listOf(container['ports']).entries()) {
      const hostPort = numberOf(port['hostPort']);
      if (hostPort === 0) continue;
      const place = `${textOf(port['protocol'])}/${textOf(port['hostIP'])}/${hostPort}`;
      if (taken.has(place)) yield duplicate(`${path}[${at}].ports[${portAt}].hostPort`, place);
      taken.add(place);
    }
  }
}

function* validateMounts(container: Fields, path: string, volumes: PodParts['volumes']): Iterable<FieldError> {
  const devices = listOf(container['volumeDevices']);
  const taken = new Set<string>();
  for (const [at, mount] of listOf(container['volumeMounts']).entries()) {
    const here = `${path}[${at}]`;
    const name = textOf(mount['name']);
    const mountPath = textOf(mount['mountPath']);
    if (name === '') yield required(`${here}.name`);
    if (!volumes.has(name)) yield unresolved(`${here}.name`, name);
    if (mountPath === '') yield required(`${here}.mountPath`);
    if (taken.has(mountPath)) yield invalid(`${here}.mountPath`, mountPath, 'must be unique');
    taken.add(mountPath);
    if (devices.some((device) => textOf(device['name']) === name))
      yield invalid(`${here}.name`, name, 'must not already exist in volumeDevices');
    if (devices.some((device) => textOf(device['devicePath']) === mountPath))
      yield invalid(`${here}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices');
    yield* validateSubPaths(mount, here, path, isGiven(volumes.get(name)?.['image']));
    yield* validatePropagation(mount, container, path);
  }
}

/** Of some errors upstream names the list and not the mount: `path`, not `here`. */
function* validateSubPaths(mount: Fields, here: string, path: string, isImage: boolean): Iterable<FieldError> {
  const subPath = textOf(mount['subPath']);
  const subPathExpr = textOf(mount['subPathExpr']);
  const text = 'not allowed in image volume sources';
  if (isImage && subPath !== '') yield invalid(`${here}.subPath`, subPath, text);
  if (isImage && subPathExpr !== '') yield invalid(`${here}.subPathExpr`, subPathExpr, text);
  if (subPath !== '') yield* validateDescendingPath(subPath, `${path}.subPath`);
  if (subPathExpr === '') return;
  if (subPath !== '')
    yield invalid(`${here}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive');
  yield* validateDescendingPath(subPathExpr, `${path}.subPathExpr`);
}

function* validatePropagation(mount: Fields, container: Fields, path: string): Iterable<FieldError> {
  const { mountPropagation, recursiveReadOnly, readOnly } = mount;
  yield* oneOf(mountPropagation, PROPAGATIONS, `${path}.mountPropagation`);
  const isPrivileged = fieldsOf(container['securityContext'])['privileged'] === true;
  if (mountPropagation === 'Bidirectional' && !isPrivileged) {
    const text = 'Bidirectional mount propagation is available only to privileged containers';
    yield forbidden(`${path}.mountPropagation`, text);
  }
  const field = `${path}.recursiveReadOnly`;
  if (recursiveReadOnly === 'Enabled' || recursiveReadOnly === 'IfPossible') {
    if (readOnly !== true) yield forbidden(field, 'may only be specified when readOnly is true');
    if (isGiven(mountPropagation) && mountPropagation !== 'None')
      yield forbidden(field, 'may only be specified when mountPropagation is None or not specified');
  } else yield* oneOf(recursiveReadOnly, RECURSIONS, field);
}

function* validateDevices(container: Fields, path: string, volumes: PodParts['volumes']): Iterable<FieldError> {
  const mounts = listOf(container['volumeMounts']);
  const names = new Set<string>();
  const paths = new Set<string>();
  for (const [at, device] of listOf(container['volumeDevices']).entries()) {
    const name = textOf(device['name']);
    const devicePath = textOf(device['devicePath']);
    const [nameField, pathField] = [`${path}[${at}].name`, `${path}[${at}].devicePath`];
    const volume = volumes.get(name);
    if (name === '') yield required(nameField);
    if (names.has(name)) yield invalid(nameField, name, 'must be unique');
    if (volume === undefined) yield unresolved(nameField, name);
    else if (!isClaim(volume)) {
      const text = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      yield invalid(nameField, name, text);
    }
    if (devicePath === '') yield required(pathField);
    if (paths.has(devicePath)) yield invalid(pathField, devicePath, 'must be unique');
    if ([...noBacksteps(devicePath, pathField)].length > 0)
      yield invalid(pathField, devicePath, "can not contain backsteps ('..')");
    else paths.add(devicePath);
    if (mounts.some((mount) => textOf(mount['name']) === name))
      yield invalid(nameField, name, 'must not already exist in volumeMounts');
    if (mounts.some((mount) => textOf(mount['mountPath']) === devicePath))
      yield invalid(pathField, devicePath, 'must not already exist as a path in volumeMounts');
    if (name !== '') names.add(name);
  }
}

function* validateResizePolicies(
  policies: readonly Fields[],
  path: string,
  podRestartPolicy: string,
): Iterable<FieldError> {
  const seen = new Set<string>();
  for (const [at, policy] of policies.entries()) {
    const resourceName = textOf(policy['resourceName']);
    const restartPolicy = textOf(policy['restartPolicy']);
    if (seen.has(resourceName)) yield duplicate(`${path}[${at}]`, resourceName);
    seen.add(resourceName);
    yield* oneOf(resourceName, ['cpu', 'memory'], path);
    yield* oneOf(restartPolicy, ['NotRequired', 'RestartContainer'], path);
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired')
      yield invalid(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'");
  }
}
