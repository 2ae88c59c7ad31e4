/** Records in words: what a reader of a chain or of the event list sees. */
import type { EventRecord } from '@everynode/trace/record';
import { expect, test } from 'vitest';
import { causeChain, firstByFault, type LogEntry, rootCause, shortenChain } from './causes.ts';
import { eventText, shortName } from './eventText.ts';

test.each<[Partial<EventRecord>, string]>([
  [
    {
      type: 'pod.created',
      patch: [
        ['node', 'n1'],
        ['owner', 'ds/a/b'],
        ['hash', 'h1'],
        ['phase', 'Pending'],
        ['ready', false],
      ],
    },
    'created · for n1, revision h1, Pending, not ready',
  ],
  [{ type: 'pod.updated', patch: [['scheduled', true]] }, 'bound'],
  [
    {
      type: 'pod.updated',
      patch: [
        ['phase', 'Running'],
        ['ready', true],
        ['readyAtMs', 5_000],
      ],
    },
    'Running, ready',
  ],
  [
    {
      type: 'pod.updated',
      patch: [
        ['waiting', 'CrashLoopBackOff'],
        ['restarts', 3],
      ],
    },
    'waiting: CrashLoopBackOff, restarts 3',
  ],
  [{ type: 'pod.deleting', patch: [['deletedAtMs', 371_000]] }, 'deletion asked for, grace ends 06:11.000'],
  [
    {
      type: 'pod.removed',
      patch: [
        ['phase', null],
        ['ready', null],
      ],
    },
    'removed',
  ],
  [
    {
      type: 'node.updated',
      patch: [
        ['ready', 'Unknown'],
        ['readyReason', 'NodeStatusUnknown'],
        ['taints', 'a:NoExecute'],
      ],
    },
    'Ready Unknown, reason NodeStatusUnknown, taints a:NoExecute',
  ],
  [
    {
      type: 'node.updated',
      patch: [
        ['taints', null],
        ['unschedulable', null],
      ],
    },
    'no taints, uncordoned',
  ],
  [
    {
      type: 'ds.updated',
      patch: [
        ['available', 80],
        ['ready', 81],
      ],
    },
    'available 80, ready 81',
  ],
  [{ type: 'ds.roll', data: { deletes: 9, maxUnavailable: 9 } }, 'roll · deletes 9, maxUnavailable 9'],
  [
    { type: 'apiEvent.FailedDaemonPod', data: { type: 'Warning', message: 'Found failed daemon pod' } },
    'Event FailedDaemonPod · type Warning, Found failed daemon pod',
  ],
  [{ type: 'machine.poweredOff' }, 'machine powered off'],
  [{ type: 'fault.begin' }, 'fault begins'],
  [{ type: 'fault.lift' }, 'fault is lifted'],
  [{ type: 'step.begin' }, 'step of the scenario'],
])('%j reads "%s"', (fields, text) => {
  expect(eventText({ kind: 'event', seq: 0, atMs: 0, type: 'a.b', actor: 'x', ...fields })).toBe(text);
});

test('a decision reads as what the controller waits for, an unknown code as itself', () => {
  const decision = { kind: 'decision', seq: 0, atMs: 0, actor: 'c', object: 'ds/a/b', node: 'n' } as const;
  expect(eventText({ ...decision, code: 'budget' })).toBe('waits: maxUnavailable is used up');
  expect(eventText({ ...decision, code: 'invented' })).toBe('invented');
});

test('an object is called by its name alone', () => {
  expect([shortName('pod/kube-system/agent-x'), shortName('node/n1'), shortName('ds')]).toEqual([
    'agent-x',
    'n1',
    'ds',
  ]);
});

/** A chain of `length` records, each the cause of the next, begun by a fault. */
function log(length: number): readonly LogEntry[] {
  return Array.from({ length }, (_, seq): LogEntry => ({
    kind: 'event',
    seq,
    atMs: seq,
    type: 'a.b',
    actor: seq === 0 ? 'fault/x' : 'c',
    ...(seq === 0 ? {} : { cause: seq - 1 }),
  }));
}

test('a chain begins with its input and ends with the record itself', () => {
  const entries = log(5);
  expect(causeChain((seq) => entries[seq], 3).map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
  expect(rootCause((seq) => entries[seq], 3)?.seq).toBe(0);
  expect(causeChain((seq) => entries[seq], 99)).toEqual([]);
});

test('a long chain keeps its two first and its last records and counts the rest', () => {
  const links = shortenChain(log(20), 6).map((link) => ('entry' in link ? link.entry.seq : `+${link.leftOut}`));
  expect(links).toEqual([0, 1, '+14', 16, 17, 18, 19]);
  expect(shortenChain(log(6), 6)).toHaveLength(6);
});

test('of several records the first that goes back to a fault is taken', () => {
  const entries = [...log(2), { kind: 'event', seq: 2, atMs: 0, type: 'a.b', actor: 'user' } as const];
  expect(firstByFault((seq) => entries[seq], [{ seq: 2 }, { seq: 1 }])).toEqual({ seq: 1 });
  expect(firstByFault((seq) => entries[seq], [{ seq: 2 }])).toBeUndefined();
});
