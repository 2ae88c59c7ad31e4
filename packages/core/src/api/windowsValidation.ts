/** Rules about pods for Windows nodes, and about those that name their operating system. Twin: apis/core/validation validateWindowsSecurityContextOptions, validateOS. Rules: DS-V10. */
import { type FieldError, forbidden, invalid, required, unsupported } from './fieldError.ts';
import { type Fields, fieldsOf, isGiven, listOf, textOf } from './goText.ts';
import { findSubdomainErrors } from './names.ts';

const NET_BIOS_NAME = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;
const SPEC_KIB_MAX = 64;
const DOMAIN_MAX = 256;
const USER_MAX = 104;
const SYSTEMS = ['linux', 'windows'];
/** What only Linux has. */
const POD_FIELDS = ['hostUsers', 'hostPID', 'hostIPC', 'shareProcessNamespace'];
const POD_CONTEXT_FIELDS = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
];
const CONTEXT_FIELDS = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];

export function* validateWindowsOptions(given: unknown, path: string): Iterable<FieldError> {
  if (!isGiven(given)) return;
  const { gmsaCredentialSpecName, gmsaCredentialSpec, runAsUserName } = fieldsOf(given);
  if (isGiven(gmsaCredentialSpecName)) {
    const name = textOf(gmsaCredentialSpecName);
    for (const text of findSubdomainErrors(name)) yield invalid(`${path}.gmsaCredentialSpecName`, name, text);
  }
  if (isGiven(gmsaCredentialSpec)) {
    const spec = textOf(gmsaCredentialSpec);
    const field = `${path}.gmsaCredentialSpec`;
    if (spec === '') yield invalid(field, spec, 'gmsaCredentialSpec cannot be an empty string');
    else if (spec.length > SPEC_KIB_MAX * 1024)
      yield invalid(field, spec, `gmsaCredentialSpec size must be under ${SPEC_KIB_MAX} KiB`);
  }
  if (isGiven(runAsUserName)) {
    const name = textOf(runAsUserName);
    for (const text of findUserErrors(name)) yield invalid(`${path}.runAsUserName`, name, text);
  }
}

/** Host-process containers: all or none, and in the network of the host. */
export function* validateHostProcess(spec: Fields, path: string): Iterable<FieldError> {
  const ofPod = hostProcessOf(spec);
  let count = 0;
  const containers = containersOf(spec, path);
  for (const [container, here] of containers) {
    const own = hostProcessOf(container);
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      const text = `pod hostProcess value must be identical if both are specified, was ${String(ofPod)}`;
      yield invalid(`${here}.securityContext.windowsOptions.hostProcess`, own, text);
    }
    if (own ?? ofPod) count += 1;
  }
  if (count === 0) return;
  if (count !== containers.length)
    yield invalid(
      path,
      '',
      'If pod contains any hostProcess containers then all containers must be HostProcess containers',
    );
  if (spec['hostNetwork'] !== true)
    yield invalid(`${path}.hostNetwork`, false, 'hostNetwork must be true if pod contains any hostProcess containers');
}

/** A pod that names its system may not ask for what the other one has. */
export function* validateSystem(spec: Fields, path: string): Iterable<FieldError> {
  if (!isGiven(spec['os'])) return;
  const name = textOf(fieldsOf(spec['os'])['name']);
  if (name === '') yield required(`${path}.os.name`, 'cannot be empty');
  else if (!SYSTEMS.includes(name)) yield unsupported(`${path}.os`, name, SYSTEMS);
  else {
    const isLinux = name === 'linux';
    const text = isLinux ? 'windows options cannot be set for a linux pod' : 'cannot be set for a windows pod';
    const said = (owner: Fields, fields: readonly string[], here: string): readonly FieldError[] =>
      fields.filter((field) => isUsed(owner[field])).map((field) => forbidden(`${here}.${field}`, text));
    const contextOf = (owner: Fields): Fields => fieldsOf(owner['securityContext']);
    yield* said(contextOf(spec), isLinux ? ['windowsOptions'] : POD_CONTEXT_FIELDS, `${path}.securityContext`);
    if (!isLinux) yield* said(spec, POD_FIELDS, path);
    for (const [container, here] of containersOf(spec, path)) {
      const fields = isLinux ? ['windowsOptions'] : CONTEXT_FIELDS;
      yield* said(contextOf(container), fields, `${here}.securityContext`);
    }
  }
}

function findUserErrors(name: string): readonly string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1) ?? '';
  const domain = parts.length === 2 ? parts[0] : undefined;
  const errors: string[] = [];
  if (domain !== undefined) {
    if (domain.length >= DOMAIN_MAX)
      errors.push(`runAsUserName's Domain length must be under ${DOMAIN_MAX} characters`);
    if (!NET_BIOS_NAME.test(domain) && !DNS_NAME.test(domain))
      errors.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  }
  if (user === '') errors.push("runAsUserName's User cannot be empty");
  if (user.length > USER_MAX) errors.push(`runAsUserName's User length must not be longer than ${USER_MAX} characters`);
  if (/^[. ]+$/.test(user)) errors.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user))
    errors.push(`runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`);
  return errors;
}

function hostProcessOf(owner: Fields): boolean | undefined {
  const { hostProcess } = fieldsOf(fieldsOf(owner['securityContext'])['windowsOptions']);
  return typeof hostProcess === 'boolean' ? hostProcess : undefined;
}

/** In the server's order, each with its path. */
function containersOf(spec: Fields, path: string): readonly (readonly [Fields, string])[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) =>
    listOf(spec[field]).map((container, at) => [container, `${path}.${field}[${at}]`] as const),
  );
}

function isUsed(value: unknown): boolean {
  return isGiven(value) && value !== false && !(Array.isArray(value) && value.length === 0);
}
