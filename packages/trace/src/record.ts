/**
 * What a run leaves behind: one record a line, whole words for keys, integers for times. The simulation writes these,
 * everything that explains a run reads these and nothing else. Schema version 1; a change of meaning raises it and adds
 * one upgrade step to the reader.
 */
export const TRACE_VERSION = 1;

export type Scalar = string | number | boolean | null;
/** Fields of an object that changed; null means that the field is gone. An object's state is the fold of its patches. */
export type Patch = readonly (readonly [path: string, value: Scalar])[];
export type Level = 'default' | 'full';
export type Verdict = 'pass' | 'violated' | 'vacuous' | 'limit' | 'interrupted';
export type Severity = 'critical' | 'warning' | 'observation';
/** When an assertion is judged; a law is judged at every change of every run. */
export type Block = 'before' | 'always' | 'never' | 'eventually' | 'final' | 'threshold' | 'law';

/** First line. Not part of the digest, so that the command that repeats the run may stand in it. */
export interface HeaderRecord {
  readonly kind: 'header';
  readonly version: number;
  readonly scenario: string;
  readonly description?: string;
  readonly seed: string;
  readonly tool: string;
  readonly kubernetes: string;
  readonly level: Level;
  /** Planned end in virtual ms. */
  readonly endMs: number;
  /** The matrix row, as `name: value`. */
  readonly params: Readonly<Record<string, Scalar>>;
  /** argv that repeats this run. */
  readonly repro: readonly string[];
}

/** A node that exists from here on; written before the first event that names it. */
export interface NodeRecord {
  readonly kind: 'node';
  readonly atMs: number;
  readonly name: string;
  readonly zone?: string;
  readonly pool?: string;
}

/** A fault as planned: follows its `fault.begin` event, whose `seq` it names. */
export interface FaultRecord {
  readonly kind: 'fault';
  readonly id: string;
  readonly type: string;
  readonly seq: number;
  readonly fromMs: number;
  /** When it will be lifted; null: never in this run. */
  readonly toMs: number | null;
  readonly nodes: readonly string[];
  /** Short text for people, such as `zone-b (30 nodes)`. */
  readonly targets: string;
}

/**
 * Something that happened. `type` is dotted: `pod.created`, `node.updated`, `ds.sync`, `ds.roll`, `fault.begin`,
 * `fault.lift`, `step.begin`, `machine.poweredOff`, `kubelet.rejected`, `api.failed`, `apiEvent.<Reason>` …
 * `cause` is the seq of the record that led to this one; only inputs (steps and faults of the plan, the start) have none.
 */
export interface EventRecord {
  readonly kind: 'event';
  /** Total order, dense from 0 over events and decisions. */
  readonly seq: number;
  readonly atMs: number;
  readonly type: string;
  /** `daemonset-controller`, `kubelet/node-3`, `user`, `fault/outage`, `engine` … */
  readonly actor: string;
  /** `pod/kube-system/agent-x7k2p`, `node/node-3`, `ds/kube-system/agent`, `step/rollout`. */
  readonly object?: string;
  readonly node?: string;
  readonly cause?: number;
  /** How long after its cause this came, where that is worth saying (a sync behind the write that woke it). */
  readonly lagMs?: number;
  /** resourceVersion after a write. */
  readonly rv?: number;
  readonly data?: Readonly<Record<string, Scalar>>;
  readonly patch?: Patch;
}

/** Why a node stands as it stands, in the controller's view; written when the code changes for that node. */
export interface DecisionRecord {
  readonly kind: 'decision';
  readonly seq: number;
  readonly atMs: number;
  readonly actor: string;
  readonly object: string;
  readonly node: string;
  /** A DecisionCode of core/daemonset/syncContext.ts. */
  readonly code: string;
  readonly cause?: number;
}

/** Incremental hash over the state that the patches so far fold to; equal hashes mean equal states. */
export interface KeyframeRecord {
  readonly kind: 'keyframe';
  /** The last seq it covers. */
  readonly seq: number;
  readonly atMs: number;
  readonly hash: string;
}

/** One episode in which an assertion or law was broken. */
export interface ViolationRecord {
  readonly kind: 'violation';
  /** Assertion id, or the law's name (`INV-5`). */
  readonly id: string;
  readonly invariant: string;
  readonly block: Block;
  readonly severity: Severity;
  readonly fromMs: number;
  /** null: still broken at the end. */
  readonly toMs: number | null;
  /** Last event at the moment of the breach; its cause chain explains it. */
  readonly seq: number;
  readonly message: string;
  readonly object?: string;
  readonly node?: string;
  /** Fault step ids in force, or still felt, at that moment; first cause first. */
  readonly faults: readonly string[];
}

/** How one assertion ended. */
export interface AssertionRecord {
  readonly kind: 'assertion';
  readonly id: string;
  readonly invariant: string;
  readonly block: Block;
  readonly severity: Severity;
  readonly result: 'held' | 'failed' | 'not-evaluated';
  readonly firstViolatedAtMs: number | null;
  /** Total virtual ms in breach. */
  readonly violatedMs: number;
  /** How often it was judged; 0 goes with `not-evaluated`. */
  readonly evaluations: number;
  /** What was demanded and the worst that was seen, as text for people: `≥ 51` and `42`. */
  readonly demanded: string;
  readonly worst: string;
  readonly message: string;
  /** Where it is written: `file:line:column`. */
  readonly source?: string;
}

/** How a fault ended: `bites` counts the moments at which it changed something. */
export interface FaultEndRecord {
  readonly kind: 'faultEnd';
  readonly id: string;
  readonly type: string;
  readonly bites: number;
  readonly mayBeVacuous: boolean;
}

/** Last line. `digest` is the SHA-256 of all lines between header and end, each with its newline. */
export interface EndRecord {
  readonly kind: 'end';
  readonly atMs: number;
  readonly events: number;
  readonly digest: string;
  readonly verdict: Verdict;
  /** Why, where the verdict is not pass: limit with its number, the vacuous faults … */
  readonly reason: string;
}

export type TraceRecord =
  | HeaderRecord
  | NodeRecord
  | FaultRecord
  | EventRecord
  | DecisionRecord
  | KeyframeRecord
  | ViolationRecord
  | AssertionRecord
  | FaultEndRecord
  | EndRecord;

/** Records between header and end: all that the digest covers. */
export type BodyRecord = Exclude<TraceRecord, HeaderRecord | EndRecord>;
