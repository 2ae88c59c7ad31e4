/**
 * Event objects, as `kubectl get events` shows them. They are told to people and never drive a decision (I-17), so they
 * are no kind of the simulated store. Two forms exist: counted ones of the old recorder, and series of the new one, which
 * the scheduler uses.
 */
import type { ObjectMeta } from './meta.ts';

export interface InvolvedObject {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  readonly apiVersion: string;
  /** The part that is meant, such as `spec.containers{agent}`. */
  readonly fieldPath?: string;
}

export interface Event {
  readonly apiVersion: 'v1';
  readonly kind: 'Event';
  readonly metadata: ObjectMeta;
  readonly involvedObject: InvolvedObject;
  readonly reason: string;
  readonly message: string;
  readonly source: { readonly component?: string; readonly host?: string };
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
  readonly count?: number;
  readonly type: string;
  /** With microseconds; null for counted events. */
  readonly eventTime: string | null;
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
  readonly action?: string;
  readonly reportingComponent: string;
  readonly reportingInstance: string;
}
