/** The table of DaemonSets. Rules: DS-C2. */
import type { LabelSelector } from '@everynode/core/api/daemonSet';
import { formatLabelSelector } from '@everynode/core/match/selectorText';
import { readField, readList, readMap, readNumber, readText } from '../readField.ts';
import { ageOf } from './age.ts';
import { formatLabels } from './labels.ts';
import { AGE_COLUMN, column, NAME_COLUMN, type TableMaker, wide } from './table.ts';

export const DAEMON_SETS: TableMaker = {
  columns: [
    NAME_COLUMN,
    ...['Desired', 'Current', 'Ready', 'Up-to-date', 'Available'].map((name) => column(name, { type: 'integer' })),
    column('Node Selector'),
    AGE_COLUMN,
    ...['Containers', 'Images', 'Selector'].map((name) => wide(name)),
  ],
  cellsOf: (ds, { nowMs }) => {
    const containers = readList(ds, 'spec.template.spec.containers');
    return [
      ds.metadata.name,
      readNumber(ds, 'status.desiredNumberScheduled'),
      readNumber(ds, 'status.currentNumberScheduled'),
      readNumber(ds, 'status.numberReady'),
      readNumber(ds, 'status.updatedNumberScheduled'),
      readNumber(ds, 'status.numberAvailable'),
      formatLabels(readMap(ds, 'spec.template.spec.nodeSelector')),
      ageOf(ds, nowMs),
      containers.map((container) => readText(container, 'name')).join(','),
      containers.map((container) => readText(container, 'image')).join(','),
      formatLabelSelector(readField(ds, 'spec.selector') as LabelSelector | undefined),
    ];
  },
};
