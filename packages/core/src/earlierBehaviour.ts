/** What the releases that we know have in common, because it came before the first of them: for the table of versions. */

/** What every release that we know does: it came before 1.26. `since` is the first minor with it on by default. */
export interface EarlierBehaviour {
  readonly name: string;
  readonly behaviour: string;
  readonly since: string;
  readonly reference: string;
  readonly rules: readonly string[];
}

export const BEFORE_KNOWN_VERSIONS: readonly EarlierBehaviour[] = [
  {
    name: 'scheduler-binds',
    behaviour: 'pods carry the name of their node as affinity, and kube-scheduler binds them',
    since: '1.12',
    reference: 'KEP-548',
    rules: ['DS-P4', 'DS-P9'],
  },
  {
    name: 'failed-pod-backoff',
    behaviour: 'failed pods are replaced at doubling distances, by node',
    since: '1.12',
    reference: '#65309',
    rules: ['DS-F1', 'DS-F2'],
  },
  {
    name: 'delete-only-unscheduled-without-node',
    behaviour: 'of the pods aimed at a vanished node only those not yet bound are deleted',
    since: '1.15',
    reference: '#76060',
    rules: ['DS-M7'],
  },
  {
    name: 'surge',
    behaviour: 'maxSurge adds new pods before it takes old ones',
    since: '1.22',
    reference: 'KEP-1591',
    rules: ['DS-U13', 'DS-V24'],
  },
];
