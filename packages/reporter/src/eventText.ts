/** What happened, in the words of kubectl and the controllers: the one place that turns records into sentences. */
import type { Patch, Scalar } from '@everynode/trace/record';
import type { LogEntry } from './causes.ts';
import { formatClock } from './time.ts';

/** A short sentence without its subject: `deletion asked for, grace ends 05:41.000`. Text of the trace stays as it is. */
export function eventText(entry: LogEntry): string {
  if (entry.kind === 'decision') return DECISION_TEXTS[entry.code] ?? entry.code;
  const changes = (entry.patch ?? []).flatMap(([path, value]) => changeText(path, value));
  const data = dataText(entry.data);
  const [kind = '', verb = ''] = splitOnce(entry.type);
  const happened = happenedText(kind, verb, entry.patch);
  return [happened, changes.join(', '), data].filter((part) => part !== '').join(' · ');
}

/** What a reader calls the object: `agent-x7k2p` of `pod/kube-system/agent-x7k2p`. */
export function shortName(object: string): string {
  return object.slice(object.lastIndexOf('/') + 1);
}

/** Decision codes of the controller, in words (report.md, gate ladder). */
const DECISION_TEXTS: Readonly<Record<string, string>> = {
  ok: 'nothing to do',
  notWanted: 'not wanted here',
  sunset: 'kept, but no new pod would be placed here',
  budget: 'waits: maxUnavailable is used up',
  surge: 'waits: maxSurge is used up',
  expectations: 'waits: earlier creations or deletions have not been seen yet',
  backoff: 'waits: the failed pod is in backoff',
  burst: 'waits: the burst of this sync is used up',
  rateLimit: 'waits: the client is rate limited',
  oldPodTerminating: 'waits: the earlier pod is still terminating',
  createFailed: 'the creation failed',
  unschedulable: 'the pod has no node yet',
  startFailed: 'the pod does not start',
  notReady: 'the pod is not ready',
  settling: 'the pod is ready, minReadySeconds run',
  paused: 'paused',
  onDelete: 'waits for somebody to delete the old pod (OnDelete)',
  create: 'creates a pod',
  delete: 'deletes a pod',
  replace: 'replaces the old pod',
};

/** Words for what a type says by itself; a change that the patch tells needs none. */
function happenedText(kind: string, verb: string, patch: Patch | undefined): string {
  if (kind === 'apiEvent') return `Event ${verb}`;
  // The patch tells these two better, where it tells anything.
  if ((verb === 'updated' || verb === 'deleting') && (patch ?? []).length > 0) return '';
  if (kind === 'fault')
    return verb === 'begin' ? 'fault begins' : verb === 'lift' ? 'fault is lifted' : `fault ${verb}`;
  if (kind === 'step') return verb === 'begin' ? 'step of the scenario' : `step ${verb}`;
  const words = verb.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return ['pod', 'node', 'ds', 'rev'].includes(kind) ? words : `${kind} ${words}`;
}

function changeText(path: string, value: Scalar): readonly string[] {
  const text = CHANGE_TEXTS[path];
  if (text === undefined) return value === null ? [] : [`${path} ${String(value)}`];
  const sentence = text(value);
  return sentence === '' ? [] : [sentence];
}

/** Field → its change in words; an empty text leaves it out. */
const CHANGE_TEXTS: Readonly<Record<string, (value: Scalar) => string>> = {
  node: (value) => (value === null ? '' : `for ${String(value)}`),
  scheduled: (value) => (value === true ? 'bound' : ''),
  owner: () => '',
  hash: (value) => (value === null ? '' : `revision ${String(value)}`),
  phase: (value) => (value === null ? '' : String(value)),
  reason: (value) => (value === null ? '' : String(value)),
  ready: (value) => {
    if (typeof value === 'boolean') return value ? 'ready' : 'not ready';
    if (value === null) return '';
    // A node's Ready is a text, a DaemonSet's ready a number.
    return typeof value === 'number' ? `ready ${value}` : `Ready ${value}`;
  },
  readyReason: (value) => (value === null ? '' : `reason ${String(value)}`),
  readyAtMs: () => '',
  startedAtMs: () => '',
  waiting: (value) => (value === null ? 'waits no longer' : `waiting: ${String(value)}`),
  restarts: (value) => (value === null ? '' : `restarts ${String(value)}`),
  deletedAtMs: (value) => (typeof value === 'number' ? `deletion asked for, grace ends ${formatClock(value)}` : ''),
  unschedulable: (value) => (value === true ? 'cordoned' : 'uncordoned'),
  taints: (value) => (value === null ? 'no taints' : `taints ${String(value)}`),
  pressure: (value) => (value === null ? 'no pressure' : String(value)),
  zone: () => '',
  pool: () => '',
  observedGeneration: (value) => (value === null ? '' : `observed generation ${String(value)}`),
};

function dataText(data: Readonly<Record<string, Scalar>> | undefined): string {
  if (data === undefined) return '';
  return Object.entries(data)
    .map(([key, value]) => (key === 'message' ? String(value) : `${key} ${String(value)}`))
    .join(', ');
}

function splitOnce(type: string): readonly string[] {
  const dot = type.indexOf('.');
  return dot < 0 ? [type] : [type.slice(0, dot), type.slice(dot + 1)];
}
