/** Lets the steps of a plan happen at their instants: faults begin and are lifted, users do what they do. */
import { assert } from '@everynode/core/assert';
import type { Scalar } from '@everynode/trace/record';
import type { TraceWriter } from '@everynode/trace/writer';
import { addNode, type NodeOrders, removeNode, replaceNode } from '../cluster/cluster.ts';
import { outsideClient, type World } from '../cluster/world.ts';
import { seamWorld } from '../cluster/worldSeamsOf.ts';
import type { ApiClient } from '../apiserver/apiClient.ts';
import type { FaultDefinition } from '../faults/fault.ts';
import { faultRegistry } from '../faults/registry.ts';
import type { OperationDefinition } from '../operations/operation.ts';
import { operationRegistry } from '../operations/registry.ts';
import type { Json, PlannedFault, PlannedOperation, PlanStep } from '../plan.ts';
import type { Lift } from '../seams/seams.ts';
import { seamsFor } from '../seams/worldSeams.ts';

/** Longer texts of parameters are cut in the trace. */
const TEXT_MAX = 200;

export class StepRunner {
  readonly #world: World;
  readonly #trace: TraceWriter;
  readonly #user: ApiClient;
  readonly #orders: NodeOrders;
  readonly #begun: PlannedFault[] = [];
  #inForce: readonly PlannedFault[] = [];

  constructor(world: World, trace: TraceWriter) {
    this.#world = world;
    this.#trace = trace;
    this.#user = outsideClient(world, 'user');
    this.#orders = { counts: new Map(world.plan.pools.map(({ name, count }) => [name, count])), waiting: new Map() };
  }

  /** Faults that have begun and are not lifted. */
  get faultsInForce(): readonly PlannedFault[] {
    return this.#inForce;
  }

  schedule(steps: readonly PlanStep[]): void {
    const { engine } = this.#world;
    for (const step of steps) {
      const happen = (): void => (step.step === 'fault' ? this.#beginFault(step) : this.#perform(step));
      engine.schedule(step.atMs - engine.nowMs, actorOf(step), happen, 'input');
    }
  }

  /** Says of every fault that began how often it bit. */
  end(): void {
    const { bites } = this.#world;
    for (const { id, type, mayBeVacuous } of this.#begun) {
      this.#trace.faultEnd({ id, type, bites: bites.of(id), mayBeVacuous });
    }
  }

  #beginFault(fault: PlannedFault): void {
    const { engine, journal, observe } = this.#world;
    const { id, type, params, nodes, targets } = fault;
    const definition: FaultDefinition | undefined = faultRegistry[type];
    assert(definition !== undefined, () => `no fault is called ${type}`);
    const toMs = definition.instant ? engine.nowMs : (fault.liftAtMs ?? null);
    const seq = journal.event({
      type: 'fault.begin',
      actor: actorOf(fault),
      object: `step/${id}`,
      data: { type, ...(targets === '' ? {} : { targets }), ...textOf(params) },
    });
    this.#trace.fault({ id, type, seq, fromMs: engine.nowMs, toMs, nodes, targets });
    this.#begun.push(fault);
    this.#inForce = [...this.#inForce, fault];
    const lift = engine.withCause(seq, () => {
      observe({ kind: 'Fault', id, begins: true, seq });
      return definition.begin({ seams: seamsFor(id, seamWorld(this.#world)), params: params, nodes });
    });
    if (definition.instant) this.#liftFault(fault, lift);
    else if (toMs !== null) {
      const delayMs = Math.max(0, toMs - engine.nowMs);
      engine.withCause(undefined, () =>
        engine.schedule(delayMs, actorOf(fault), () => this.#liftFault(fault, lift), 'input'),
      );
    }
  }

  #liftFault(fault: PlannedFault, lift: Lift): void {
    const { engine, journal, observe } = this.#world;
    const { id } = fault;
    const seq = journal.event({ type: 'fault.lift', actor: actorOf(fault), object: `step/${id}` });
    this.#inForce = this.#inForce.filter((each) => each !== fault);
    engine.withCause(seq, () => {
      lift();
      observe({ kind: 'Fault', id, begins: false, seq });
    });
  }

  #perform(operation: PlannedOperation): void {
    const world = this.#world;
    const { engine, journal, streams } = world;
    const { id, type, params } = operation;
    const definition: OperationDefinition | undefined = operationRegistry[type];
    assert(definition !== undefined, () => `no operation is called ${type}`);
    const object = `step/${id}`;
    const seq = journal.event({ type: 'step.begin', actor: 'user', object, data: { type, ...textOf(params) } });
    const send: ApiClient['send'] = (request, done) => this.#user.send(request, done);
    engine.withCause(seq, () =>
      definition.perform({
        params: params,
        minor: world.profile.minor,
        nowMs: () => engine.nowMs,
        schedule: (delayMs, run) => void engine.schedule(delayMs, 'user', run),
        send,
        say: (message) => void journal.event({ type: 'step.said', actor: 'user', object, data: { message } }),
        draw: (distribution) => streams.of(`step/${id}/draw`).draw(distribution),
        addNode: (pool, bootMs) => addNode(world, this.#orders, pool, bootMs),
        removeNode: (name) => removeNode(world, this.#orders, name, send),
        replaceNode: (name, bootMs) => replaceNode(world, name, bootMs),
      }),
    );
  }
}

function actorOf(step: PlanStep): string {
  return step.step === 'fault' ? `fault/${step.id}` : 'user';
}

/** Parameters as short texts for the trace. */
function textOf(params: Readonly<Record<string, Json>>): Readonly<Record<string, Scalar>> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]): [string, Scalar] => {
      const isScalar = typeof value !== 'object' || value === null;
      const isWhole = typeof value !== 'number' || Number.isSafeInteger(value);
      return [name, isScalar && isWhole ? value : cut(JSON.stringify(value))];
    }),
  );
}

function cut(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`;
}
