/**
 * The drawn schedule of one run, in plain JSON: every pick is made, every duration is in virtual ms. `(plan, seed,
 * version)` decides the whole trace. `scenario` compiles it, `run.ts` carries it out.
 */
import type { LabelSelector } from '@everynode/core/api/daemonSet';
import type { ApiObject } from '@everynode/core/api/objects';
import type { ResourceList, Taint } from '@everynode/core/api/node';
import type { PriorityClasses } from '@everynode/core/api/priorityClass';
import type { FeatureGates } from '@everynode/core/profile';
import type { Block, Scalar, Severity } from '@everynode/trace/record';

export const PLAN_VERSION = 1;

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A number of ms to be drawn again and again from a named stream; integers only (V, §12 of the cluster's spec). */
export type Draw =
  | { readonly fixed: number }
  | { readonly uniform: { readonly minMs: number; readonly maxMs: number } }
  /** Piecewise linear between quantiles; `lognormal` of a scenario compiles to this. */
  | {
      readonly quantiles: {
        readonly p0: number;
        readonly p50: number;
        readonly p90: number;
        readonly p99: number;
        readonly p100: number;
      };
    }
  | { readonly choice: readonly { readonly valueMs: number; readonly weight: number }[] };

/** Where a line of the plan comes from; line and column count from 1. */
export interface Source {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Which nodes an expectation or a model speaks of; all given parts must hold. `include`/`exclude` come from faults and names. */
export interface NodeFilter {
  readonly selector?: LabelSelector;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** So much per so many ms. */
export interface Rate {
  readonly amount: number;
  readonly perMs: number;
}

/** What a pod uses of one thing, in bytes, inodes or processes, as a function of the time since its container started. */
export type UsageModel =
  | { readonly constant: number }
  /** Grows from `start` on, and stays at `max` where there is one. */
  | { readonly leak: { readonly start: number; readonly rate: Rate; readonly max?: number } }
  /** `base`, and from each multiple of `everyMs` after the start on `peak` for `forMs`. */
  | {
      readonly burst: {
        readonly base: number;
        readonly peak: number;
        readonly everyMs: number;
        readonly forMs: number;
      };
    }
  /** A log file that begins anew at `rotateAt`; so many full ones are kept beside it. */
  | { readonly logGrowth: { readonly rate: Rate; readonly rotateAt: number; readonly keep: number } };

/** What a whole pod uses; its main containers share it evenly. */
export interface PodUsage {
  readonly memory?: UsageModel;
  readonly disk?: UsageModel;
  readonly inodes?: UsageModel;
  readonly pids?: UsageModel;
}

/** A quantity, or a share of what there is: `numerator / denominator` of the capacity, rounded down. */
export type ThresholdValue =
  | { readonly quantity: number }
  | { readonly share: { readonly numerator: number; readonly denominator: number } };

export type SignalValues = Readonly<Record<string, ThresholdValue>>;

/** The part of KubeletConfiguration that the model knows, by upstream's names; absent: as the release has it. */
export interface KubeletConfig {
  readonly evictionHard?: SignalValues;
  readonly evictionSoft?: SignalValues;
  /** In ms, as all durations of a plan. */
  readonly evictionSoftGracePeriod?: Readonly<Record<string, number>>;
  readonly evictionMinimumReclaim?: SignalValues;
  /** Seconds. */
  readonly evictionMaxPodGracePeriod?: number;
  readonly evictionPressureTransitionPeriod?: number;
  readonly mergeDefaultEvictionSettings?: boolean;
  readonly imageGCHighThresholdPercent?: number;
  readonly imageGCLowThresholdPercent?: number;
  readonly imageMinimumGCAge?: number;
}

/** What a machine has that no Node object tells. */
export interface MachineSize {
  readonly inodes?: number;
  readonly pids?: number;
  /** A disk of its own for images; absent: they lie on the same disk as everything else. */
  readonly imageDisk?: { readonly bytes: number; readonly inodes?: number };
}

/** Node `i` of a pool is named `<pool>-<i>`; its spread value is `values[i mod n]`. */
export interface NodePool {
  readonly name: string;
  readonly count: number;
  readonly spread?: { readonly topologyKey: string; readonly values: readonly string[] };
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  /** cpu, memory, ephemeral-storage, pods; allocatable is the same. */
  readonly capacity: ResourceList;
  readonly machine?: MachineSize;
  readonly kubelet?: KubeletConfig;
  readonly bootstrap?: {
    readonly startTaints?: readonly Taint[];
    /** The node turns Ready once a pod of this DaemonSet is ready on it (a CNI agent); else after its own boot. */
    readonly readyWhenDaemonSetPodReady?: string;
  };
  /** A cloud controller initialises the nodes, labels them with their place, and removes those whose machine is gone. */
  readonly cloudProvider?: 'external';
  /** The cloud's network knows a node only once the cloud controller has made a route to it. */
  readonly cloudRoutes?: boolean;
}

/** Times in which an application fails its probes, counted from the start of its container. */
export interface FailingSpells {
  /** From the start, and again from each recovery, until it fails. */
  readonly failsAfter: Draw;
  /** From then on until it is well again; absent: not before the container is started anew. */
  readonly recoversAfter?: Draw;
  /** How often after each start. */
  readonly times: number;
  /** It answers, but so late; absent: it fails at once. */
  readonly answersIn?: Draw;
}

/** `all`: startup, readiness and liveness alike, as an application that hangs. */
export type ProbeModel = Readonly<Partial<Record<'all' | 'readiness' | 'liveness', FailingSpells>>>;

/** How each init container of a pod works. */
export interface InitModel {
  readonly takes: Draw;
  /** So many of its runs fail before one goes well. */
  readonly failures: number;
  readonly exitCode: number;
}

/** What a runtime that cannot create or run a container gives as the reason. */
export const CREATION_ERRORS = ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError'] as const;

/** How the runtime fails to create containers (K-17). */
export interface CreationModel {
  readonly reason: (typeof CREATION_ERRORS)[number];
  readonly message: string;
  /** So many attempts of each container; absent: all. */
  readonly times?: number;
}

/** How pods behave that the manifests cannot tell; the first model that selects a pod wins, field by field. */
export interface PodModel {
  readonly select: { readonly daemonSet?: string; readonly image?: string; readonly nodes?: NodeFilter };
  /** Absent: the V-table's pull of a new image; where `startup` is given, the images are on the node already. */
  readonly imagePull?: Draw;
  /** Container start → ready. */
  readonly startup?: Draw;
  /** Extra delay of the readiness probe. */
  readonly readiness?: Draw;
  /** SIGTERM → exit, capped by the grace period. */
  readonly termination?: Draw;
  /** Crashes this long after each start, exit code given. */
  readonly crash?: { readonly after: Draw; readonly exitCode: number };
  readonly probes?: ProbeModel;
  readonly init?: InitModel;
  /** Run of a hook of the manifest that does not itself say how long it takes, as a `sleep` does. */
  readonly postStart?: Draw;
  readonly preStop?: Draw;
  readonly creation?: CreationModel;
  readonly usage?: PodUsage;
  /** Bytes of each of its images. */
  readonly imageSize?: number;
}

interface PlanStepBase {
  readonly id: string;
  readonly atMs: number;
  /** Already compiled parameters: durations in ms, picks made. */
  readonly params: Readonly<Record<string, Json>>;
  readonly source?: Source;
}

/** A fault holds from `atMs` until `liftAtMs`; absent: until the chaos phase ends. `nodes` are its drawn victims. */
export interface PlannedFault extends PlanStepBase {
  readonly step: 'fault';
  readonly type: string;
  readonly liftAtMs?: number;
  readonly nodes: readonly string[];
  readonly targets: string;
  readonly mayBeVacuous: boolean;
}

/** Something that a user does on purpose, at one instant. */
export interface PlannedOperation extends PlanStepBase {
  readonly step: 'operation';
  readonly type: string;
}

export type PlanStep = PlannedFault | PlannedOperation;

/** `[fromMs, toMs]`, both inclusive; bound to steps while compiling. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PlannedExpectation {
  readonly id: string;
  readonly block: Exclude<Block, 'law' | 'threshold'>;
  readonly severity: Severity;
  /** Name in the registry; `object` for a partial object. */
  readonly invariant: string;
  readonly params: Readonly<Record<string, Json>>;
  readonly window: Window;
  /** eventually: must hold at the latest this long after the window opens. */
  readonly withinMs?: number;
  /** eventually: and must go on holding this long. */
  readonly holdMs?: number;
  readonly source?: Source;
}

export type Stat = 'min' | 'max' | 'avg' | 'p50' | 'p90' | 'p95' | 'p99' | 'count' | 'sum' | 'last';
export type Comparison = 'lt' | 'lte' | 'gt' | 'gte' | 'eq';

export interface PlannedThreshold {
  readonly id: string;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly stat: Stat;
  readonly window: Window;
  readonly compare: Readonly<Partial<Record<Comparison, number>>>;
  readonly severity: Severity;
  readonly source?: Source;
}

/** Reaching one ends the run with verdict `limit`, the number, and the busiest actor. */
export interface Limits {
  readonly events: number;
  readonly objects: number;
  readonly queueLength: number;
  readonly traceBytes: number;
  readonly virtualMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  events: 50_000_000,
  objects: 500_000,
  queueLength: 5_000_000,
  traceBytes: 2_000_000_000,
  virtualMs: 30 * 86_400_000,
};

export interface Plan {
  readonly version: number;
  readonly scenario: string;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Root of every stream: `<seed>/<stream name>`. */
  readonly seed: string;
  /** A minor, which stands for its first release, or one patch release: `1.31`, `1.31.4`. */
  readonly kubernetesVersion: string;
  /** Feature gates that are not as the release has them; absent: none. */
  readonly featureGates?: FeatureGates;
  /** Flags of the control plane, by the names of `settings.ts`; durations in ms. */
  readonly settings: Readonly<Record<string, number>>;
  readonly params: Readonly<Record<string, Scalar>>;
  readonly durationMs: number;
  readonly pools: readonly NodePool[];
  /** kube-controller-manager and kube-scheduler each run so often, and one of them leads (L-1); absent: once. */
  readonly controlPlane?: { readonly replicas: number };
  /** Applied by `user` at instant 0, in this order. */
  readonly objects: readonly ApiObject[];
  /** Of the cluster from instant 0 on, beside those that are built in. */
  readonly priorityClasses?: PriorityClasses;
  readonly models: readonly PodModel[];
  /** By `atMs`, then in the order of the file. */
  readonly steps: readonly PlanStep[];
  readonly expectations: readonly PlannedExpectation[];
  readonly thresholds: readonly PlannedThreshold[];
  readonly limits: Limits;
  /** Seeded shuffle wherever Go has no order. */
  readonly explore: boolean;
}
