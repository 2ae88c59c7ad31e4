/** The names of processes and API clients that a run will have: a fault that aims at another one would never bite. */
import { PROCESS_GROUPS, replicaName } from '@everynode/sim/seams/processGroups';
import { complain, type CompileScope } from './compileScope.ts';
import { unknownName } from './nearest.ts';
import type { YamlPath } from './yamlText.ts';

/** All kubelets together, as clients. */
const KUBELETS = 'kubelet';
/** Outside of all processes: the user of the operations, and faults that act as one. */
const USER = 'user';
const FAULT = 'fault/';

export function checkProcess(name: string, what: 'client' | 'process', path: YamlPath, scope: CompileScope): void {
  if (what === 'client' && name.startsWith(FAULT)) return;
  const known = what === 'client' ? [...processNames(scope), KUBELETS, USER] : processNames(scope);
  if (known.includes(name)) return;
  const nodes = scope.roll.all.map((node) => node.name);
  const kubelet = `${KUBELETS}/${name}`;
  const advice = known.includes(kubelet) ? `write ${kubelet} for the kubelet of that node` : undefined;
  const plural = what === 'client' ? 'clients' : 'processes';
  complain(
    scope,
    path,
    advice === undefined
      ? unknownName(what, plural, name, known)
      : `unknown ${what} ${JSON.stringify(name)}; ${advice} (nodes: ${nodes.length})`,
  );
}

/** Control plane first, since the list is cut. */
function processNames({ spec, roll }: CompileScope): readonly string[] {
  const { replicas = 1 } = spec.cluster.controlPlane ?? {};
  const groups = Object.entries(PROCESS_GROUPS).flatMap(([group, members]) => [
    group,
    ...members,
    ...Array.from({ length: replicas }, (_, index) => replicaName(group, index)),
  ]);
  return [...new Set(groups), ...roll.all.map(({ name }) => `${KUBELETS}/${name}`)];
}
