/** Whole plans, drawn: a small cluster, its DaemonSets, and a mixture of faults and operations in any overlap. */
import { KNOWN_VERSIONS } from '@everynode/core/profile';
import type { FaultDefinition } from '@everynode/sim/faults/fault';
import { faultRegistry } from '@everynode/sim/faults/registry';
import { operationRegistry } from '@everynode/sim/operations/registry';
import {
  DEFAULT_LIMITS,
  type Json,
  type NodePool,
  type Plan,
  PLAN_VERSION,
  type PlanStep,
  type PodModel,
} from '@everynode/sim/plan';
import fc from 'fast-check';
import { arbitraryDaemonSet } from './randomDaemonSet.ts';
import { FAULT_PARAMS } from './randomFaults.ts';
import { OPERATION_PARAMS } from './randomOperations.ts';

export interface PlanOptions {
  /** Steps begin between 20 s and this instant; faults are lifted before it. */
  readonly stepsUntilMs: number;
  /** And then nothing is done for this long. */
  readonly idleMs: number;
  readonly stepsMax: number;
  /** Only steps whose outcome in the end does not depend on what comes first, where two things happen at about one time. */
  readonly isOrderFree?: boolean;
  /** Also what need not come to rest: pods that crash, nodes that wait for their agent. */
  readonly isRestless: boolean;
}

/** What is drawn for one step, before it is known which nodes there are. */
interface DrawnStep {
  readonly step: 'fault' | 'operation';
  readonly type: string;
  readonly params: Readonly<Record<string, Json>>;
  readonly atMs: number;
  readonly forMs: number;
  /** Which of the nodes of its moment, by position. */
  readonly picks: readonly number[];
}

const FIRST_STEP_MS = 20_000;
/** How long a DaemonSet that surges is pressed. */
const BRIEF_MS = 20_000;
const ZONES = ['zone-a', 'zone-b'];
/** Fewer would leave a pick without nodes. */
const WORKERS_MIN = 2;

const SETTINGS: readonly Readonly<Record<string, number>>[] = [
  {},
  { latencyPercent: 0 },
  { latencyPercent: 50, podGcQuarantine: 10_000 },
  { concurrentDaemonSetSyncs: 1, kubeApiQps: 5, kubeApiBurst: 10 },
  { nodeMonitorGracePeriod: 25_000, evictionPressureTransitionPeriod: 30_000 },
  { shutdownGracePeriod: 20_000, shutdownGracePeriodCriticalPods: 5_000 },
];

const calmModels: fc.Arbitrary<readonly PodModel[]> = fc.constantFrom<(readonly PodModel[])[]>(
  [],
  [{ select: {}, startup: { fixed: 3_000 }, termination: { uniform: { minMs: 100, maxMs: 20_000 } } }],
  [{ select: { image: 'agent:v2' }, readiness: { fixed: 30_000 }, imagePull: { fixed: 20_000 } }],
);
const restlessModels: fc.Arbitrary<readonly PodModel[]> = fc.oneof(
  calmModels,
  fc.constantFrom<(readonly PodModel[])[]>(
    [{ select: { image: 'agent:v2' }, crash: { after: { fixed: 4_000 }, exitCode: 1 } }],
    [{ select: {}, crash: { after: { uniform: { minMs: 60_000, maxMs: 600_000 } }, exitCode: 0 } }],
    [{ select: { daemonSet: 'kube-system/logger' }, usage: { memory: { constant: 209_715_200 } } }],
    [
      {
        select: { image: 'agent:v2' },
        usage: { memory: { leak: { start: 0, rate: { amount: 2 ** 30, perMs: 10_000 } } } },
      },
    ],
    [{ select: {}, usage: { disk: { burst: { base: 0, peak: 90 * 2 ** 30, everyMs: 300_000, forMs: 45_000 } } } }],
    [{ select: {}, imageSize: 30 * 2 ** 30, usage: { inodes: { constant: 2_000_000 } } }],
  ),
);

