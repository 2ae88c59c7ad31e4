/**
 * How kubectl drains a node: cordon, find out what may go, evict that, wait until it is gone.
 * Twin: kubectl pkg/drain, cmd/drain. Rules: D-1, D-2, D-3, D-5.
 */
import { controllerOf, keyOf, objectKey } from '@everynode/core/api/meta';
import { isTerminal, type Pod } from '@everynode/core/api/pod';
import type { ApiRequest } from '@everynode/core/api/requests';
import { formatGoDuration } from '@everynode/core/api/time';
import { nameOf, serverError, type Speaker } from './words.ts';

/** How kubectl looks whether an evicted pod is gone, and tries again what a budget refused (D-2, D-3). */
const POLL_MS = 1_000;
const RETRY_MS = 5_000;

export interface Hands extends Speaker {
  nowMs(): number;
  schedule(delayMs: number, run: () => void): void;
}

export interface DrainOptions {
  readonly ignoreDaemonSets: boolean;
  /** Evict pods that nobody would replace, too. */
  readonly force: boolean;
  /** Delete instead of evicting: no budget is asked. */
  readonly disableEviction?: boolean;
  /** Instead of the pods' own. */
  readonly gracePeriodSeconds?: number;
  /** In ms; absent or 0: no end. */
  readonly timeout?: number;
  /** Asked before every further request: whoever drains has given up. */
  readonly isOver?: () => boolean;
}

/** One drain in progress. */
interface Drain {
  readonly node: string;
  readonly options: DrainOptions;
  readonly hands: Hands;
  /** When the timeout ends it. */
  readonly untilMs: number;
}

export function cordonPatch(node: string, isCordoned: boolean): ApiRequest {
  const body = { spec: { unschedulable: isCordoned ? true : null } };
  return { verb: 'patch', kind: 'Node', key: node, patch: { type: 'merge', body } };
}

/** Cordons all nodes, then drains one after the other; goes on with the next one where one could not be drained. */
export function drainNodes(nodes: readonly string[], options: DrainOptions, hands: Hands): void {
  const drainNext = (at: number): void => {
    const node = nodes[at];
    if (node !== undefined) drainNode(node, options, hands, () => drainNext(at + 1));
  };
  const cordonNext = (at: number): void => {
    const node = nodes[at];
    if (node === undefined) drainNext(0);
    else cordonNode(node, hands, () => cordonNext(at + 1));
  };
  cordonNext(0);
}

export function cordonNode(node: string, { send, say }: Hands, done: (ok: boolean) => void): void {
  send(cordonPatch(node, true), (result) => {
    say(result.ok ? `${nameOf('Node', node)} cordoned` : serverError(result));
    done(result.ok);
  });
}

/** Empties a node that is cordoned already. `done` tells whether it is drained. */
export function drainNode(node: string, options: DrainOptions, hands: Hands, done: (ok: boolean) => void): void {
  const { timeout = 0 } = options;
  const drain = { node, options, hands, untilMs: timeout === 0 ? Infinity : hands.nowMs() + timeout };
  hands.send({ verb: 'list', kind: 'Pod', nodeName: node }, (listed) => {
    if (!listed.ok) {
      hands.say(serverError(listed));
      done(false);
      return;
    }
    const pods = (listed.list?.items ?? []) as readonly Pod[];
    findDaemonSets(pods, hands, (classes) => evictAll(classes, drain, done));
  });
}

/** What becomes of one pod. */
type PodClass = 'evict' | 'daemon' | 'unmanaged';

/** A daemon pod counts as one only while its DaemonSet is there (D-2). */
function findDaemonSets(
  pods: readonly Pod[],
  { send }: Hands,
  done: (classes: ReadonlyMap<Pod, PodClass>) => void,
): void {
  const classes = new Map<Pod, PodClass>();
  const ask = (at: number): void => {
    const pod = pods[at];
    if (pod === undefined) {
      done(classes);
      return;
    }
    const owner = controllerOf(pod);
    const settle = (podClass: PodClass): void => {
      classes.set(pod, podClass);
      ask(at + 1);
    };
    if (isTerminal(pod)) settle('evict');
    else if (owner === undefined) settle('unmanaged');
    else if (owner.kind !== 'DaemonSet') settle('evict');
    else {
      const key = objectKey(pod.metadata.namespace, owner.name);
      send({ verb: 'get', kind: 'DaemonSet', key }, (result) => settle(result.ok ? 'daemon' : 'unmanaged'));
    }
  };
  ask(0);
}

