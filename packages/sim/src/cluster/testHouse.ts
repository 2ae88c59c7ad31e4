/** A small world for tests: no components but those that a test brings along, and all that it left behind as records. */
import type { ApiObject, Kind, ObjectOfKind } from '@everynode/core/api/objects';
import type { Pod } from '@everynode/core/api/pod';
import type { ApiRequest, ApiResult } from '@everynode/core/api/requests';
import { DEFAULT_VERSION } from '@everynode/core/profile';
import { parseTrace } from '@everynode/trace/ndjson';
import type { EventRecord, Level, TraceRecord } from '@everynode/trace/record';
import { TraceWriter } from '@everynode/trace/writer';
import type { ComponentContext, KubeletContext } from '../components/component.ts';
import { DEFAULT_LIMITS, type NodePool, type Plan, PLAN_VERSION } from '../plan.ts';
import type { Seams } from '../seams/seams.ts';
import { seamsFor } from '../seams/worldSeams.ts';
import { startExistingNode, startProcess } from './processes.ts';
import { nodeSpec } from './topology.ts';
import { createWorld, kubeletName, outsideClient, type World } from './world.ts';
import type { Change } from './worldView.ts';
import { seamWorld } from './worldSeamsOf.ts';

export interface House {
  readonly world: World;
  /** All changes so far, as an observer is told of them. */
  readonly changes: readonly Change[];
  /** Every record so far. */
  records(): readonly TraceRecord[];
  events(type?: string): readonly EventRecord[];
  /** Lets this much virtual time pass, in ms. */
  runFor(ms: number): void;
  /** Sends a request as `user` and waits for its answer. */
  ask(request: ApiRequest): ApiResult;
  seams(stepId: string): Seams;
  /** Starts a process that does what `start` says, at every incarnation. */
  process(name: string, start: (ctx: ComponentContext) => void): void;
  /** A Ready node of pool `pool`, unless another one is given, whose kubelet does what `start` says, at every incarnation. Returns its name. */
  node(index: number, start?: (ctx: KubeletContext) => void, pool?: NodePool): string;
}

const LIMITS = { qps: 1000, burst: 1000 };
const POOL: NodePool = { name: 'pool', count: 0, capacity: {} };

export interface HouseOptions extends Partial<Plan> {
  readonly level?: Level;
}

/** A plan of nothing: no nodes, no objects, latencies without spread. */
export function emptyPlan(overrides: Partial<Plan> = {}): Plan {
  return {
    version: PLAN_VERSION,
    scenario: 'test',
    seed: '7',
    kubernetesVersion: DEFAULT_VERSION,
    settings: { latencyPercent: 0 },
    params: {},
    durationMs: 600_000,
    pools: [],
    objects: [],
    models: [],
    steps: [],
    expectations: [],
    thresholds: [],
    limits: DEFAULT_LIMITS,
    explore: false,
    ...overrides,
  };
}

export function createHouse({ level = 'default', ...overrides }: HouseOptions = {}): House {
  const lines: string[] = [];
  const changes: Change[] = [];
  const plan = emptyPlan(overrides);
  const trace = new TraceWriter({ level, sink: (line) => void lines.push(line) });
  const { scenario, seed, kubernetesVersion: kubernetes, durationMs: endMs } = plan;
  trace.header({ scenario, seed, tool: 'test', kubernetes, endMs, params: {}, repro: [] });
  const world = createWorld(plan, trace, (change) => void changes.push(change));
  world.journal.event({ type: 'run.begin', actor: 'engine' });
  const user = outsideClient(world, 'user');
  const { engine } = world;
  const records = (): readonly TraceRecord[] => parseTrace(lines);
  return {
    world,
    changes,
    records,
    events: (type) =>
      records().filter(
        (each): each is EventRecord => each.kind === 'event' && (type === undefined || each.type === type),
      ),
    runFor: (ms) => engine.runUntil(engine.nowMs + ms),
    ask: (request) => {
      const answers: ApiResult[] = [];
      engine.withCause(0, () => user.send(request, (result) => void answers.push(result)));
      while (answers.length === 0) engine.runUntil(engine.nowMs + 1);
      return answers[0] as ApiResult;
    },
    seams: (stepId) => seamsFor(stepId, seamWorld(world)),
    process: (name, start) => {
      engine.withCause(0, () => startProcess(world, { name, limits: () => LIMITS, start }));
    },
    node: (index, start = () => undefined, pool = POOL) => {
      const spec = nodeSpec(pool, index, false);
      const kubelet = { name: kubeletName(spec.name), limits: () => LIMITS, start };
      engine.withCause(0, () => startExistingNode(world, spec, () => kubelet));
      return spec.name;
    },
  };
}

/** A pod with one container. */
export function testPod(name: string, overrides: { readonly nodeName?: string; readonly grace?: number } = {}): Pod {
  const { nodeName, grace } = overrides;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      containers: [{ name: 'main', image: 'agent:v1' }],
      ...(nodeName === undefined ? {} : { nodeName }),
      ...(grace === undefined ? {} : { terminationGracePeriodSeconds: grace }),
    },
  };
}

/** The object of a good answer. */
export function objectIn(result: ApiResult): ApiObject {
  if (!result.ok || result.object === undefined) throw new Error(`no object in ${JSON.stringify(result)}`);
  return result.object;
}

/** The same, of a kind that the test knows. */
export function objectOf<K extends Kind>(kind: K, result: ApiResult): ObjectOfKind[K] {
  const object = objectIn(result);
  if (object.kind !== kind) throw new Error(`a ${object.kind} came back, not a ${kind}`);
  return object as ObjectOfKind[K];
}
