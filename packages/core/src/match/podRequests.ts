/**
 * What a pod asks of its node and what a node has to give, as whole numbers per resource: cpu in millicores, memory and
 * storage in bytes, anything else in units. Scheduler and kubelet count alike. Rules: S-4, K-10, E-15.
 */
import type { Node, ResourceList } from '../api/node.ts';
import type { Container, Pod, PodSpec } from '../api/pod.ts';
import { parseCpuMilli, parseUnits } from '../api/quantity.ts';

/** Resource name → amount. Absent means 0. */
export type ResourceAmounts = Readonly<Record<string, number>>;

const NONE: ResourceAmounts = {};
/** Specs and lists are immutable, so what was added up stays right. */
const requestsOf = new WeakMap<PodSpec, ResourceAmounts>();
const amountsOf = new WeakMap<ResourceList, ResourceAmounts>();

/** A list of quantities as numbers; a text that is no quantity counts as 0. */
export function parseAmounts(list: ResourceList | undefined): ResourceAmounts {
  if (list === undefined || list === null) return NONE;
  const known = amountsOf.get(list);
  if (known !== undefined) return known;
  const amounts: Record<string, number> = {};
  for (const [name, quantity] of Object.entries(list)) {
    amounts[name] = (name === 'cpu' ? parseCpuMilli(quantity) : parseUnits(quantity)) ?? 0;
  }
  amountsOf.set(list, amounts);
  return amounts;
}

/**
 * Effective request of a pod: main containers and sidecars together, or the largest moment of its start, when one init
 * container runs beside the sidecars that were started before it, and what its sandbox takes (S-4).
 */
export function podRequests({ spec }: Pod): ResourceAmounts {
  const known = requestsOf.get(spec);
  if (known !== undefined) return known;
  const running: Record<string, number> = {};
  for (const container of spec.containers) add(running, containerRequests(container));
  const sidecars: Record<string, number> = {};
  const starting: Record<string, number> = {};
  for (const container of spec.initContainers ?? []) {
    const own = containerRequests(container);
    if (isSidecar(container)) {
      add(sidecars, own);
      add(running, own);
      raise(starting, sidecars);
    } else {
      const together: Record<string, number> = { ...sidecars };
      add(together, own);
      raise(starting, together);
    }
  }
  raise(running, starting);
  add(running, parseAmounts(spec.overhead));
  requestsOf.set(spec, running);
  return running;
}

/** An init container that goes on running beside the main ones. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

/** What a node offers to pods; a node that says nothing offers nothing. */
export function nodeAllocatable(node: Node): ResourceAmounts {
  return parseAmounts(node.status?.allocatable ?? node.status?.capacity);
}

/** No container asks for or is limited in cpu or memory. The server's answer wins where there is one. */
export function isBestEffort(pod: Pod): boolean {
  const { qosClass } = pod.status ?? {};
  if (qosClass !== undefined) return qosClass === 'BestEffort';
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  return all.every(({ resources }) => !asksForAnything(resources?.requests) && !asksForAnything(resources?.limits));
}

/** A limit without a request is a request as well: so the server fills it in. */
function containerRequests({ resources }: Container): ResourceAmounts {
  const requests = parseAmounts(resources?.requests);
  const limits = parseAmounts(resources?.limits);
  return limits === NONE ? requests : { ...limits, ...requests };
}

function asksForAnything(list: ResourceList | undefined): boolean {
  const amounts = parseAmounts(list);
  return (amounts['cpu'] ?? 0) > 0 || (amounts['memory'] ?? 0) > 0;
}

function add(sum: Record<string, number>, amounts: ResourceAmounts): void {
  for (const [name, amount] of Object.entries(amounts)) sum[name] = (sum[name] ?? 0) + amount;
}

function raise(most: Record<string, number>, amounts: ResourceAmounts): void {
  for (const [name, amount] of Object.entries(amounts)) most[name] = Math.max(most[name] ?? 0, amount);
}
