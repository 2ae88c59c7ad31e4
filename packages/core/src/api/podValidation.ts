/**
 * Rules about pod templates, as far as a manifest that is to run in a simulation needs them.
 * Twin: apis/core/validation ValidatePodTemplateSpec. Rules: DS-V10, DS-V11, DS-V12.
 */
import { fieldError, type FieldError, unsupported } from './fieldError.ts';
import { invalidText, validateAnnotations, validateLabels } from './metaValidation.ts';
import { findDnsLabelErrors, findQualifiedNameErrors } from './names.ts';
import { isObject } from './patch.ts';
import { validateAffinity, validateTolerations } from './placementValidation.ts';
import { parseScaled } from './quantity.ts';

type Fields = Readonly<Record<string, unknown>>;

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES = ['FallbackToLogsOnError', 'File'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'];
const PORT_MAX = 65_535;

export function validatePodTemplate(template: unknown, path: string): readonly FieldError[] {
  const fields = asFields(template);
  const metadata = asFields(fields['metadata']);
  return [
    // Upstream leaves `metadata` out of these two paths.
    ...validateLabels(metadata['labels'], `${path}.labels`),
    ...validateAnnotations(metadata['annotations'], `${path}.annotations`),
    ...validatePodSpec(asFields(fields['spec']), `${path}.spec`),
  ];
}

/** Of a pod or a template, with the defaults filled in. */
export function validatePodSpec(spec: Fields, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const volumes = asList(spec['volumes']);
  errors.push(...validateVolumes(volumes, `${path}.volumes`));
  const volumeNames = new Set(volumes.map((volume) => volume['name']));
  const containers = asList(spec['containers']);
  if (containers.length === 0) errors.push(fieldError('Required value', `${path}.containers`, '', ''));
  const names = new Set<unknown>();
  for (const field of ['containers', 'initContainers']) {
    for (const [at, container] of asList(spec[field]).entries()) {
      const here = `${path}.${field}[${at}]`;
      errors.push(...validateContainer(container, here, volumeNames));
      const { name } = container;
      if (typeof name === 'string' && names.has(name))
        errors.push(fieldError('Duplicate value', `${here}.name`, name, ''));
      names.add(name);
    }
  }
  errors.push(...validatePorts(containers, `${path}.containers`, spec['hostNetwork'] === true));
  errors.push(...oneOf(`${path}.restartPolicy`, spec['restartPolicy'], RESTART_POLICIES));
  errors.push(...oneOf(`${path}.dnsPolicy`, spec['dnsPolicy'], DNS_POLICIES));
  const { terminationGracePeriodSeconds: grace, activeDeadlineSeconds: deadline } = spec;
  if (grace !== undefined && !isWhole(grace, 0)) {
    errors.push(
      fieldError('Invalid value', `${path}.terminationGracePeriodSeconds`, grace, 'must be greater than or equal to 0'),
    );
  }
  if (deadline !== undefined && deadline !== null && !isWhole(deadline, 1)) {
    const text = 'must be between 1 and 2147483647, inclusive';
    errors.push(fieldError('Invalid value', `${path}.activeDeadlineSeconds`, deadline, text));
  }
  errors.push(...validateLabels(spec['nodeSelector'], `${path}.nodeSelector`));
  errors.push(...validateTolerations(asList(spec['tolerations']), `${path}.tolerations`));
  errors.push(...validateAffinity(asFields(spec['affinity']), `${path}.affinity`));
  return errors;
}

function validateContainer(container: Fields, path: string, volumeNames: ReadonlySet<unknown>): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { name, image } = container;
  if (name === undefined || name === '') errors.push(fieldError('Required value', `${path}.name`, '', ''));
  else errors.push(...invalidText(`${path}.name`, name, findDnsLabelErrors));
  if (image === undefined || image === '') errors.push(fieldError('Required value', `${path}.image`, '', ''));
  else {
    errors.push(
      ...invalidText(`${path}.image`, image, (text) =>
        text.trim() === text ? [] : ['must not have leading or trailing whitespace'],
      ),
    );
  }
  errors.push(...oneOf(`${path}.imagePullPolicy`, container['imagePullPolicy'], PULL_POLICIES));
  errors.push(...oneOf(`${path}.terminationMessagePolicy`, container['terminationMessagePolicy'], MESSAGE_POLICIES));
  errors.push(...validateResources(asFields(container['resources']), `${path}.resources`));
  for (const [at, mount] of asList(container['volumeMounts']).entries()) {
    const here = `${path}.volumeMounts[${at}]`;
    if (!volumeNames.has(mount['name'])) errors.push(fieldError('Not found', `${here}.name`, mount['name'], ''));
    if ((mount['mountPath'] ?? '') === '') errors.push(fieldError('Required value', `${here}.mountPath`, '', ''));
  }
  return errors;
}