/** Plans that compile could have made: victims are nodes of their moment, faults are lifted, steps stand in order. */
export function arbitraryPlan(options: PlanOptions): fc.Arbitrary<Plan> {
  const { stepsUntilMs, idleMs, stepsMax, isRestless, isOrderFree = false } = options;
  return fc
    .record({
      seed: fc.nat(1_000_000).map(String),
      kubernetesVersion: fc.constantFrom(...KNOWN_VERSIONS, '1.36', '1.36'),
      explore: fc.boolean(),
      settings: fc.constantFrom(...SETTINGS),
      controlPlane: fc.constantFrom(...[1, 1, 2, 3].map((replicas) => ({ replicas }))),
      pools: arbitraryPools(isRestless),
      agent: arbitraryDaemonSet('agent'),
      logger: fc.option(arbitraryDaemonSet('logger'), { nil: undefined, freq: 2 }),
      models: isRestless ? restlessModels : calmModels,
      steps: fc.array(arbitraryStep(options), { minLength: 0, maxLength: stepsMax, size: 'max' }),
    })
    .map(({ agent, logger, steps, pools, ...rest }): Plan => ({
      version: PLAN_VERSION,
      scenario: 'random',
      params: {},
      durationMs: stepsUntilMs + idleMs,
      objects: logger === undefined ? [agent] : [agent, logger],
      pools,
      steps: toSteps(isOrderFree ? spread(steps, stepsUntilMs) : steps, pools, stepsUntilMs),
      expectations: [],
      thresholds: [],
      limits: { ...DEFAULT_LIMITS, events: 2_000_000, objects: 5_000 },
      ...rest,
    }))
    .map((plan) => (isRestless ? withBriefPressure(plan) : withoutEndlessWork(plan)));
}

/**
 * Kubernetes itself finds no rest in some worlds. With surge a refused pod gets a successor at once, and of the heap of
 * failed ones only one goes per backoff (DS-X8). Where a taint is tolerated for a while, its pods are evicted and made
 * again for ever (DS-X12). And a rollout with surge may sleep for ever before its last step where pods have to be ready
 * for a while: the timer that would wake it is dropped for an earlier one (DS-Q3, DS-T6), and the status counts the old
 * pods, so that it asks for none (DS-T5).
 */
function withoutEndlessWork(plan: Plan): Plan {
  const surges = maySurge(plan);
  const toleratesForAWhile = JSON.stringify([plan.objects, plan.steps]).includes('tolerationSeconds');
  const isEndless = ({ type, params }: PlanStep): boolean =>
    (surges && isPressure(type)) ||
    (toleratesForAWhile && type === 'taint' && params['taint'] === 'maintenance:NoExecute');
  const { objects, steps } = plan;
  const calm = { objects, steps: steps.filter((step) => !isEndless(step)) };
  if (!surges) return { ...plan, ...calm };
  const prompt = JSON.stringify(calm).replaceAll(/"minReadySeconds":\d+/g, '"minReadySeconds":0');
  return { ...plan, ...(JSON.parse(prompt) as typeof calm) };
}

/** The heap of failed pods of DS-X8 grows by some each second, and every sync looks at all of them: a small one will do. */
function withBriefPressure(plan: Plan): Plan {
  if (!maySurge(plan)) return plan;
  const settings = { ...plan.settings, evictionPressureTransitionPeriod: BRIEF_MS };
  const steps = plan.steps.map((step) =>
    step.step === 'fault' && isPressure(step.type) ? { ...step, liftAtMs: step.atMs + BRIEF_MS } : step,
  );
  return { ...plan, settings, steps };
}