function evictAll(classes: ReadonlyMap<Pod, PodClass>, drain: Drain, done: (ok: boolean) => void): void {
  const { node, options, hands } = drain;
  const { say } = hands;
  const ofClass = (wanted: PodClass): readonly Pod[] =>
    [...classes].filter(([, podClass]) => podClass === wanted).map(([pod]) => pod);
  const daemons = ofClass('daemon');
  const refusal = refusalOf(daemons, ofClass('unmanaged'), options);
  if (refusal !== undefined) {
    say(refusal);
    done(false);
    return;
  }
  if (daemons.length > 0) say(`WARNING: ignoring DaemonSet-managed Pods: ${namesOf(daemons)}`);
  const evicted = [...classes].filter(([, podClass]) => podClass !== 'daemon').map(([pod]) => pod);
  let open = evicted.length;
  const failures: string[] = [];
  const end = (): void => {
    const [failure] = failures;
    if (failure === undefined) say(`${nameOf('Node', node)} drained`);
    else say(`error: unable to drain node ${JSON.stringify(node)} due to error: ${failure}, continuing command...`);
    done(failure === undefined);
  };
  const settle = (pod: Pod, failure: string | undefined): void => {
    if (failure === undefined) say(`${nameOf('Pod', keyOf(pod))} evicted`);
    else failures.push(failure);
    open -= 1;
    if (open === 0) end();
  };
  if (open === 0) end();
  for (const pod of evicted) evictOne(pod, drain, (failure) => settle(pod, failure));
}

function refusalOf(daemons: readonly Pod[], unmanaged: readonly Pod[], options: DrainOptions): string | undefined {
  if (daemons.length > 0 && !options.ignoreDaemonSets)
    return `error: cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ${namesOf(daemons)}`;
  if (unmanaged.length > 0 && !options.force)
    return `error: cannot delete Pods that declare no controller (use --force to override): ${namesOf(unmanaged)}`;
  return undefined;
}

function namesOf(pods: readonly Pod[]): string {
  return pods.map((pod) => keyOf(pod)).join(', ');
}

/** Evicts until the server agrees, then looks every second until the pod is gone; another uid is another pod. */
function evictOne(pod: Pod, drain: Drain, done: (failure: string | undefined) => void): void {
  const { hands, options, untilMs } = drain;
  const { send, schedule, say, nowMs } = hands;
  const key = keyOf(pod);
  const { name, namespace = '' } = pod.metadata;
  const target = `pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}`;
  const tooLate = (): string => `global timeout reached: ${formatGoDuration(options.timeout ?? 0)}`;
  const poll = (): void => {
    if (options.isOver?.() === true) return;
    send({ verb: 'get', kind: 'Pod', key }, (result) => {
      const isGone = result.ok ? result.object?.metadata.uid !== pod.metadata.uid : result.reason === 'NotFound';
      const what = `pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)}`;
      if (isGone) done(undefined);
      else if (nowMs() >= untilMs) done(`error when waiting for ${what} to terminate: ${tooLate()}`);
      else schedule(POLL_MS, poll);
    });
  };
  const attempt = (): void => {
    if (options.isOver?.() === true) return;
    if (nowMs() >= untilMs) {
      done(`error when evicting ${target}: ${tooLate()}`);
      return;
    }
    send(requestFor(key, options), (result) => {
      if (result.ok) poll();
      else if (result.reason === 'NotFound') done(undefined);
      else if (result.reason === 'TooManyRequests') {
        say(`error when evicting ${target} (will retry after 5s): ${result.message}`);
        schedule(RETRY_MS, attempt);
      } else done(`error when evicting ${target}: ${result.message}`);
    });
  };
  attempt();
}

function requestFor(key: string, { disableEviction = false, gracePeriodSeconds }: DrainOptions): ApiRequest {
  const grace = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
  return disableEviction ? { verb: 'delete', kind: 'Pod', key, ...grace } : { verb: 'evict', key, ...grace };
}
