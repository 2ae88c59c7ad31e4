/** The table of pods. Rules: DS-C3. */
import { readList, readText } from '../readField.ts';
import type { ServedObject } from '../server.ts';
import { ageOf } from './age.ts';
import { summarizePod } from './podStatus.ts';
import { AGE_COLUMN, column, NAME_COLUMN, type TableMaker, wide } from './table.ts';

export const PODS: TableMaker = {
  columns: [
    NAME_COLUMN,
    ...['Ready', 'Status', 'Restarts'].map((name) => column(name)),
    AGE_COLUMN,
    ...['IP', 'Node', 'Nominated Node', 'Readiness Gates'].map((name) => wide(name)),
  ],
  cellsOf: (pod, context) => {
    const { ready, status, restarts } = summarizePod(pod, context);
    const [firstIp] = readList(pod, 'status.podIPs');
    return [
      pod.metadata.name,
      ready,
      status,
      restarts,
      ageOf(pod, context.nowMs),
      readText(firstIp, 'ip') || readText(pod, 'status.podIP') || '<none>',
      readText(pod, 'spec.nodeName') || '<none>',
      readText(pod, 'status.nominatedNodeName') || '<none>',
      readinessGates(pod),
    ];
  },
};

function readinessGates(pod: ServedObject): string {
  const gates = readList(pod, 'spec.readinessGates');
  if (gates.length === 0) return '<none>';
  const conditions = readList(pod, 'status.conditions');
  const open = gates.filter(
    ({ conditionType }) => conditions.find(({ type }) => type === conditionType)?.['status'] === 'True',
  );
  return `${open.length}/${gates.length}`;
}
