/** Rules about what containers ask for and may use at most. Twin: apis/core/validation validateResourceRequirements. Rules: DS-V10. */
import { duplicate, type FieldError, forbidden, invalid, required, unresolved } from './fieldError.ts';
import { type Fields, fieldsOf } from './goText.ts';
import { findQualifiedNameErrors } from './names.ts';
import { canonicalQuantity, NANO, NO_QUANTITY, quantityNanos } from './quantityText.ts';

const CONTAINER_RESOURCES = ['cpu', 'ephemeral-storage', 'memory'];
const HUGE_PAGES = 'hugepages-';
/** What a quota can count besides: a container cannot ask for it, but the name is a standard one. */
const QUOTA_RESOURCES = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'services.nodeports',
  'services.loadbalancers',
];

/** Whether a quota may set a limit to it, as far as names without a domain go. */
export function isQuotaResource(name: string): boolean {
  const isPages = name.startsWith(HUGE_PAGES) || name.startsWith(`requests.${HUGE_PAGES}`);
  return isPages || CONTAINER_RESOURCES.includes(name) || QUOTA_RESOURCES.includes(name);
}

/** `claimNames`: the pod's resource claims. */
export function* validateResources(
  resources: Fields,
  path: string,
  claimNames: readonly string[],
): Iterable<FieldError> {
  const limits = fieldsOf(resources['limits']);
  const requests = fieldsOf(resources['requests']);
  for (const [name, quantity] of Object.entries(limits)) yield* validateAmount(name, quantity, `${path}.limits`);
  for (const [name, quantity] of Object.entries(requests)) {
    yield* validateAmountName(name, `${path}.requests[${name}]`);
    yield* validateAmountValue(name, quantity, `${path}.requests[${name}]`);
    yield* compareWithLimit(name, quantity, limits, path);
    yield* validatePages(name, quantity, `${path}.requests[${name}]`);
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  const hasMain = names.some((name) => name === 'cpu' || name === 'memory');
  if (!hasMain && names.some((name) => name.startsWith(HUGE_PAGES)))
    yield forbidden(path, 'HugePages require cpu or memory');
  yield* validateClaims(resources['claims'], `${path}.claims`, claimNames);
}

/** Of a pod: what its sandbox costs. */
export function* validateOverhead(overhead: Fields, path: string): Iterable<FieldError> {
  for (const [name, quantity] of Object.entries(overhead)) yield* validateAmount(name, quantity, `${path}.limits`);
}

/** One entry of a node's capacity; it is no request, so any name will do. */
export function* validateNodeResource(name: string, quantity: unknown, path: string): Iterable<FieldError> {
  yield* validateAmountValue(name, quantity, path);
}

function* validateAmount(name: string, quantity: unknown, list: string): Iterable<FieldError> {
  const path = `${list}[${name}]`;
  yield* validateAmountName(name, path);
  yield* validateAmountValue(name, quantity, path);
  yield* validatePages(name, quantity, path);
}

function* validateAmountName(name: string, path: string): Iterable<FieldError> {
  const errors = findQualifiedNameErrors(name);
  for (const text of errors) yield invalid(path, name, text);
  if (!name.includes('/')) {
    if (errors.length === 0 && !isQuotaResource(name))
      yield invalid(path, name, 'must be a standard resource type or fully qualified');
    if (!CONTAINER_RESOURCES.includes(name) && !name.startsWith(HUGE_PAGES))
      yield invalid(path, name, 'must be a standard resource for containers');
  } else if (!isNative(name) && !isExtended(name)) {
    yield invalid(path, name, "doesn't follow extended resource name standard");
  }
}

function* validateAmountValue(name: string, quantity: unknown, path: string): Iterable<FieldError> {
  const amount = amountOf(quantity);
  if (amount === undefined) yield invalid(path, quantity, NO_QUANTITY);
  else if (amount < 0n) yield invalid(path, shown(quantity), 'must be greater than or equal to 0');
  if (amount !== undefined && isExtended(name) && amount % NANO !== 0n)
    yield invalid(path, shown(quantity), 'must be an integer');
}

/** What cannot be shared has to be asked for and limited alike. */
function* compareWithLimit(name: string, quantity: unknown, limits: Fields, path: string): Iterable<FieldError> {
  const canShare = isNative(name) && !name.startsWith(HUGE_PAGES);
  if (!Object.hasOwn(limits, name)) {
    if (!canShare) yield required(`${path}.limits`, 'Limit must be set for non overcommitable resources');
    return;
  }
  const limit = amountOf(limits[name]);
  const amount = amountOf(quantity);
  if (limit === undefined || amount === undefined || amount === limit) return;
  const rest = `${name} limit of ${shown(limits[name])}`;
  if (!canShare) yield invalid(`${path}.requests`, shown(quantity), `must be equal to ${rest}`);
  else if (amount > limit) yield invalid(`${path}.requests`, shown(quantity), `must be less than or equal to ${rest}`);
}

/** Pages come whole: `hugepages-2Mi` in multiples of 2Mi. */
function* validatePages(name: string, quantity: unknown, path: string): Iterable<FieldError> {
  if (!name.startsWith(HUGE_PAGES)) return;
  const page = amountOf(name.slice(HUGE_PAGES.length));
  const amount = amountOf(quantity);
  if (amount === undefined) return;
  const isWhole = page !== undefined && page > 0n && amount % page === 0n && amount >= 0n;
  if (!isWhole) yield invalid(path, shown(quantity), `${shown(quantity)} is not positive integer multiple of ${name}`);
}

function* validateClaims(claims: unknown, path: string, claimNames: readonly string[]): Iterable<FieldError> {
  const seen = new Set<string>();
  for (const [at, claim] of (Array.isArray(claims) ? claims : []).entries()) {
    const { name, request } = fieldsOf(claim);
    const here = `${path}[${at}]`;
    if (typeof name !== 'string' || name === '') {
      yield required(here);
      continue;
    }
    const key = typeof request === 'string' && request !== '' ? `${name}/${request}` : name;
    const isTaken =
      seen.has(name) || seen.has(key) || (key === name && [...seen].some((each) => each.startsWith(`${name}/`)));
    if (isTaken) yield duplicate(here, seen.has(name) ? name : key);
    seen.add(key);
    if (claimNames.includes(name)) continue;
    const known = claimNames.length === 0 ? ' which is empty' : `: ${claimNames.join(', ')}`;
    yield unresolved(here, name, `must be one of the names in pod.spec.resourceClaims${known}`);
  }
}

/** Kubernetes' own: without a prefix, or with one of its own. */
function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

function isExtended(name: string): boolean {
  if (isNative(name) || name.startsWith('requests.')) return false;
  return findQualifiedNameErrors(`requests.${name}`).length === 0;
}

function amountOf(quantity: unknown): bigint | undefined {
  return typeof quantity === 'string' || typeof quantity === 'number' ? quantityNanos(quantity) : undefined;
}

function shown(quantity: unknown): string {
  return typeof quantity === 'string' || typeof quantity === 'number' ? canonicalQuantity(quantity) : '';
}
