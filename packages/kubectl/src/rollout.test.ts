/** `rollout` and `set image` beyond what recordings show: time that passes, several objects, refusals of the server. */
import { applyPatch } from '@everynode/core/api/patch';
import type { PatchBody } from '@everynode/core/api/requests';
import { describe, expect, test } from 'vitest';
import { rollout } from './rollout.ts';
import type { Refusal, ServedEvent, ServedObject, Server } from './server.ts';
import { setImage } from './setImage.ts';
import type { Output } from './surroundings.ts';

const NOW_MS = 60_000;

/** A DaemonSet of three nodes of which some have the new pod. */
function daemonSet(name: string, updated: number, image = 'agent:1'): ServedObject {
  const status = {
    observedGeneration: 1,
    desiredNumberScheduled: 3,
    currentNumberScheduled: 3,
    updatedNumberScheduled: updated,
    numberAvailable: 3,
    numberReady: 3,
    numberMisscheduled: 0,
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, generation: 1, annotations: {} },
    spec: {
      selector: { matchLabels: { app: name } },
      updateStrategy: { type: 'RollingUpdate' },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image, resources: {} }] } },
    },
    status,
  };
}

function revisionOf(ds: ServedObject, revision: number, image: string): ServedObject {
  const { name, uid } = ds.metadata;
  const spec = { containers: [{ name: 'main', image, resources: {} }] };
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${revision}-${image}`,
      namespace: 'default',
      labels: { app: name },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid, controller: true }],
    },
    data: { spec: { template: { $patch: 'replace', metadata: { labels: { app: name } }, spec } } },
    revision,
  };
}

interface World {
  readonly server: Server;
  readonly patches: PatchBody['body'][];
}

function world(
  objects: readonly ServedObject[],
  events: readonly ServedEvent[] = [],
  refusal?: Refusal,
  endsAtMs = Number.POSITIVE_INFINITY,
): World {
  const patches: PatchBody['body'][] = [];
  const server: Server = {
    list: (kind) => objects.filter((object) => object.kind === kind),
    patch: (object, patch) => {
      if (refusal !== undefined) return refusal;
      patches.push(patch.body);
      return { ok: true, object: applyPatch(object, patch) };
    },
    later: (object) => events.filter((event) => event.object.metadata.name === object.metadata.name),
    endsAtMs,
    ended: 'the run ends here',
  };
  return { server, patches };
}

function run({ server }: Pick<World, 'server'>, line: string, minor = 36): Output {
  const [command, ...rest] = line.split(' ');
  const surroundings = { server, minor, nowMs: NOW_MS };
  return command === 'rollout' ? rollout(rest, surroundings) : setImage(rest.slice(1), surroundings);
}

const progress = (name: string, updated: number): string =>
  `Waiting for daemon set "${name}" rollout to finish: ${updated} out of 3 new pods have been updated...\n`;
const done = (name: string): string => `daemon set "${name}" successfully rolled out\n`;
const change = (name: string, updated: number, atMs: number): ServedEvent => ({
  type: 'MODIFIED',
  object: daemonSet(name, updated),
  atMs,
});

describe('status', () => {
  test('waits for one object after the other, and sees of the second only what is still to come', () => {
    const events = [change('b', 1, 60_500), change('a', 3, 61_000), change('b', 2, 62_000), change('b', 3, 63_000)];
    const { server } = world([daemonSet('a', 0), daemonSet('b', 0)], events);
    expect(run({ server }, 'rollout status ds')).toEqual({
      stdout: `${progress('a', 0)}${done('a')}${progress('b', 1)}${progress('b', 2)}${done('b')}`,
      stderr: '',
      exitCode: 0,
    });
  });

  test('gives each object its own time', () => {
    const { server } = world([daemonSet('a', 0), daemonSet('b', 0)], [change('a', 3, 61_900), change('b', 3, 63_000)]);
    expect(run({ server }, 'rollout status ds --timeout=2s').exitCode).toBe(0);
    expect(run({ server }, 'rollout status ds --timeout=1500ms')).toEqual({
      stdout: `${progress('a', 0)}${progress('b', 0)}`,
      stderr: 'timed out waiting for the condition\ntimed out waiting for the condition\n',
      exitCode: 1,
    });
  });

  test('ends with what the server knows, unless the time is up before', () => {
    const given = world([daemonSet('a', 0)], [], undefined, 65_000);
    expect(run(given, 'rollout status ds/a').stderr).toBe('error: the run ends here\n');
    expect(run(given, 'rollout status ds/a --timeout=5s').stderr).toBe('error: timed out waiting for the condition\n');
  });

  test('says that nothing was found since 1.28', () => {
    expect(run(world([]), 'rollout status ds').stderr).toBe('No resources found in default namespace.\n');
    expect(run(world([]), 'rollout status ds', 27)).toEqual({ stdout: '', stderr: '', exitCode: 0 });
  });

  test('tells of what is missing besides what is there', () => {
    expect(run(world([daemonSet('a', 3)]), 'rollout status ds/a ds/x')).toEqual({
      stdout: done('a'),
      stderr: 'Error from server (NotFound): daemonsets.apps "x" not found\n',
      exitCode: 1,
    });
  });
});

describe('history', () => {
  test('of two revisions with one number the last in the list counts', () => {
    const ds = daemonSet('a', 3);
    const { stdout } = run(
      world([ds, revisionOf(ds, 1, 'x:1'), revisionOf(ds, 1, 'x:2')]),
      'rollout history ds/a --revision=1',
    );
    expect(stdout).toContain('Image:\tx:2\n');
  });

  test('where there is none, no number is missed', () => {
    expect(run(world([daemonSet('a', 3)]), 'rollout history ds/a --revision=4').stdout).toBe(
      'daemonset.apps/a with revision #4\nNo rollout history found.\n',
    );
  });

  test.each([
    ['history', 'node/n', 'error: error retrieving history for "Node", no visitor method exists for { Node}\n'],
    ['undo', 'pod/p', 'error: no rollbacker has been implemented for "Pod"\n'],
    ['restart', 'node/n', 'error: nodes "n" restarting is not supported\n'],
    ['resume', 'pod/p', 'error: pods "p" resuming is not supported\n'],
  ])('%s of %s is not a thing', (command, name, stderr) => {
    const node: ServedObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } };
    const pod: ServedObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' } };
    expect(run(world([node, pod]), `rollout ${command} ${name}`)).toEqual({ stdout: '', stderr, exitCode: 1 });
  });
});

describe('undo', () => {
  const ds = daemonSet('a', 3, 'agent:2');
  const objects = [ds, revisionOf(ds, 1, 'agent:1'), revisionOf(ds, 2, 'agent:2')];

  test('sends the stored data, and with a dry run of the client nothing', () => {
    const given = world(objects);
    expect(run(given, 'rollout undo ds/a --dry-run=client').stdout).toMatch(
      /^daemonset\.apps\/a will roll back to Pod Template:\n[^]*agent:1[^]*\n \(dry run\)\n$/,
    );
    expect(given.patches).toEqual([]);
    expect(run(given, 'rollout undo ds/a').stdout).toBe('daemonset.apps/a rolled back\n');
    expect(given.patches).toEqual([objects[1]?.['data']]);
  });

  test('skips with the mark of the dry run', () => {
    expect(run(world(objects), 'rollout undo ds/a --to-revision=2 --dry-run=server').stdout).toBe(
      'daemonset.apps/a skipped rollback (current template already matches revision 2) (server dry run)\n',
    );
  });

  test('tells what the server refused, and refuses dry runs that are none', () => {
    const refusal: Refusal = { ok: false, reason: 'Forbidden', message: 'no' };
    expect(run(world(objects, [], refusal), 'rollout undo ds/a').stderr).toBe(
      'error: failed restoring revision 0: no\n',
    );
    const { patch: _none, ...readOnly } = world(objects).server;
    expect(run({ server: readOnly }, 'rollout undo ds/a').stderr).toBe(
      'error: failed restoring revision 0: the server does not allow this method on the requested resource\n',
    );
    expect(run(world(objects), 'rollout undo ds/a --dry-run=maybe').stderr).toBe(
      'error: Invalid dry-run value (maybe). Must be "none", "server", or "client".\n',
    );
  });
});

describe('restart', () => {
  test('twice within a second is refused, and keeps none of the others from its restart', () => {
    const fresh = daemonSet('b', 3);
    const restarted = applyPatch(daemonSet('a', 3), {
      type: 'merge',
      body: {
        spec: {
          template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:01:00Z' } } },
        },
      },
    });
    const { stdout, stderr, exitCode } = run(world([restarted, fresh]), 'rollout restart ds');
    expect([stdout, exitCode]).toEqual(['daemonset.apps/b restarted\n', 1]);
    expect(stderr).toMatch(/^error: failed to create patch for a: if restart has already been triggered within/);
  });

  test('tells what the server refused', () => {
    const refusal: Refusal = { ok: false, reason: 'Conflict', message: 'no' };
    expect(run(world([daemonSet('a', 3)], [], refusal), 'rollout restart ds/a').stderr).toBe(
      'error: failed to patch: no\n',
    );
  });
});

describe('set image', () => {
  test('changes what it knows and complains of what it does not', () => {
    const given = world([daemonSet('a', 3)]);
    expect(run(given, 'set image ds/a nope=x main=agent:2')).toEqual({
      stdout: 'daemonset.apps/a image updated\n',
      stderr: 'error: unable to find container named "nope"\n',
      exitCode: 1,
    });
    expect(given.patches).toHaveLength(1);
  });

  test('records its own words where it is asked to', () => {
    const given = world([daemonSet('a', 3)]);
    expect(run(given, 'set image ds/a main=agent:1 --record').stderr).toBe(
      'Flag --record has been deprecated, --record will be removed in the future\n',
    );
    expect(given.patches).toEqual([
      {
        metadata: {
          annotations: { 'kubernetes.io/change-cause': 'kubectl set image ds/a main=agent:1 --record=true' },
        },
      },
    ]);
  });

  test.each([
    ['set image ds main=x', 'error: resource(s) were provided, but no name was specified\n'],
    ['set image ds/a ds/x main=x', 'Error from server (NotFound): daemonsets.apps "x" not found\n'],
    [
      'set image ds/a *=x main=x',
      'error: all containers are already specified by *, but saw more than one container_name=container_image pairs\n',
    ],
    ['set image ds/a main=x main', 'error: all resources must be specified before image changes: main\n'],
    ['set image ds/a main=x -f a.yaml', 'error: the path "a.yaml" does not exist\n'],
  ])('%s changes nothing: %s', (line, stderr) => {
    const given = world([daemonSet('a', 3)]);
    expect(run(given, line)).toEqual({ stdout: '', stderr, exitCode: 1 });
    expect(given.patches).toEqual([]);
  });

  test('of a pod is a change of the pod', () => {
    const pod: ServedObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'main', image: 'x:1' }] },
    };
    const given = world([pod]);
    expect(run(given, 'set image pod/p main=x:2').stdout).toBe('pod/p image updated\n');
    expect(given.patches).toEqual([
      { spec: { '$setElementOrder/containers': [{ name: 'main' }], containers: [{ image: 'x:2', name: 'main' }] } },
    ]);
  });
});
