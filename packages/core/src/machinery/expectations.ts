/**
 * Creations and deletions that were asked for and have not come back through the watch. They keep the controller from
 * acting twice on an old picture. Twin: pkg/controller/controller_utils.go ControllerExpectations. Rules: DS-S2, DS-S11…DS-S16.
 */
import type { ObjectKey } from '../api/meta.ts';

export interface Expectation {
  /** Creations still unseen; may go below zero (DS-S12). */
  readonly adds: number;
  readonly dels: number;
  readonly sinceMs: number;
}

/** A record older than this no longer holds anybody up (DS-S11). */
const EXPECTATIONS_TIMEOUT_MS = 300_000;

export class Expectations {
  readonly #records = new Map<ObjectKey, Expectation>();

  get(key: ObjectKey): Expectation | undefined {
    return this.#records.get(key);
  }

  /** Overwrites whatever was expected before (DS-S2). */
  set(key: ObjectKey, adds: number, dels: number, nowMs: number): void {
    this.#records.set(key, { adds, dels, sinceMs: nowMs });
  }

  satisfied(key: ObjectKey, nowMs: number): boolean {
    const record = this.#records.get(key);
    if (record === undefined) return true;
    if (record.adds <= 0 && record.dels <= 0) return true;
    return nowMs - record.sinceMs > EXPECTATIONS_TIMEOUT_MS;
  }

  creationObserved(key: ObjectKey): void {
    this.lower(key, 1, 0);
  }

  deletionObserved(key: ObjectKey): void {
    this.lower(key, 0, 1);
  }

  /** Takes back what will never be seen, or counts what was; the age of the record stays. */
  lower(key: ObjectKey, adds: number, dels: number): void {
    const record = this.#records.get(key);
    if (record === undefined) return;
    this.#records.set(key, { adds: record.adds - adds, dels: record.dels - dels, sinceMs: record.sinceMs });
  }

  forget(key: ObjectKey): void {
    this.#records.delete(key);
  }
}