function maySurge({ objects, steps }: Plan): boolean {
  return /"maxSurge":(?:[1-9]|"[1-9])/.test(JSON.stringify([objects, steps]));
}

function isPressure(type: string): boolean {
  return type.endsWith('Pressure');
}

function arbitraryPools(isRestless: boolean): fc.Arbitrary<readonly NodePool[]> {
  const spread = { topologyKey: 'topology.kubernetes.io/zone', values: ZONES };
  const edge: NodePool = {
    name: 'edge',
    count: 1,
    capacity: { cpu: '1', memory: '1Gi' },
    labels: { disk: 'ssd' },
    taints: [{ key: 'dedicated', value: 'edge', effect: 'NoSchedule' }],
  };
  const bootstrap = {
    startTaints: [{ key: 'cni', effect: 'NoSchedule' as const }],
    readyWhenDaemonSetPodReady: 'kube-system/agent',
  };
  return fc
    .record({
      workers: fc.integer({ min: WORKERS_MIN, max: 4 }),
      hasEdge: fc.boolean(),
      waits: isRestless ? fc.boolean() : fc.constant(false),
    })
    .map(({ workers, hasEdge, waits }) => [
      { name: 'worker', count: workers, capacity: {}, spread, ...(waits ? { bootstrap } : {}) },
      ...(hasEdge ? [edge] : []),
    ]);
}

/** Users who may be refused, who undo what may not be recorded yet, delete what may be made again, or write to a node that may not be up. */
const RACING = [
  'ApiError',
  'ApiLatency',
  'LostResponse',
  'rollback',
  'delete',
  'apply',
  'addNodes',
  'replaceNodes',
  'scaleDown',
];

function arbitraryStep({ stepsUntilMs, isOrderFree = false }: PlanOptions): fc.Arbitrary<DrawnStep> {
  const isAllowed = (type: string): boolean => !isOrderFree || !RACING.includes(type);
  const faults = Object.keys(faultRegistry)
    .filter(isAllowed)
    .map((type) => drawnStep('fault', type, FAULT_PARAMS[type], stepsUntilMs));
  const operations = Object.keys(operationRegistry)
    .filter(isAllowed)
    .map((type) => drawnStep('operation', type, OPERATION_PARAMS[type], stepsUntilMs));
  return fc.oneof(fc.oneof(...faults), fc.oneof(...operations));
}

function drawnStep(
  step: DrawnStep['step'],
  type: string,
  params: fc.Arbitrary<DrawnStep['params']> | undefined,
  untilMs: number,
): fc.Arbitrary<DrawnStep> {
  if (params === undefined) throw new Error(`the generator knows no parameters of ${type}`);
  return fc.record({
    step: fc.constant(step),
    type: fc.constant(type),
    params,
    atMs: fc.integer({ min: FIRST_STEP_MS, max: untilMs - 1_000 }),
    forMs: fc.oneof(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 60_000, max: 500_000 })),
    picks: fc.array(fc.nat(7), { minLength: 1, maxLength: 2 }),
  });
}

/** What users do takes a moment: every step gets a time of its own, so that none overtakes the one before. */
function spread(drawn: readonly DrawnStep[], untilMs: number): readonly DrawnStep[] {
  const spaceMs = Math.trunc((untilMs - FIRST_STEP_MS) / (drawn.length + 1));
  const inOrder = [...drawn].sort((a, b) => a.atMs - b.atMs);
  return inOrder.map((step, i) => ({
    ...step,
    atMs: FIRST_STEP_MS + i * spaceMs + (step.atMs % Math.trunc(spaceMs / 2)),
  }));
}

/** Names the victims as `compile` does: nodes that are there, or ordered, when the step begins. */
function toSteps(drawn: readonly DrawnStep[], pools: readonly NodePool[], untilMs: number): readonly PlanStep[] {
  const names = pools.flatMap(({ name, count }) => Array.from({ length: count }, (_, i) => `${name}-${i}`));
  let ordered = pools[0]?.count ?? 0;
  const inOrder = [...drawn].sort((a, b) => a.atMs - b.atMs);
  return inOrder.map(({ step, type, params, atMs, forMs, picks }, i): PlanStep => {
    const id = `s${i}-${type}`;
    const nodes = [...new Set(picks.map((pick) => names[pick % names.length] ?? ''))];
    if (step === 'fault') {
      const definition = faultRegistry[type] as FaultDefinition;
      const victims = definition.targets === 'none' ? [] : definition.targets === 'zone' ? zoneOf(names, picks) : nodes;
      const liftAtMs = Math.min(atMs + forMs, untilMs);
      const lift = definition.instant ? {} : { liftAtMs };
      return { step, id, type, atMs, ...lift, nodes: victims, targets: '', mayBeVacuous: true, params };
    }
    if (type === 'addNodes') {
      const count = Number(params['count']);
      for (let n = 0; n < count; n += 1) names.push(`worker-${ordered + n}`);
      ordered += count;
    }
    // At least the first two nodes stay.
    const isLeaving = type === 'removeNodes' || type === 'scaleDown';
    const leaving = nodes.filter((name) => !isLeaving || names.indexOf(name) >= WORKERS_MIN);
    if (isLeaving) for (const name of leaving) names.splice(names.indexOf(name), 1);
    const takesNodes = operationRegistry[type]?.params !== undefined && 'nodes' in operationRegistry[type].params;
    return { step, id, type, atMs, params: takesNodes ? { ...params, nodes: { include: leaving } } : params };
  });
}

/** All nodes of one zone: pools spread over two, by position. */
function zoneOf(names: readonly string[], picks: readonly number[]): readonly string[] {
  const [pick = 0] = picks;
  return names.filter(
    (name) => name.startsWith('worker-') && Number(name.slice('worker-'.length)) % ZONES.length === pick % ZONES.length,
  );
}
