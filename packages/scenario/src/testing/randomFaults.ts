/** Parameters of every fault of the registry, drawn: whom it may aim at, and how hard it hits. */
import { CASE_NAMES } from '@everynode/sim/faults/apiErrorCases';
import type { Json } from '@everynode/sim/plan';
import fc from 'fast-check';

type Params = Readonly<Record<string, Json>>;

/** Processes that a fault may aim at, in every plan of the generator. */
const PROCESSES = [
  'daemonset-controller',
  'kube-scheduler',
  'node-lifecycle',
  'taint-eviction',
  'pod-gc',
  'garbage-collector',
  'kubelet/worker-0',
  'kubelet/worker-1',
];
const KINDS = ['Pod', 'Node', 'DaemonSet', 'ControllerRevision', 'Lease'];
const VERBS = ['get', 'list', 'create', 'update', 'updateStatus', 'patch', 'delete', 'bind'];
const REASONS = [
  'InternalError',
  'TooManyRequests',
  'Timeout',
  'Conflict',
  'Forbidden',
  'NotFound',
  'AlreadyExists',
  'Invalid',
];

const process = fc.constantFrom(...PROCESSES);
/** A group means the replica that leads. */
const processOrGroup = fc.oneof(
  process,
  fc.constantFrom('kube-controller-manager', 'kube-scheduler', 'kube-controller-manager/1'),
);
const kind = fc.constantFrom(...KINDS);
const verb = fc.constantFrom(...VERBS);
const odds = fc.record({ numerator: fc.constantFrom(1, 2, 3), denominator: fc.constantFrom(3, 5, 20) });
const NONE = fc.constant({});

/** Each of the four forms of a draw, up to `maxMs`. */
function draw(maxMs: number): fc.Arbitrary<Json> {
  const ms = fc.integer({ min: 0, max: maxMs });
  return fc.oneof(
    fc.record({ fixed: ms }),
    ms.map((value) => ({ uniform: { minMs: Math.trunc(value / 2), maxMs: value } })),
    ms.map((p100) => ({
      quantiles: { p0: 0, p50: Math.trunc(p100 / 8), p90: Math.trunc(p100 / 4), p99: Math.trunc(p100 / 2), p100 },
    })),
    ms.map((valueMs) => ({
      choice: [
        { valueMs: 0, weight: 3 },
        { valueMs, weight: 1 },
      ],
    })),
  );
}

const who: fc.Arbitrary<Params> = fc.oneof(
  fc.record({ client: fc.oneof(process, fc.constantFrom('kubelet', 'kube-controller-manager')) }),
  fc.record({ client: process, kind }),
  fc.record({ client: process, verb }),
  fc.record({ client: process, verb, count: fc.integer({ min: 1, max: 5 }) }),
);
/** Now and then everybody, users too. */
const whoever: fc.Arbitrary<Params> = fc.oneof(
  { weight: 4, arbitrary: who },
  { weight: 1, arbitrary: fc.record({ kind }) },
);

function withWho(clients: fc.Arbitrary<Params>, more: fc.Arbitrary<Params>): fc.Arbitrary<Params> {
  return fc.tuple(clients, more).map(([one, other]) => ({ ...one, ...other }));
}

/** By the name of the fault; the same names as in the registry. */
export const FAULT_PARAMS: Readonly<Record<string, fc.Arbitrary<Params>>> = {
  NodeCrash: NONE,
  NodeReboot: NONE,
  NodeUnreachable: fc.record({ direction: fc.constantFrom('both', 'toServer', 'fromServer') }),
  NodeFlap: fc.record({
    link: fc.constantFrom('power', 'network'),
    down: draw(120_000),
    period: fc.integer({ min: 0, max: 300_000 }),
    count: fc.integer({ min: 0, max: 20 }),
  }),
  RollingNodeUpgrade: fc.record({
    how: fc.constantFrom('reboot', 'replace'),
    away: draw(120_000),
    maxUnavailable: fc.integer({ min: 0, max: 3 }),
    force: fc.boolean(),
    drainTimeout: fc.constantFrom(0, 30_000),
    pause: fc.constantFrom(0, 10_000),
  }),
  ZoneOutage: fc.record({ link: fc.constantFrom('power', 'network') }),
  NodeCondition: fc.record({
    condition: fc.constantFrom('Ready', 'NetworkUnavailable', 'MemoryPressure', 'KernelDeadlock'),
    status: fc.constantFrom('True', 'False', 'Unknown'),
    reason: fc.constant('Broken'),
    message: fc.constant('something broke'),
  }),
  DiskPressure: fc.record({ evict: fc.boolean(), what: fc.constantFrom('space', 'inodes') }),
  MemoryPressure: fc.record({ evict: fc.boolean() }),
  PidPressure: fc.record({ evict: fc.boolean() }),
  PodKill: fc.oneof(
    fc.record({ how: fc.constant('delete'), gracePeriodSeconds: fc.constantFrom(0, 1, 30) }),
    fc.record({ how: fc.constant('delete') }),
    fc.record({
      how: fc.constant('kill'),
      exitCode: fc.constantFrom(0, 1, 137),
      daemonSet: fc.constant('kube-system/agent'),
    }),
  ),
  ContainerCrash: fc.oneof(
    fc.record({ after: draw(60_000), exitCode: fc.constantFrom(0, 1, 137) }),
    fc.record({ after: draw(60_000), exitCode: fc.constant(1), daemonSet: fc.constant('kube-system/agent') }),
  ),
  SlowImagePull: fc.oneof(
    fc.record({ delay: draw(60_000) }),
    fc.record({ delay: draw(60_000), image: fc.constant('agent:v2') }),
  ),
  RegistryLimit: fc.record({ concurrency: fc.constantFrom(0, 1, 3) }),
  ImagePullFailure: fc.oneof(
    fc.constant({ message: 'no registry' }),
    fc.constant({ message: 'no such image', image: 'agent:v2' }),
  ),
  ControllerRestart: fc.record({ component: processOrGroup }),
  ControllerCrash: fc.record({ component: processOrGroup }),
  ControllerPause: fc.record({ component: processOrGroup }),
  SchedulerStall: NONE,
  KubeletRestart: NONE,
  ClockSkew: fc.record(
    {
      component: process,
      by: fc.integer({ min: 1_000, max: 600_000 }),
      direction: fc.constantFrom('ahead', 'behind'),
      drift: fc.record({ numerator: fc.constantFrom(1, 3), denominator: fc.constantFrom(10, 1000) }),
    },
    { requiredKeys: ['component', 'by', 'direction'] },
  ),
  WatchLag: fc.oneof(
    fc.record({ client: process, delay: draw(60_000) }),
    fc.record({ client: process, kind, delay: draw(60_000) }),
  ),
  WatchBreak: fc.oneof(NONE, fc.record({ client: process }), fc.record({ client: process, kind })),
  StaleList: fc.oneof(
    fc.record({ behind: fc.integer({ min: 1_000, max: 60_000 }) }),
    fc.record({ client: process, kind, behind: fc.integer({ min: 1_000, max: 60_000 }) }),
  ),
  ApiError: withWho(
    whoever,
    fc.oneof(
      fc.record({ odds, reason: fc.constantFrom(...REASONS) }),
      fc.record({ odds, case: fc.constantFrom(...CASE_NAMES) }),
      fc.record({ odds, reason: fc.constant('TooManyRequests'), retryAfter: fc.integer({ min: 0, max: 20_000 }) }),
    ),
  ),
  ApiLatency: withWho(whoever, fc.record({ delay: draw(90_000) })),
  LostResponse: withWho(whoever, fc.record({ odds })),
};
