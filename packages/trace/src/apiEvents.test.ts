import { describe, expect, it } from 'vitest';
import { ApiEvents } from './apiEvents.ts';
import type { EventRecord } from './record.ts';

function said(seq: number, atMs: number, overrides: Partial<EventRecord> & { readonly message: string }): EventRecord {
  const { message, ...rest } = overrides;
  return {
    kind: 'event',
    seq,
    atMs,
    type: 'apiEvent.SuccessfulCreate',
    actor: 'daemonset-controller',
    object: 'ds/kube-system/agent',
    data: { type: 'Normal', message, uid: 'u1' },
    ...rest,
  };
}

function eventsOf(
  records: readonly EventRecord[],
  atMs: number,
  separateTaintEviction = true,
): ReturnType<ApiEvents['at']> {
  const events = new ApiEvents({ separateTaintEviction });
  for (const record of records) events.add(record);
  return events.at(atMs);
}

describe('an event of a controller', () => {
  it('is an object of its own, named after the nanosecond at which it was made', () => {
    expect(eventsOf([said(7, 61_500, { message: 'Created pod: agent-x' })], 62_000)).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: {
          name: `agent.${1_767_225_661_500_000_007n.toString(16)}`,
          namespace: 'kube-system',
          creationTimestamp: '2026-01-01T00:01:01Z',
        },
        involvedObject: {
          kind: 'DaemonSet',
          namespace: 'kube-system',
          name: 'agent',
          uid: 'u1',
          apiVersion: 'apps/v1',
        },
        reason: 'SuccessfulCreate',
        message: 'Created pod: agent-x',
        type: 'Normal',
        source: { component: 'daemonset-controller' },
        firstTimestamp: '2026-01-01T00:01:01Z',
        lastTimestamp: '2026-01-01T00:01:01Z',
        count: 1,
        eventTime: null,
        reportingComponent: 'daemonset-controller',
        reportingInstance: '',
      },
    ]);
  });

  it('is counted where it comes again, and begins anew after a restart of its controller', () => {
    const again = [0, 5000].map((atMs, seq) => said(seq, atMs, { message: 'Created pod: agent-x' }));
    const died: EventRecord = {
      kind: 'event',
      seq: 2,
      atMs: 6000,
      type: 'process.died',
      actor: 'daemonset-controller',
    };
    const [counted] = eventsOf(again, 5000);
    expect(counted).toMatchObject({
      count: 2,
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:05Z',
    });
    const all = eventsOf([...again, died, said(3, 7000, { message: 'Created pod: agent-x' })], 7000);
    expect(all.map((each) => each.count)).toEqual([2, 1]);
  });

  it('is gone an hour after it was last written', () => {
    const records = [said(0, 0, { message: 'first' }), said(1, 60_000, { message: 'second' })];
    expect(eventsOf(records, 3_599_999)).toHaveLength(2);
    expect(eventsOf(records, 3_600_000).map((each) => each.message)).toEqual(['second']);
  });
});

describe('an event about a node', () => {
  it('lies in the namespace default, and comes from the node where its kubelet tells it', () => {
    const [event] = eventsOf(
      [said(0, 0, { message: 'm', type: 'apiEvent.NodeNotReady', actor: 'kubelet/node-3', object: 'node/node-3' })],
      0,
    );
    expect(event?.metadata.namespace).toBe('default');
    expect(event?.involvedObject).toEqual({ kind: 'Node', name: 'node-3', uid: 'u1', apiVersion: 'v1' });
    expect(event?.source).toEqual({ component: 'kubelet', host: 'node-3' });
  });

  it.each([
    ['node-lifecycle', 'node-controller'],
    ['taint-eviction', 'taint-eviction-controller'],
  ])('of %s is signed %s', (actor, component) => {
    const [event] = eventsOf([said(0, 0, { message: 'm', actor, object: 'node/node-3' })], 0);
    expect(event?.reportingComponent).toBe(component);
  });
});

it('T-8: until 1.28 taint eviction signed as the part of another controller that it was', () => {
  const record = said(0, 0, { message: 'm', actor: 'taint-eviction', object: 'pod/a/p' });
  expect(eventsOf([record], 0, false)[0]?.source).toEqual({ component: 'taint-controller' });
});

describe('an event of the scheduler', () => {
  const failed = (seq: number, atMs: number): EventRecord =>
    said(seq, atMs, {
      message: `try ${seq}`,
      type: 'apiEvent.FailedScheduling',
      actor: 'kube-scheduler',
      object: 'pod/a/p',
    });

  it('has an instant to the microsecond and neither count nor source', () => {
    const [event] = eventsOf([failed(0, 1234)], 1234);
    expect(event).toMatchObject({
      eventTime: '2026-01-01T00:00:01.234000Z',
      firstTimestamp: null,
      source: {},
      action: 'Scheduling',
      reportingComponent: 'default-scheduler',
    });
    expect(event).not.toHaveProperty('count');
    expect(event).not.toHaveProperty('series');
  });

  it('is a series from the second time on, which is written again when it is over', () => {
    const records = [failed(0, 0), failed(1, 1000), failed(2, 2000)];
    expect(eventsOf(records, 2000)[0]).toMatchObject({ message: 'try 0', series: { count: 2 } });
    expect(eventsOf(records, 719_999)[0]?.series?.count).toBe(2);
    expect(eventsOf(records, 720_000)[0]?.series).toEqual({
      count: 3,
      lastObservedTime: '2026-01-01T00:00:02.000000Z',
    });
  });

  it('that comes again after its series is over is a new one', () => {
    expect(eventsOf([failed(0, 0), failed(1, 1000), failed(2, 900_000)], 900_000)).toHaveLength(2);
  });
});
