import { expect, test } from 'vitest';
import { AGENT, makeDaemonSet, makePod, makeRevision } from '../testing/memoryObjects.ts';
import { LawBench, managePass, viewPass } from '../testing/memoryPasses.ts';
import { MemoryWorld } from '../testing/memoryWorld.ts';
import { keepsFewRevisions, knowsItsTemplate } from './history.ts';

/** A DaemonSet with image v<last> and a revision for each image up to it. */
function worldOf(last: number, limit?: number): MemoryWorld {
  const world = new MemoryWorld();
  for (let version = 1; version <= last; version += 1) {
    const ds = world.put(
      makeDaemonSet({ image: `agent:v${version}`, ...(limit === undefined ? {} : { historyLimit: limit }) }),
    );
    world.put(makeRevision(ds, `v${version}`, version));
  }
  return world;
}

test('INV-8 lets as many old revisions stay as the limit says, beside the current one', () => {
  const world = worldOf(4, 3);
  expect(new LawBench(world, keepsFewRevisions).rest()).toEqual([]);
});

test('INV-8 breaks at rest when more stay, unless a pod still carries them', () => {
  const world = worldOf(4, 2);
  const bench = new LawBench(world, keepsFewRevisions);
  expect(bench.rest()).toEqual([`${AGENT} keeps 3 old revisions, the limit is 2 and 0 are in use`]);
  world.put(makePod(makeDaemonSet(), 'p1', 'n1', { hash: 'v1' }));
  expect(bench.rest()).toEqual([]);
});

test('INV-8 counts a limit that is not written as 10', () => {
  expect(new LawBench(worldOf(11), keepsFewRevisions).rest()).toEqual([]);
  expect(new LawBench(worldOf(12), keepsFewRevisions).rest()).toHaveLength(1);
});

test('a DaemonSet at the gate, or one that is being deleted, is not judged at rest', () => {
  const world = worldOf(4, 2);
  const bench = new LawBench(world, keepsFewRevisions);
  const { ds } = viewPass(world);
  world.pass({ pass: 'gated', ds, adds: 1, dels: 0, sinceMs: 0 });
  expect(bench.rest()).toBeUndefined();
  world.pass(managePass(world, {}));
  expect(bench.rest()).toHaveLength(1);
  world.put({ ...ds, metadata: { ...ds.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
  expect(bench.rest()).toBeUndefined();
});

test('INV-9 holds for a pass that goes by the hash of a revision with its template', () => {
  const world = worldOf(2, 10);
  const bench = new LawBench(world, knowsItsTemplate);
  expect(bench.pass(managePass(world, { hash: 'v2' }))).toEqual([]);
});

test.each(['v1', 'v3', ''])(
  'INV-9 breaks for a pass that goes by hash "%s" while its template is recorded as v2',
  (hash) => {
    const world = worldOf(2, 10);
    const bench = new LawBench(world, knowsItsTemplate);
    const message = `${AGENT} goes by hash "${hash}", and no revision of it records its template under that`;
    expect(bench.pass(managePass(world, { hash }))).toEqual([message]);
  },
);

test('INV-9 lets a pass go by what a predecessor recorded under the name that it would take itself (DS-H7)', () => {
  const world = new MemoryWorld();
  const ds = world.put(makeDaemonSet({ image: 'agent:v1' }));
  const before = makeRevision(ds, 'v1', 1);
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'gone', controller: true }];
  world.put({ ...before, metadata: { ...before.metadata, name: 'agent-v1', ownerReferences } });
  const bench = new LawBench(world, knowsItsTemplate);
  expect(bench.pass(managePass(world, { hash: 'v1' }))).toEqual([]);
  expect(bench.pass(managePass(world, { hash: 'v2' }))).toHaveLength(1);
});

test('INV-9 lets a pass go by a revision that its cache still has, and by an old template that its cache still shows', () => {
  const world = worldOf(1, 10);
  const bench = new LawBench(world, knowsItsTemplate);
  const old = managePass(world, { hash: 'v1' });
  const ds = world.put(makeDaemonSet({ image: 'agent:v2', historyLimit: 10 }));
  world.put(makeRevision(ds, 'v2', 2));
  for (const { metadata } of world.list('ControllerRevision'))
    world.remove('ControllerRevision', `kube-system/${metadata.name}`);
  expect(bench.pass(old)).toEqual([]);
  expect(bench.pass(managePass(world, { hash: 'v2' }))).toEqual([]);
});

test('INV-9 breaks at rest when the present template is recorded not at all, or twice', () => {
  const world = worldOf(2, 10);
  const bench = new LawBench(world, knowsItsTemplate);
  expect(bench.rest()).toEqual([]);
  world.remove('ControllerRevision', 'kube-system/agent-v2-2');
  expect(bench.rest()).toEqual([`${AGENT} has 0 revisions of its present template, it needs 1`]);
  const ds = viewPass(world).ds;
  world.put(makeRevision(ds, 'v2', 2));
  world.put(makeRevision(ds, 'v2', 3));
  expect(bench.rest()).toEqual([`${AGENT} has 2 revisions of its present template, it needs 1`]);
});

test('INV-9 breaks at rest when two revisions share a number, or the present template is not the newest', () => {
  const world = worldOf(2, 10);
  const bench = new LawBench(world, knowsItsTemplate);
  world.put(makeRevision(makeDaemonSet({ image: 'agent:v0' }), 'v0', 2));
  expect(bench.rest()).toEqual([`${AGENT} has two revisions of one number`]);
  world.put(makeRevision(makeDaemonSet({ image: 'agent:v9' }), 'v9', 9));
  expect(bench.rest()).toContain(`${AGENT} has its present template as revision 2, and there is a revision 9`);
});
