/** `kubectl drain`: cordon, then evict what may be evicted, then wait until it is gone. Rules: D-2, D-3, D-5. */
import { controllerOf, keyOf, objectKey } from '@everynode/core/api/meta';
import { isTerminal, type Pod } from '@everynode/core/api/pod';
import type { ApiRequest, ApiResult } from '@everynode/core/api/requests';
import { flag, nodes, withDefault } from '../params.ts';
import { nameOf, namesIn, serverError } from './kubectl.ts';
import { cordonPatch } from './nodeFields.ts';
import { type AnyOperation, defineOperation } from './operation.ts';

/** How kubectl looks whether an evicted pod is gone, and tries again what a budget refused (D-2, D-3). */
const POLL_MS = 1_000;
const RETRY_MS = 5_000;

export const drain: AnyOperation = defineOperation({
  summary: 'Drains nodes, as `kubectl drain` does: daemon pods stay, or the drain refuses to begin.',
  params: {
    nodes: nodes('which nodes'),
    ignoreDaemonSets: withDefault(
      flag('leave pods of DaemonSets alone; without it a node that has some is not drained'),
      false,
    ),
    force: withDefault(flag('evict pods that nobody would replace, too'), false),
  },
  perform: ({ params, send, say, schedule }) => {
    for (const name of namesIn(params.nodes)) drainNode(name, params, { send, say, schedule });
  },
});

interface Hands {
  send(request: ApiRequest, done?: (result: ApiResult) => void): void;
  say(message: string): void;
  schedule(delayMs: number, run: () => void): void;
}

interface DrainOptions {
  readonly ignoreDaemonSets: boolean;
  readonly force: boolean;
}

function drainNode(node: string, options: DrainOptions, hands: Hands): void {
  const { send, say } = hands;
  send(cordonPatch(node, true), (cordoned) => {
    if (!cordoned.ok) {
      say(serverError(cordoned));
      return;
    }
    say(`${nameOf('Node', node)} cordoned`);
    send({ verb: 'list', kind: 'Pod', nodeName: node }, (listed) => {
      if (!listed.ok) say(serverError(listed));
      else
        findDaemonSets((listed.list?.items ?? []) as readonly Pod[], hands, (pods) =>
          evictAll(node, pods, options, hands),
        );
    });
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

function evictAll(node: string, classes: ReadonlyMap<Pod, PodClass>, options: DrainOptions, hands: Hands): void {
  const { say } = hands;
  const ofClass = (wanted: PodClass): readonly Pod[] =>
    [...classes].filter(([, podClass]) => podClass === wanted).map(([pod]) => pod);
  const daemons = ofClass('daemon');
  const unmanaged = ofClass('unmanaged');
  const names = (pods: readonly Pod[]): string => pods.map((pod) => keyOf(pod)).join(', ');
  if (daemons.length > 0 && !options.ignoreDaemonSets) {
    say(`error: cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ${names(daemons)}`);
    return;
  }
  if (unmanaged.length > 0 && !options.force) {
    say(`error: cannot delete Pods that declare no controller (use --force to override): ${names(unmanaged)}`);
    return;
  }
  if (daemons.length > 0) say(`WARNING: ignoring DaemonSet-managed Pods: ${names(daemons)}`);
  const evicted = [...classes].filter(([, podClass]) => podClass !== 'daemon').map(([pod]) => pod);
  const waiting = new Set(evicted);
  const gone = (pod: Pod): void => {
    waiting.delete(pod);
    say(`${nameOf('Pod', keyOf(pod))} evicted`);
    if (waiting.size === 0) say(`${nameOf('Node', node)} drained`);
  };
  if (evicted.length === 0) say(`${nameOf('Node', node)} drained`);
  for (const pod of evicted) evictOne(pod, hands, () => gone(pod));
}

/** Evicts until the server agrees, then looks every second until the pod is gone; another uid is another pod. */
function evictOne(pod: Pod, hands: Hands, gone: () => void): void {
  const { send, schedule, say } = hands;
  const key = keyOf(pod);
  const poll = (): void =>
    send({ verb: 'get', kind: 'Pod', key }, (result) => {
      const isGone = result.ok ? result.object?.metadata.uid !== pod.metadata.uid : result.reason === 'NotFound';
      if (isGone) gone();
      else schedule(POLL_MS, poll);
    });
  send({ verb: 'evict', key }, (result) => {
    if (result.ok) poll();
    else if (result.reason === 'NotFound') gone();
    else if (result.reason === 'TooManyRequests') schedule(RETRY_MS, () => evictOne(pod, hands, gone));
    else say(serverError(result));
  });
}
