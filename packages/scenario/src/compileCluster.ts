/** The cluster of a scenario as the plan carries it: version, feature gates, settings of the control plane, node pools. */
import { formatFieldError } from '@everynode/core/api/fieldError';
import type { Node, Taint } from '@everynode/core/api/node';
import { validateNode } from '@everynode/core/api/nodeValidation';
import { parseUnits } from '@everynode/core/api/quantity';
import { DEFAULT_VERSION, explainGate, type FeatureGates, KNOWN_VERSIONS, profileOf } from '@everynode/core/profile';
import type { NodePool } from '@everynode/sim/plan';
import { SETTINGS } from '@everynode/sim/settings';
import { compileKubelet, compileMachine } from './compileKubelet.ts';
import { compileDuration } from './compileParams.ts';
import { complain, type CompileScope } from './compileScope.ts';
import { NODES_MAX } from './limits.ts';
import { listNames, unknownName } from './nearest.ts';
import type { PoolText, ScenarioSpec } from './scenario.ts';
import type { YamlPath } from './yamlText.ts';

/** What `kubernetes.version` and `kubernetes.featureGates` say, as the plan carries it. */
interface Release {
  readonly kubernetesVersion: string;
  readonly featureGates?: FeatureGates;
}

/** `1.31` for the first release of that minor, `1.31.4` or `v1.31.4` for exactly that one. */
export function compileRelease({ kubernetes }: ScenarioSpec, scope: CompileScope): Release {
  const { version = DEFAULT_VERSION, featureGates = {} } = kubernetes ?? {};
  const profile = profileOf(version);
  if (profile === undefined) {
    complain(scope, ['spec', 'kubernetes', 'version'], explainVersion(version));
    return { kubernetesVersion: version };
  }
  for (const [name, isOn] of Object.entries(featureGates)) {
    const problem = explainGate(name, isOn, profile.minor);
    if (problem !== undefined) complain(scope, ['spec', 'kubernetes', 'featureGates', name], problem);
  }
  return {
    kubernetesVersion: profile.version,
    ...(Object.keys(featureGates).length === 0 ? {} : { featureGates }),
  };
}

function explainVersion(version: string): string {
  if (/^v?[0-9]+\.[0-9]+(?:\.[0-9]+)?$/.test(version))
    return unknownName('version', 'versions', version, KNOWN_VERSIONS);
  const known = listNames(KNOWN_VERSIONS);
  return `${JSON.stringify(version)} is no version; write a minor such as "1.31", or a patch release of one such as "1.31.4" (versions: ${known})`;
}

export function compileSettings({ kubernetes }: ScenarioSpec, scope: CompileScope): Readonly<Record<string, number>> {
  const known: Readonly<Record<string, { readonly form: string }>> = SETTINGS;
  const entries = Object.entries(kubernetes?.settings ?? {}).map(([name, value]): [string, number] => {
    const path = ['spec', 'kubernetes', 'settings', name];
    return [
      name,
      known[name]?.form === 'duration' ? (compileDuration(String(value), path, scope) ?? 0) : Number(value),
    ];
  });
  const settings = Object.fromEntries(entries);
  const { shutdownGracePeriod = 0, shutdownGracePeriodCriticalPods = 0 } = settings;
  if (shutdownGracePeriodCriticalPods > shutdownGracePeriod)
    complain(
      scope,
      ['spec', 'kubernetes', 'settings', 'shutdownGracePeriodCriticalPods'],
      'critical pods have more than all of shutdownGracePeriod; write at most that, or a longer shutdownGracePeriod',
    );
  return settings;
}

