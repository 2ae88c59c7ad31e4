import { expect, test } from 'vitest';
import { AGENT, makeDaemonSet, makeFault, makeNode, makePod } from './testing/memoryObjects.ts';
import { MemoryWorld } from './testing/memoryWorld.ts';
import { QUIET_MS, Rest } from './rest.ts';

/** A world of one node whose changes a Rest looks at. */
function begin(): { readonly world: MemoryWorld; readonly rest: Rest } {
  const world = new MemoryWorld();
  const rest = new Rest();
  world.put(makeNode('n1'));
  world.watchWith({
    begin: (view) => rest.begin(view),
    changed: (change, view) => rest.observe(change, view),
    wakeAtMs: () => undefined,
    end() {},
  });
  world.advanceTo(1000);
  return { world, rest };
}

test('the world is at rest 31 minutes after its last change', () => {
  const { world, rest } = begin();
  expect(rest.restAtMs).toBe(QUIET_MS);
  world.put(makeDaemonSet());
  expect(rest.restAtMs).toBe(1000 + QUIET_MS);
});

test.each([
  ['a new label', makeNode('n1', { labels: { a: 'b' } })],
  ['a taint', makeNode('n1', { taints: [{ key: 'a', effect: 'NoSchedule' }] })],
])('%s of a node disturbs the rest', (_, node) => {
  const { world, rest } = begin();
  world.put(node);
  expect(rest.restAtMs).toBe(1000 + QUIET_MS);
});

test('a heartbeat does not disturb it, nor does a lease, a machine or a pass', () => {
  const { world, rest } = begin();
  world.put(makeNode('n1', { heartbeatAtMs: 1000 }));
  world.run('n1', []);
  world.pass({ pass: 'stale', ds: makeDaemonSet(), kind: 'Pod' });
  expect(rest.restAtMs).toBe(QUIET_MS);
});

test('pods disturb it when they come, change and go', () => {
  const { world, rest } = begin();
  const ds = makeDaemonSet();
  world.put(makePod(ds, 'p1', 'n1'));
  world.advanceTo(2000);
  world.remove('Pod', `${AGENT.split('/')[0]}/p1`);
  expect(rest.restAtMs).toBe(2000 + QUIET_MS);
});

test('there is no rest while a fault is in force, and it begins anew with the lift', () => {
  const { world, rest } = begin();
  world.begin(makeFault('outage'));
  expect(rest.restAtMs).toBeUndefined();
  world.advanceTo(5000);
  world.lift('outage');
  expect(rest.restAtMs).toBe(5000 + QUIET_MS);
});

test.each([
  ['not Ready', { isReady: false }],
  ['under pressure', { hasPressure: true }],
])('there is no rest while a node is %s', (_, options) => {
  const { world, rest } = begin();
  world.put(makeNode('n2', options));
  expect(rest.restAtMs).toBeUndefined();
  world.advanceTo(5000);
  world.put(makeNode('n2'));
  expect(rest.restAtMs).toBe(5000 + QUIET_MS);
  world.put(makeNode('n2', options));
  world.remove('Node', 'n2');
  expect(rest.restAtMs).toBe(5000 + QUIET_MS);
});
