/** Parameters of every operation of the registry, drawn. Node targets are filled in when the plan is put together. */
import type { Json } from '@everynode/sim/plan';
import fc from 'fast-check';
import { AGENT, arbitraryDaemonSet } from './randomDaemonSet.ts';

type Params = Readonly<Record<string, Json>>;

const TAINTS = [
  'dedicated=edge:NoSchedule',
  'maintenance:NoExecute',
  'soft:PreferNoSchedule',
  'maintenance:NoSchedule',
];

const patches: readonly Json[] = [
  { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } },
  { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2, maxSurge: 0 } } } },
  { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } } },
  // The server refuses this one.
  { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 0 } } } },
  { spec: { minReadySeconds: 15 } },
  { spec: { revisionHistoryLimit: 1 } },
  { spec: { template: { spec: { nodeSelector: { disk: 'ssd' } } } } },
  { spec: { template: { spec: { nodeSelector: null } } } },
  { spec: { template: { spec: { tolerations: [{ operator: 'Exists' }] } } } },
  {
    spec: {
      template: {
        spec: { tolerations: [{ key: 'maintenance', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }] },
      },
    },
  },
  { spec: { template: { spec: { terminationGracePeriodSeconds: 5 } } } },
];

const wish: fc.Arbitrary<Params> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      setImage: fc.record({ main: fc.constantFrom('agent:v1', 'agent:v2', 'agent:v3', 'agent:v4') }),
    }),
  },
  { weight: 2, arbitrary: fc.constantFrom(...patches).map((merge) => ({ patch: { merge } })) },
  {
    weight: 1,
    arbitrary: fc.record({ annotations: fc.constant({ team: 'edge' }), changeCause: fc.constant('because') }),
  },
);

const taint = fc.record({ taint: fc.constantFrom(...TAINTS) });
const NONE = fc.constant({});
const ofAgent = fc.constant({ daemonSet: AGENT });

/** By the name of the operation; the same names as in the registry. */
export const OPERATION_PARAMS: Readonly<Record<string, fc.Arbitrary<Params>>> = {
  apply: arbitraryDaemonSet('agent').map((ds) => ({ objects: [ds as unknown as Json] })),
  update: wish.map((params) => ({ daemonSet: AGENT, ...params })),
  rollback: fc.record({ daemonSet: fc.constant(AGENT), toRevision: fc.constantFrom(0, 0, 1, 2) }),
  restart: ofAgent,
  pause: ofAgent,
  resume: ofAgent,
  scale: fc.record({ daemonSet: fc.constant(AGENT), replicas: fc.constantFrom(0, 3) }),
  delete: fc.oneof(
    fc.record({ daemonSet: fc.constant(AGENT), cascade: fc.constantFrom('background', 'foreground', 'orphan') }),
    fc.record({ node: fc.constantFrom('worker-0', 'worker-1'), cascade: fc.constant('background') }),
    fc.record({
      pod: fc.constant('kube-system/nobody'),
      gracePeriodSeconds: fc.constant(0),
      cascade: fc.constant('background'),
    }),
  ),
  taint,
  untaint: taint,
  label: fc.record({ labels: fc.constantFrom<Json[]>({ disk: 'ssd' }, { disk: null }) }),
  cordon: NONE,
  uncordon: NONE,
  drain: fc.record({ ignoreDaemonSets: fc.boolean(), force: fc.boolean() }),
  addNodes: fc.oneof(
    fc.record({ pool: fc.constant('worker'), count: fc.integer({ min: 1, max: 2 }) }),
    fc.record({ pool: fc.constant('worker'), count: fc.constant(1), over: fc.constant({ fixed: 30_000 }) }),
  ),
  removeNodes: NONE,
  replaceNodes: fc.record({ over: fc.constant({ fixed: 30_000 }), deleteNode: fc.boolean() }),
  scaleDown: fc.record({
    unneededFor: fc.integer({ min: 0, max: 60_000 }),
    evictDaemonSets: fc.boolean(),
    evictDaemonSetsOfEmptyNodes: fc.boolean(),
  }),
};
