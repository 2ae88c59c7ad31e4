/** Rules about what pods and containers may do on their node. Twin: apis/core/validation ValidateSecurityContext, validatePodSpecSecurityContext. Rules: DS-V10. */
import { oneOfIfGiven } from './choiceValidation.ts';
import { duplicate, type FieldError, forbidden, invalid, required, tooLong, unsupported } from './fieldError.ts';
import { type Fields, fieldsOf, isGiven, listOf, numberOf, textOf, textsOf } from './goText.ts';
import { INT32_MAX, inRange } from './numberValidation.ts';
import { validateDescendingPath } from './pathValidation.ts';
import { validateWindowsOptions } from './windowsValidation.ts';

const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const PROC_MOUNTS = ['Default', 'Unmasked'];
const PROFILE_BYTES_MAX = 4095;
const SYSCTL_MAX = 253;
const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL_PATTERN = `^(${SYSCTL_SEGMENT}[\\./])*${SYSCTL_SEGMENT}$`;
/** Kernel parameters that belong to the network, or to the shared memory, of whoever shares it. */
const NET_SYSCTLS = /^net\./;
const IPC_SYSCTLS = /^(kernel\.shm|kernel\.msg|fs\.mqueue\.)|^kernel\.sem$/;

/** Of a whole pod; `spec` is the pod's, for what of its node it shares. */
export function* validatePodSecurity(spec: Fields, path: string): Iterable<FieldError> {
  const context = fieldsOf(spec['securityContext']);
  for (const field of ['fsGroup', 'runAsUser', 'runAsGroup'])
    if (isGiven(context[field])) yield* inRange(`${path}.${field}`, numberOf(context[field]), 0, INT32_MAX);
  const { supplementalGroups: groups } = context;
  for (const [at, group] of (Array.isArray(groups) ? groups : []).entries())
    yield* inRange(`${path}.supplementalGroups[${at}]`, numberOf(group), 0, INT32_MAX);
  if (spec['shareProcessNamespace'] === true && spec['hostPID'] === true)
    yield invalid(`${path}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled');
  yield* validateSysctls(listOf(context['sysctls']), spec, `${path}.sysctls`);
  yield* oneOfIfGiven(context['fsGroupChangePolicy'], ['Always', 'OnRootMismatch'], `${path}.fsGroupChangePolicy`);
  yield* validateSeccomp(context['seccompProfile'], `${path}.seccompProfile`);
  yield* validateWindowsOptions(context['windowsOptions'], `${path}.windowsOptions`);
  yield* validateAppArmor(context['appArmorProfile'], `${path}.appArmorProfile`);
  yield* oneOfIfGiven(context['supplementalGroupsPolicy'], ['Merge', 'Strict'], `${path}.supplementalGroupsPolicy`);
  yield* oneOfIfGiven(context['seLinuxChangePolicy'], ['MountOption', 'Recursive'], `${path}.seLinuxChangePolicy`);
}

/** Of one container; `hasHostUsers`: its users are those of the node. */
export function* validateContainerSecurity(given: unknown, path: string, hasHostUsers: boolean): Iterable<FieldError> {
  const context = fieldsOf(given);
  const { privileged, procMount, allowPrivilegeEscalation } = context;
  for (const field of ['runAsUser', 'runAsGroup'])
    if (isGiven(context[field])) yield* inRange(`${path}.${field}`, numberOf(context[field]), 0, INT32_MAX);
  yield* oneOfIfGiven(procMount, PROC_MOUNTS, `${path}.procMount`);
  if (procMount === 'Unmasked' && hasHostUsers)
    yield invalid(`${path}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`');
  yield* validateSeccomp(context['seccompProfile'], `${path}.seccompProfile`);
  if (allowPrivilegeEscalation === false) {
    if (privileged === true)
      yield invalid(path, asGo(context), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true');
    for (const capability of textsOf(fieldsOf(context['capabilities'])['add'])) {
      const text = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN';
      if (capability === 'CAP_SYS_ADMIN') yield invalid(path, asGo(context), text);
    }
  }
  yield* validateWindowsOptions(context['windowsOptions'], `${path}.windowsOptions`);
  yield* validateAppArmor(context['appArmorProfile'], `${path}.appArmorProfile`);
}

/** A pod with users of its own may share nothing else with its node. Two of the names upstream writes with a capital. */
export function* validateHostUsers(spec: Fields, path: string): Iterable<FieldError> {
  if (spec['hostUsers'] !== false) return;
  for (const [field, name] of [
    ['hostNetwork', 'hostNetwork'],
    ['hostPID', 'HostPID'],
    ['hostIPC', 'HostIPC'],
  ] as const)
    if (spec[field] === true) yield forbidden(`${path}.${name}`, 'when `pod.Spec.HostUsers` is false');
}

function* validateSysctls(sysctls: readonly Fields[], spec: Fields, path: string): Iterable<FieldError> {
  const seen = new Set<string>();
  for (const [at, sysctl] of sysctls.entries()) {
    const field = `${path}[${at}].name`;
    const name = textOf(sysctl['name']);
    if (name === '') yield required(field);
    else if (name.length > SYSCTL_MAX || !new RegExp(SYSCTL_PATTERN).test(name))
      yield invalid(field, name, `must have at most ${SYSCTL_MAX} characters and match regex ${SYSCTL_PATTERN}`);
    else if (seen.has(name)) yield duplicate(field, name);
    const dotted = name.replaceAll('/', '.');
    if (spec['hostNetwork'] === true && NET_SYSCTLS.test(dotted))
      yield invalid(field, name, "may not be specified when 'hostNetwork' is true");
    else if (spec['hostIPC'] === true && IPC_SYSCTLS.test(dotted))
      yield invalid(field, name, "may not be specified when 'hostIPC' is true");
    seen.add(name);
  }
}

function* validateSeccomp(profile: unknown, path: string): Iterable<FieldError> {
  if (!isGiven(profile)) return;
  const type = textOf(fieldsOf(profile)['type']);
  const { localhostProfile } = fieldsOf(profile);
  if (type === '') yield required(`${path}.type`, 'type is required when seccompProfile is set');
  else yield* oneOfIfGiven(type, PROFILE_TYPES, `${path}.type`);
  const field = `${path}.localhostProfile`;
  if (type !== 'Localhost') {
    const shown = { Type: type, LocalhostProfile: localhostProfile };
    if (isGiven(localhostProfile)) yield invalid(field, shown, 'can only be set when seccomp type is Localhost');
  } else if (!isGiven(localhostProfile)) yield required(field, 'must be set when seccomp type is Localhost');
  else yield* validateDescendingPath(textOf(localhostProfile), field);
}

function* validateAppArmor(profile: unknown, path: string): Iterable<FieldError> {
  if (!isGiven(profile)) return;
  const type = textOf(fieldsOf(profile)['type']);
  const { localhostProfile } = fieldsOf(profile);
  const field = `${path}.localhostProfile`;
  if (type === '') yield required(`${path}.type`, 'type is required when appArmorProfile is set');
  else if (!PROFILE_TYPES.includes(type)) yield unsupported(`${path}.type`, type, PROFILE_TYPES);
  else if (type !== 'Localhost') {
    if (isGiven(localhostProfile))
      yield invalid(field, localhostProfile, 'can only be set when AppArmor type is Localhost');
  } else {
    const name = textOf(localhostProfile);
    if (name.trim() !== name) yield invalid(field, name, 'must not be padded with whitespace');
    else if (name === '') yield required(field, 'must be set when AppArmor type is Localhost');
    if (name.length > PROFILE_BYTES_MAX) yield tooLong(field, PROFILE_BYTES_MAX);
  }
}

/** The server prints its own form of the context here: all fields, under their Go names. */
function asGo(context: Fields): unknown {
  const capabilities = isGiven(context['capabilities']) ? fieldsOf(context['capabilities']) : undefined;
  const names: Readonly<Record<string, string>> = {
    Privileged: 'privileged',
    SELinuxOptions: 'seLinuxOptions',
    WindowsOptions: 'windowsOptions',
    RunAsUser: 'runAsUser',
    RunAsGroup: 'runAsGroup',
    RunAsNonRoot: 'runAsNonRoot',
    ReadOnlyRootFilesystem: 'readOnlyRootFilesystem',
    AllowPrivilegeEscalation: 'allowPrivilegeEscalation',
    ProcMount: 'procMount',
    SeccompProfile: 'seccompProfile',
    AppArmorProfile: 'appArmorProfile',
  };
  return {
    Capabilities:
      capabilities === undefined ? null : { Add: capabilities['add'] ?? null, Drop: capabilities['drop'] ?? null },
    ...Object.fromEntries(Object.entries(names).map(([name, field]) => [name, context[field] ?? null])),
  };
}
