/** What the API server fills in about containers: pull policy, probes, ports, and quantities in their shortest spelling. Twin: apis/core/v1 defaults.go. Rules: DS-V2. */
import { type Fields, fieldsOf, isGiven, textOf } from './goText.ts';
import { isObject } from './patch.ts';
import { canonicalQuantity } from './quantityText.ts';

/** A pod gets more than the template that it comes of. */
export type DefaultsOf = 'pod' | 'template';

export function defaultContainer(container: unknown, of: DefaultsOf, isHostNetwork: boolean): unknown {
  if (!isObject(container)) return container;
  const result: Record<string, unknown> = {
    imagePullPolicy: defaultPullPolicy(textOf(container['image'])),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    ...container,
    resources: defaultResources(container['resources'], of),
  };
  for (const field of ['imagePullPolicy', 'terminationMessagePath', 'terminationMessagePolicy'])
    if (container[field] === '') result[field] = DEFAULT_TEXTS[field] ?? defaultPullPolicy(textOf(container['image']));
  const { ports, env, lifecycle } = container;
  if (Array.isArray(ports)) result['ports'] = ports.map((port) => defaultPort(port, isHostNetwork));
  if (Array.isArray(env)) result['env'] = env.map(defaultVariable);
  for (const field of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[field];
    if (isObject(probe)) result[field] = defaultProbe(probe);
  }
  if (isObject(lifecycle)) {
    const hooks = Object.entries(lifecycle).map(([name, hook]) => [name, isObject(hook) ? defaultHandler(hook) : hook]);
    result['lifecycle'] = Object.fromEntries(hooks);
  }
  return result;
}

/** What may refer to a field of the pod or to a resource of a container: a variable, or a file of a volume. */
export function defaultRefs(holder: Fields): Fields {
  const { fieldRef, resourceFieldRef } = holder;
  return {
    ...holder,
    ...(isObject(fieldRef) ? { fieldRef: { apiVersion: 'v1', ...fieldRef } } : {}),
    ...(isObject(resourceFieldRef) ? { resourceFieldRef: { divisor: '0', ...resourceFieldRef } } : {}),
  };
}

const DEFAULT_TEXTS: Readonly<Record<string, string>> = {
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};

/** An image without a tag, or with `latest`, is pulled each time. */
function defaultPullPolicy(image: string): string {
  if (image.includes('@')) return 'IfNotPresent';
  const name = image.slice(image.lastIndexOf('/') + 1);
  const tag = name.includes(':') ? name.slice(name.indexOf(':') + 1) : 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/** Of a pod, what is limited is also asked for. */
function defaultResources(resources: unknown, of: DefaultsOf): Fields {
  const given = fieldsOf(resources);
  const limits = canonicalAmounts(given['limits']);
  const requests = canonicalAmounts(given['requests']);
  const asked = of === 'pod' && limits !== undefined ? { ...limits, ...requests } : requests;
  return { ...given, ...(limits && { limits }), ...(asked && { requests: asked }) };
}

function canonicalAmounts(list: unknown): Fields | undefined {
  if (!isObject(list)) return undefined;
  const pairs = Object.entries(list).map(([name, amount]) => [
    name,
    typeof amount === 'string' || typeof amount === 'number' ? canonicalQuantity(amount) : amount,
  ]);
  return Object.fromEntries(pairs);
}

/** In the host's network every container port is one of the host's. */
function defaultPort(port: unknown, isHostNetwork: boolean): unknown {
  if (!isObject(port)) return port;
  const withProtocol = { ...port, protocol: textOf(port['protocol']) === '' ? 'TCP' : port['protocol'] };
  const hasHostPort = isGiven(port['hostPort']) && port['hostPort'] !== 0;
  return isHostNetwork && !hasHostPort ? { ...withProtocol, hostPort: port['containerPort'] } : withProtocol;
}

function defaultVariable(variable: unknown): unknown {
  if (!isObject(variable) || !isObject(variable['valueFrom'])) return variable;
  return { ...variable, valueFrom: defaultRefs(variable['valueFrom']) };
}

/** Zero asks for the default like nothing at all. */
function defaultProbe(probe: Fields): Fields {
  const numbers = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
  const missing = Object.entries(numbers).filter(([field]) => !isGiven(probe[field]) || probe[field] === 0);
  return { ...defaultHandler(probe), ...Object.fromEntries(missing) };
}

function defaultHandler(handler: Fields): Fields {
  const { httpGet, grpc } = handler;
  return {
    ...handler,
    ...(isObject(httpGet) ? { httpGet: { ...httpGet, ...defaultRequest(httpGet) } } : {}),
    ...(isObject(grpc) ? { grpc: { service: '', ...grpc } } : {}),
  };
}

function defaultRequest({ path, scheme }: Fields): Fields {
  return {
    path: textOf(path) === '' ? '/' : path,
    scheme: textOf(scheme) === '' ? 'HTTP' : scheme,
  };
}
