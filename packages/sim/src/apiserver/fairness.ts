/**
 * Priority and fairness of one overloaded server: each level works on as many requests at once as it has seats, what
 * comes besides waits in the queue of its client, and where that is full, or a quarter of a minute long, it is told to
 * come again. Clients of a level take turns. Twin: apiserver/pkg/util/flowcontrol. Rules: A-25.
 */
import { MinHeap } from '@everynode/core/machinery/minHeap';
import { type ApiFailure, apiFailure } from '@everynode/core/api/requests';
import type { Engine } from '../engine/engine.ts';
import type { RuleSubject } from '../seams/ruleTable.ts';
import { levelOf, type PriorityLevel, seatsOf } from './priorityLevels.ts';

/** `queueLengthLimit`; each client has a queue of its own here, where upstream deals clients out to 64. */
const QUEUE_MAX = 50;
/** A quarter of the server's patience with a request. */
const WAIT_MAX_MS = 15_000;
const RETRY_SECONDS = 1;
const MESSAGE = 'the server has received too many requests and has asked us to try again later';

interface Waiting {
  readonly seatMs: number;
  readonly sinceMs: number;
  readonly go: (refusal: ApiFailure | undefined) => void;
  readonly cause: number | undefined;
}

interface Level {
  readonly seats: number;
  /** When each seat that is taken is free again. */
  readonly taken: MinHeap<number>;
  inFlight: number;
  /** By client, in the order of turns. */
  readonly queues: Map<string, Waiting[]>;
  isWoken: boolean;
}

export class Fairness {
  readonly #engine: Engine;
  readonly #seats: number;
  readonly #levels = new Map<PriorityLevel, Level>();

  /** `seats`: of the whole server. */
  constructor(engine: Engine, seats: number) {
    this.#engine = engine;
    this.#seats = seats;
  }

  /** Calls `go` when the request may have its seat for `seatMs`, at once or later, or with the refusal of a full queue. */
  admit(subject: RuleSubject, seatMs: number, go: (refusal: ApiFailure | undefined) => void): void {
    const name = levelOf(subject);
    if (name === undefined) {
      go(undefined);
      return;
    }
    const level = this.#levelOf(name);
    this.#free(level);
    const queue = level.queues.get(subject.client) ?? [];
    if (level.inFlight < level.seats && level.queues.size === 0) this.#take(level, seatMs, go);
    else if (queue.length >= QUEUE_MAX) go(apiFailure('TooManyRequests', MESSAGE, RETRY_SECONDS));
    else {
      queue.push({ seatMs, sinceMs: this.#engine.nowMs, go, cause: this.#engine.cause });
      level.queues.set(subject.client, queue);
      this.#wake(level);
    }
  }

  #take(level: Level, seatMs: number, go: Waiting['go']): void {
    level.inFlight += 1;
    level.taken.push(this.#engine.nowMs + seatMs);
    go(undefined);
  }

  #free(level: Level): void {
    for (;;) {
      const atMs = level.taken.peek();
      if (atMs === undefined || atMs > this.#engine.nowMs) return;
      level.taken.pop();
      level.inFlight -= 1;
    }
  }

  /** Only a level where somebody waits has events: at the next free seat, or at the end of somebody's patience. */
  #wake(level: Level): void {
    if (level.isWoken || level.queues.size === 0) return;
    level.isWoken = true;
    const { nowMs } = this.#engine;
    const freeAtMs = level.taken.peek() ?? nowMs;
    const oldestMs = Math.min(...[...level.queues.values()].map(([first]) => first?.sinceMs ?? nowMs));
    const atMs = Math.max(nowMs, Math.min(freeAtMs, oldestMs + WAIT_MAX_MS));
    this.#engine.schedule(atMs - nowMs, 'apiserver', () => {
      level.isWoken = false;
      this.#serve(level);
      this.#wake(level);
    });
  }

  #serve(level: Level): void {
    this.#free(level);
    for (const [client, queue] of level.queues) {
      while (queue.length > 0 && this.#engine.nowMs - (queue[0]?.sinceMs ?? 0) >= WAIT_MAX_MS) {
        const late = queue.shift();
        this.#go(late, apiFailure('TooManyRequests', MESSAGE, RETRY_SECONDS));
      }
      if (queue.length === 0) level.queues.delete(client);
    }
    while (level.inFlight < level.seats) {
      const [turn] = level.queues;
      if (turn === undefined) return;
      const [client, queue] = turn;
      const next = queue.shift();
      // Behind the others: who has more to ask waits for its next turn.
      level.queues.delete(client);
      if (queue.length > 0) level.queues.set(client, queue);
      if (next !== undefined) this.#engine.withCause(next.cause, () => this.#take(level, next.seatMs, next.go));
    }
  }

  #go(waiting: Waiting | undefined, refusal: ApiFailure): void {
    if (waiting !== undefined) this.#engine.withCause(waiting.cause, () => waiting.go(refusal));
  }

  #levelOf(name: PriorityLevel): Level {
    const known = this.#levels.get(name);
    if (known !== undefined) return known;
    const level: Level = {
      seats: seatsOf(name, this.#seats),
      taken: new MinHeap<number>((a, b) => a < b),
      inFlight: 0,
      queues: new Map(),
      isWoken: false,
    };
    this.#levels.set(name, level);
    return level;
  }
}