export function checkPools(pools: readonly PoolText[], scope: CompileScope): void {
  const path = ['spec', 'cluster', 'nodePools'];
  const total = pools.reduce((sum, { count }) => sum + count, 0);
  if (total > NODES_MAX) complain(scope, path, `the cluster has ${total} nodes; write at most ${NODES_MAX}`);
  for (const [at, pool] of pools.entries()) {
    if (pools.findIndex(({ name }) => name === pool.name) < at)
      complain(scope, [...path, at, 'name'], `pool ${JSON.stringify(pool.name)} is there already; write another name`);
    if (pool.cloudRoutes === true && pool.cloudProvider === undefined)
      complain(
        scope,
        [...path, at, 'cloudRoutes'],
        'routes are made by the cloud controller; write `cloudProvider: external` beside it',
      );
    const here: YamlPath = [...path, at];
    const unread = Object.entries(pool.capacity ?? {}).filter(([, quantity]) => parseUnits(quantity) === undefined);
    for (const [resource, quantity] of unread)
      complain(
        scope,
        [...here, 'capacity', resource],
        `${JSON.stringify(quantity)} is no quantity; write one such as 500m, 4 or 16Gi`,
      );
    if (unread.length === 0) complainOfNode(pool, pool.taints ?? [], [...here, 'taints'], [...here, 'labels'], scope);
    for (const [n, value] of (pool.spread?.values ?? []).entries())
      complainOfNode(
        { name: pool.name, labels: { [pool.spread?.topologyKey ?? '']: value } },
        [],
        here,
        [...here, 'spread', 'values', n],
        scope,
      );
    const { startTaints } = pool.bootstrap ?? {};
    if (startTaints !== undefined)
      complainOfNode(
        { name: pool.name },
        startTaints,
        [...here, 'bootstrap', 'startTaints'],
        [...here, 'labels'],
        scope,
      );
  }
}

/** What the API server would say of a Node with these labels, taints and capacity; a kubelet would never get it registered. */
function complainOfNode(
  { name, labels, capacity }: Pick<PoolText, 'name' | 'labels' | 'capacity'>,
  taints: readonly Taint[],
  taintsPath: YamlPath,
  labelsPath: YamlPath,
  scope: CompileScope,
): void {
  const metadata = { name: `${name}-0`, ...(labels === undefined ? {} : { labels }) };
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata,
    spec: { taints },
    status: { capacity: capacity ?? {} },
  };
  for (const error of validateNode(node)) {
    const [, taintIndex, ...rest] = /^metadata\.taints\[(\d+)\](?:\.(\w+))?/.exec(error.field) ?? [];
    const [, resource] = /^status\.capacity\.(.+)$/.exec(error.field) ?? [];
    const place =
      taintIndex !== undefined
        ? [...taintsPath, Number(taintIndex), ...rest.filter((part) => part !== undefined)]
        : [...labelsPath.slice(0, -1), ...(resource === undefined ? labelsPath.slice(-1) : ['capacity', resource])];
    complain(scope, place, `no node could register like this: ${formatFieldError(error)}`);
  }
}

/** `at`: the how-many-th pool it is. */
export function compilePool(
  { name, count, spread, labels, taints, capacity, ...rest }: PoolText,
  at: number,
  scope: CompileScope,
): NodePool {
  const { machine, kubelet, bootstrap, cloudProvider, cloudRoutes } = rest;
  const path = ['spec', 'cluster', 'nodePools', at];
  const { startTaints, readyWhen } = bootstrap ?? {};
  return {
    name,
    count,
    ...(spread === undefined ? {} : { spread }),
    ...(labels === undefined ? {} : { labels }),
    ...(taints === undefined ? {} : { taints }),
    capacity: capacity ?? {},
    ...(machine === undefined ? {} : { machine: compileMachine(machine, [...path, 'machine'], scope) }),
    ...(kubelet === undefined ? {} : { kubelet: compileKubelet(kubelet, [...path, 'kubelet'], scope) }),
    ...(cloudProvider === undefined ? {} : { cloudProvider }),
    ...(cloudRoutes === undefined ? {} : { cloudRoutes }),
    ...(bootstrap === undefined
      ? {}
      : {
          bootstrap: {
            ...(startTaints === undefined ? {} : { startTaints }),
            ...(readyWhen === undefined ? {} : { readyWhenDaemonSetPodReady: readyWhen.daemonSetPodReady }),
          },
        }),
  };
}