function validateResources(resources: Fields, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const limits = asFields(resources['limits']);
  const requests = asFields(resources['requests']);
  for (const [field, list] of [
    ['limits', limits],
    ['requests', requests],
  ] as const) {
    for (const [name, quantity] of Object.entries(list)) {
      errors.push(...invalidText(`${path}.${field}`, name, findQualifiedNameErrors));
      const amount = scaled(quantity);
      if (amount === undefined) {
        const text = `quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`;
        errors.push(fieldError('Invalid value', `${path}.${field}[${name}]`, quantity, text));
      } else if (amount < 0) {
        errors.push(
          fieldError('Invalid value', `${path}.${field}[${name}]`, quantity, 'must be greater than or equal to 0'),
        );
      }
    }
  }
  for (const [name, quantity] of Object.entries(requests)) {
    const limit = scaled(limits[name]);
    const amount = scaled(quantity);
    if (limit === undefined || amount === undefined || amount <= limit) continue;
    const text = `must be less than or equal to ${name} limit of ${String(limits[name])}`;
    errors.push(fieldError('Invalid value', `${path}.requests`, quantity, text));
  }
  return errors;
}

/** Ports of all containers: legal, and no two want the same port of the host. */
function validatePorts(containers: readonly Fields[], path: string, isHostNetwork: boolean): readonly FieldError[] {
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  for (const [at, container] of containers.entries()) {
    for (const [portAt, port] of asList(container['ports']).entries()) {
      const here = `${path}[${at}].ports[${portAt}]`;
      const { containerPort, hostPort, protocol = 'TCP', hostIP = '' } = port;
      if (containerPort === undefined || containerPort === 0)
        errors.push(fieldError('Required value', `${here}.containerPort`, '', ''));
      else errors.push(...validatePort(containerPort, `${here}.containerPort`));
      errors.push(...oneOf(`${here}.protocol`, protocol, PROTOCOLS));
      const hasHostPort = hostPort !== undefined && hostPort !== 0;
      if (hasHostPort) {
        errors.push(...validatePort(hostPort, `${here}.hostPort`));
        const place = JSON.stringify([protocol, hostIP, hostPort]);
        errors.push(...(taken.has(place) ? [fieldError('Duplicate value', `${here}.hostPort`, hostPort, '')] : []));
        taken.add(place);
      }
      if (isHostNetwork && hostPort !== containerPort) {
        const text = 'must match `hostPort` when `hostNetwork` is true';
        errors.push(fieldError('Invalid value', `${here}.containerPort`, containerPort, text));
      }
    }
  }
  return errors;
}

function validatePort(port: unknown, path: string): readonly FieldError[] {
  const isPort = isWhole(port, 1) && port <= PORT_MAX;
  return isPort ? [] : [fieldError('Invalid value', path, port, 'must be between 1 and 65535, inclusive')];
}

function validateVolumes(volumes: readonly Fields[], path: string): readonly FieldError[] {
  const names = new Set<unknown>();
  return volumes.flatMap((volume, at) => {
    const { name } = volume;
    const field = `${path}[${at}].name`;
    if (name === undefined || name === '') return [fieldError('Required value', field, '', '')];
    if (names.has(name)) return [fieldError('Duplicate value', field, name, '')];
    names.add(name);
    return invalidText(field, name, findDnsLabelErrors);
  });
}

/** Absent is fine: a default comes in its place. */
function oneOf(path: string, value: unknown, supported: readonly string[]): readonly FieldError[] {
  if (value === undefined || value === null || supported.includes(value as string)) return [];
  return [unsupported(path, value, supported)];
}

/** In thousandths, so that the millicores of two amounts compare. */
function scaled(quantity: unknown): number | undefined {
  return typeof quantity === 'string' || typeof quantity === 'number' ? parseScaled(quantity, 3) : undefined;
}

function isWhole(value: unknown, min: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min;
}

function asFields(value: unknown): Fields {
  return isObject(value) ? value : {};
}

function asList(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
