/**
 * The newer event recorder, which the scheduler uses: the second equal event begins a series, whose count is written
 * when it begins, every half hour, and when it is over. Twin: client-go tools/events event_broadcaster.go. Rule: I-16.
 */
import type { Event } from '@everynode/core/api/event';
import { formatMicroTime } from '@everynode/core/api/time';

/** A series in which nothing came for so long is over; the recorder looks as often. */
const OVER_AFTER_MS = 360_000;
const REFRESH_MS = 1_800_000;

interface Running {
  readonly event: Event;
  readonly bornAtMs: number;
  /** 1: no series yet. */
  count: number;
  lastAtMs: number;
}

export interface WrittenEvent {
  readonly event: Event;
  readonly atMs: number;
}

export class EventSeries {
  readonly #running = new Map<string, Running>();
  #passedMs = 0;

  /** An event of a key (all but its message). Returns what is written at once; undefined: only counted. */
  observe(key: string, event: Event, atMs: number): Event | undefined {
    const running = this.#running.get(key);
    if (running === undefined) {
      this.#running.set(key, { event, bornAtMs: atMs, count: 1, lastAtMs: atMs });
      return event;
    }
    running.count += 1;
    running.lastAtMs = atMs;
    return running.count === 2 ? asWritten(running) : undefined;
  }

  /** What the recorder writes by itself up to an instant. */
  passTime(atMs: number): readonly WrittenEvent[] {
    const written: WrittenEvent[] = [];
    for (;;) {
      const tickMs = this.#passedMs + OVER_AFTER_MS;
      if (tickMs > atMs) return written;
      this.#passedMs = tickMs;
      for (const [key, running] of this.#running) {
        const isOver = tickMs - (running.count > 1 ? running.lastAtMs : running.bornAtMs) > OVER_AFTER_MS;
        const isRefreshed = tickMs % REFRESH_MS === 0;
        if (running.count > 1 && (isOver || isRefreshed)) written.push({ event: asWritten(running), atMs: tickMs });
        if (isOver) this.#running.delete(key);
      }
    }
  }
}

function asWritten({ event, count, lastAtMs }: Running): Event {
  return { ...event, series: { count, lastObservedTime: formatMicroTime(lastAtMs) } };
}
