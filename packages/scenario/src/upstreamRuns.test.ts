/** Manifests as their projects publish them, byte for byte: each comes up, rolls and finishes, and nothing of it is lost. */
import { decodeObject as decodeServerObject } from '@everynode/core/api/decoding';
import { canonicalQuantity } from '@everynode/core/api/quantityText';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { decodeObject } from './decode.ts';
import type { JsonObject } from './scenario.ts';
import { happenings } from './testing/happenings.ts';
import { compileManifest, NEXT_IMAGE, NODES, objectsIn } from './testing/manifestRun.ts';
import { findFaultsOf, watchRun } from './testing/watchedRun.ts';
import { WORKLOAD_NAMES } from './workload.ts';

const UPSTREAM = new URL('../../../../shared/manifests/upstream/', import.meta.url);
const isThere = existsSync(UPSTREAM);
const FILES = isThere ? readdirSync(UPSTREAM).filter((name) => name.endsWith('.yaml')) : [];

/** On 17 workers and 3 tainted nodes of the control plane; all others tolerate the taint. */
const WORKERS_ALONE: Readonly<Record<string, number>> = { 'nvidia-device-plugin.yaml': 17 };

function textOf(name: string): string {
  return readFileSync(new URL(name, UPSTREAM), 'utf8');
}

test.skipIf(isThere)('skipped: the upstream manifests are not beside the repository', () => {
  expect(FILES).toEqual([]);
});

test.each(FILES)('%s runs on every eligible node of 20, rolls to a new image, finishes, and breaks no law', (name) => {
  const run = watchRun(compileManifest(textOf(name)).plan);
  expect(findFaultsOf(run)).toEqual([]);
  expect(run.rows.filter(({ block, result }) => block !== 'law' && result !== 'held')).toEqual([]);
  const images = run.pods.map(({ spec }) => [...new Set(spec.containers.map(({ image }) => image))].join());
  expect(images).toEqual(Array.from({ length: WORKERS_ALONE[name] ?? NODES }, () => NEXT_IMAGE));
});

test.each(FILES)('%s: the stored object and its pods have every field of the file', (name) => {
  const text = textOf(name);
  const documents = parseAllDocuments(text, { version: '1.1' }).map(
    (document) => document.toJS() as { readonly kind?: string } | null,
  );
  const written = asStored(documents.find((each) => each?.kind === 'DaemonSet'));
  const { plan } = compileManifest(text);
  const { daemonSets, pods } = watchRun({ ...plan, steps: [], durationMs: 600_000 });
  const { template, ...spec } = written.spec as { readonly template: { readonly spec: JsonObject } };
  expect(daemonSets[0]?.spec).toMatchObject({ ...spec, template });
  // The controller writes these two anew; podTemplate.test.ts looks at how.
  const { tolerations: _theirs, affinity: _its, ...podSpec } = template.spec;
  expect(pods.length).toBeGreaterThan(0);
  for (const pod of pods) expect(pod.spec).toMatchObject(podSpec);
});

test.each(FILES)(
  '%s: with the fields that nothing acts on taken out, the same happens at the same instants',
  (name) => {
    const { plan } = compileManifest(textOf(name));
    const stripped = plan.objects.map((object) =>
      withHandlers(without(object, decodeObject('DaemonSet', object as never).idle)),
    );
    expect(JSON.stringify(stripped).length).toBeLessThan(JSON.stringify(plan.objects).length);
    const run = watchRun({ ...plan, objects: stripped });
    expect(happenings(run.records)).toEqual(happenings(watchRun(plan).records));
  },
);

test.skipIf(!isThere)(
  'kinds that take no part, fields that do nothing and what another cluster wrote are each told once',
  () => {
    const heads = FILES.flatMap((name) => compileManifest(textOf(name)).notices.map((each) => each.replace(/:.*/, '')));
    expect(new Set(heads)).toEqual(
      new Set([
        'carried along, but nothing here acts on',
        'left out, since another cluster wrote them',
        `left out, since only ${WORKLOAD_NAMES} take part`,
      ]),
    );
    expect(compileManifest(textOf('flannel.yaml')).notices[0]).toMatch(
      /: 1 ClusterRole, 1 ClusterRoleBinding, 1 ConfigMap, 1 ServiceAccount$/,
    );
    expect(objectsIn(textOf('metallb.yaml')).map(({ kind }) => kind)).toEqual(['Namespace', 'DaemonSet']);
  },
);

/** As the server would have stored it: read as Go reads it, and with quantities in their shortest spelling. */
function asStored(document: unknown): { readonly spec: JsonObject } {
  const read = decodeServerObject('DaemonSet', document);
  expect(read).toMatchObject({ ok: true });
  return JSON.parse(JSON.stringify(read.ok ? read.object : {}), (key, inner: unknown) =>
    key === 'limits' || key === 'requests' ? withShortQuantities(inner as JsonObject) : inner,
  ) as { readonly spec: JsonObject };
}

function withShortQuantities(list: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(list).map(([name, amount]) => [name, canonicalQuantity(amount as string)]));
}

/** How a probe asks makes no difference, but it has to ask somehow. */
function withHandlers<T>(object: T): T {
  return JSON.parse(JSON.stringify(object), (key, inner: unknown) =>
    key.endsWith('Probe') ? { tcpSocket: { port: 1 }, ...(inner as JsonObject) } : inner,
  ) as T;
}

/** A copy without what stands at these paths, such as `spec.template.spec.containers[].env`. */
function without<T>(object: T, paths: readonly string[]): T {
  const copy = structuredClone(object);
  for (const path of paths) remove(copy, path.split('.'));
  return copy;
}

function remove(value: unknown, [step = '', ...rest]: readonly string[]): void {
  const key = step.replace('[]', '');
  const holder = (value ?? {}) as Record<string, unknown>;
  if (rest.length === 0) delete holder[key];
  else
    for (const inner of step.endsWith('[]') ? ((holder[key] as unknown[] | undefined) ?? []) : [holder[key]])
      remove(inner, rest);
}
