/** What a cluster autoscaler does with nodes that it no longer needs. Twin: cluster-autoscaler core/scaledown. Rules: X-6. */
import { controllerOf, keyOf } from '@everynode/core/api/meta';
import type { Node, Taint } from '@everynode/core/api/node';
import { isTerminal, type Pod } from '@everynode/core/api/pod';
import type { ApiRequest, ApiResult } from '@everynode/core/api/requests';
import { EPOCH_UNIX_MS } from '@everynode/core/api/time';
import { namesIn, serverError } from '../kubectl/words.ts';
import { duration, flag, nodes, withDefault } from '../params.ts';
import { type AnyOperation, defineOperation } from './operation.ts';

/** --max-graceful-termination-sec. */
const GRACE_SECONDS_MAX = 600;
/** --max-pod-eviction-time, and how often it is tried meanwhile. */
const EVICTION_MS_MAX = 120_000;
const RETRY_MS = 10_000;
/** What pods get beyond their grace before the machine goes all the same. */
const HEADROOM_MS = 30_000;
const POLL_MS = 5000;

const SOFT_TAINT = 'DeletionCandidateOfClusterAutoscaler';
const HARD_TAINT = 'ToBeDeletedByClusterAutoscaler';
const DAEMON_ANNOTATION = 'cluster-autoscaler.kubernetes.io/enable-ds-eviction';

export const scaleDown: AnyOperation = defineOperation({
  summary:
    'Removes nodes as a cluster autoscaler does: a soft taint while a node is unneeded, then ToBeDeletedByClusterAutoscaler, evictions, and the machine goes. Daemon pods do not tolerate that taint: those that run may stay to the end, missing ones are not created.',
  params: {
    nodes: nodes('which nodes are not needed any more'),
    unneededFor: withDefault(duration('how long a node must be unneeded before it is removed'), 600_000),
    evictDaemonSets: withDefault(flag('evict the daemon pods of nodes that have other pods as well'), true),
    evictDaemonSetsOfEmptyNodes: withDefault(flag('evict the daemon pods of nodes that have no other pods'), false),
  },
  perform: ({ params, send, say, schedule, nowMs, removeNode }) => {
    const hands = { send, say, schedule, nowMs, removeNode };
    for (const name of namesIn(params.nodes)) scaleDownNode(name, params, hands);
  },
});

interface Hands {
  send(request: ApiRequest, done?: (result: ApiResult) => void): void;
  say(message: string): void;
  schedule(delayMs: number, run: () => void): void;
  nowMs(): number;
  removeNode(name: string): void;
}

interface ScaleDownOptions {
  readonly unneededFor: number;
  readonly evictDaemonSets: boolean;
  readonly evictDaemonSetsOfEmptyNodes: boolean;
}

function scaleDownNode(name: string, options: ScaleDownOptions, hands: Hands): void {
  setTaint(name, SOFT_TAINT, 'PreferNoSchedule', hands, () =>
    hands.schedule(options.unneededFor, () =>
      setTaint(name, HARD_TAINT, 'NoSchedule', hands, () => evictPods(name, options, hands)),
    ),
  );
}

/** The value is the time of tainting, in seconds since 1970. */
function setTaint(name: string, key: string, effect: Taint['effect'], hands: Hands, done: () => void): void {
  const value = String(Math.trunc((EPOCH_UNIX_MS + hands.nowMs()) / 1000));
  changeTaints(name, (taints) => [...taints.filter((each) => each.key !== key), { key, value, effect }], hands, done);
}

function changeTaints(
  name: string,
  change: (taints: readonly Taint[]) => readonly Taint[],
  { send, say }: Hands,
  done: () => void,
): void {
  send({ verb: 'get', kind: 'Node', key: name }, (got) => {
    if (!got.ok) {
      say(serverError(got));
      return;
    }
    const taints = change((got.object as Node).spec?.taints ?? []);
    const body = { spec: { taints: taints.length === 0 ? null : taints } };
    send({ verb: 'patch', kind: 'Node', key: name, patch: { type: 'merge', body } }, (result) => {
      if (result.ok) done();
      else say(serverError(result));
    });
  });
}

function evictPods(name: string, options: ScaleDownOptions, hands: Hands): void {
  hands.send({ verb: 'list', kind: 'Pod', nodeName: name }, (listed) => {
    if (!listed.ok) {
      hands.say(serverError(listed));
      return;
    }
    const pods = ((listed.list?.items ?? []) as readonly Pod[]).filter((pod) => !isTerminal(pod));
    const others = pods.filter((pod) => !isDaemonPod(pod));
    const byDefault = others.length > 0 ? options.evictDaemonSets : options.evictDaemonSetsOfEmptyNodes;
    // Best effort: nobody waits for them, and nobody tries again.
    for (const pod of pods.filter((each) => isDaemonPod(each) && mayEvict(each, byDefault)))
      hands.send({ verb: 'evict', key: keyOf(pod), ...graceOf(pod) });
    evictOthers(name, others, hands);
  });
}

function evictOthers(name: string, pods: readonly Pod[], hands: Hands): void {
  let open = pods.length;
  const refused: string[] = [];
  const settle = (pod: Pod, ok: boolean): void => {
    open -= 1;
    if (!ok) refused.push(keyOf(pod));
    if (open === 0) finish(name, pods, refused, hands);
  };
  if (open === 0) finish(name, pods, refused, hands);
  for (const pod of pods) evictOne(pod, hands, hands.nowMs() + EVICTION_MS_MAX, (ok) => settle(pod, ok));
}

function evictOne(pod: Pod, hands: Hands, untilMs: number, done: (ok: boolean) => void): void {
  hands.send({ verb: 'evict', key: keyOf(pod), ...graceOf(pod) }, (result) => {
    if (result.ok || result.reason === 'NotFound') done(true);
    else if (hands.nowMs() + RETRY_MS > untilMs) done(false);
    else hands.schedule(RETRY_MS, () => evictOne(pod, hands, untilMs, done));
  });
}

/** Where a pod could not be evicted the node stays, and its taint goes; else the machine goes once the pods are gone. */
function finish(name: string, pods: readonly Pod[], refused: readonly string[], hands: Hands): void {
  if (refused.length > 0) {
    hands.say(`failed to drain node ${name}: pods not evicted in 2m0s: ${refused.join(', ')}`);
    changeTaints(
      name,
      (taints) => taints.filter(({ key }) => key !== HARD_TAINT),
      hands,
      () => undefined,
    );
    return;
  }
  const seconds = Math.max(0, ...pods.map((pod) => graceOf(pod).gracePeriodSeconds));
  const untilMs = hands.nowMs() + seconds * 1000 + HEADROOM_MS;
  const uids = new Set(pods.map(({ metadata }) => metadata.uid));
  const look = (): void =>
    hands.send({ verb: 'list', kind: 'Pod', nodeName: name }, (listed) => {
      const left = listed.ok ? (listed.list?.items ?? []).filter(({ metadata }) => uids.has(metadata.uid)) : pods;
      if (left.length > 0 && hands.nowMs() < untilMs) {
        hands.schedule(POLL_MS, look);
        return;
      }
      hands.removeNode(name);
      hands.say(`node ${name} removed with ${pods.length} pods evicted`);
    });
  look();
}

function isDaemonPod(pod: Pod): boolean {
  return controllerOf(pod)?.kind === 'DaemonSet';
}

function mayEvict({ metadata }: Pod, byDefault: boolean): boolean {
  const wish = metadata.annotations?.[DAEMON_ANNOTATION];
  return wish === undefined ? byDefault : wish === 'true';
}

function graceOf({ spec }: Pod): { readonly gracePeriodSeconds: number } {
  return { gracePeriodSeconds: Math.min(spec.terminationGracePeriodSeconds ?? 30, GRACE_SECONDS_MAX) };
}
