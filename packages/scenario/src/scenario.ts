/** A scenario as its author wrote it, once the shape is checked: what `compile` reads. Units and names as in the YAML. */
import type { LabelSelector } from '@everynode/core/api/daemonSet';
import type { ResourceList, Taint } from '@everynode/core/api/node';
import type { Comparison, CREATION_ERRORS, PodUsage, Stat } from '@everynode/sim/plan';
import type { Block, Scalar, Severity } from '@everynode/trace/record';
import type { YamlDocument } from './yamlText.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** As manifests write quantities. */
export type QuantityText = string | number;

/** One resource of `usage`: a bare quantity, or a mapping with the name of one model. */
export type UsageText = QuantityText | Readonly<Record<string, JsonObject>>;

export interface NodeTarget {
  readonly zone?: string | readonly string[];
  readonly pool?: string;
  readonly names?: readonly string[];
  readonly selector?: LabelSelector;
  readonly fault?: string;
  readonly pick?: Pick;
}

export interface Pick {
  readonly mode: 'all' | 'one' | 'fixed' | 'percent' | 'max-percent';
  readonly value?: number | string;
  readonly order?: 'random' | 'name' | 'reverse-name' | 'creation';
  readonly round?: 'up' | 'down';
}

export interface WindowText {
  readonly after?: string;
  readonly from?: string;
  readonly until?: string;
  readonly during?: string;
}

export interface FaultText extends JsonObject {
  readonly type: string;
  readonly for?: unknown;
  readonly targets?: { readonly nodes?: NodeTarget };
}

/** Beside these keys a step has one operation, under its name. */
export interface StepText extends JsonObject {
  readonly id: string;
  readonly at?: string;
  readonly after?: { readonly step: string; readonly plus?: string };
  readonly every?: string;
  readonly times?: number;
  readonly mayBeVacuous?: boolean;
  readonly fault?: FaultText;
}

export interface AssertionText {
  readonly id: string;
  readonly severity?: Severity;
  readonly when?: string;
  readonly window?: WindowText;
  readonly within?: string;
  readonly hold?: string;
  readonly invariant?: string;
  readonly with?: JsonObject;
  readonly object?: JsonObject;
  readonly cel?: string;
}

export interface ThresholdText extends Readonly<Partial<Record<Comparison, number>>> {
  readonly id: string;
  readonly severity?: Severity;
  readonly when?: string;
  readonly window?: WindowText;
  readonly metric: string;
  readonly stat?: Stat;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface PatchText {
  readonly target: { readonly kind?: string; readonly name?: string; readonly namespace?: string };
  readonly merge?: JsonObject;
  readonly json6902?: readonly Json6902Operation[];
}

export interface Json6902Operation {
  readonly op: 'add' | 'remove' | 'replace' | 'copy' | 'move' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

export interface ManifestText {
  readonly path?: string;
  readonly inline?: JsonObject;
  readonly patches?: readonly PatchText[];
}

type SignalTexts = Readonly<Record<string, QuantityText>>;

export interface KubeletText {
  readonly evictionHard?: SignalTexts;
  readonly evictionSoft?: SignalTexts;
  readonly evictionSoftGracePeriod?: Readonly<Record<string, string>>;
  readonly evictionMinimumReclaim?: SignalTexts;
  readonly evictionMaxPodGracePeriod?: number;
  readonly evictionPressureTransitionPeriod?: string;
  readonly mergeDefaultEvictionSettings?: boolean;
  readonly imageGCHighThresholdPercent?: number;
  readonly imageGCLowThresholdPercent?: number;
  readonly imageMinimumGCAge?: string;
}

export interface MachineText {
  readonly inodes?: number;
  readonly pids?: number;
  readonly imageDisk?: { readonly size: QuantityText; readonly inodes?: number };
}

export interface PoolText {
  readonly name: string;
  readonly count: number;
  readonly spread?: { readonly topologyKey: string; readonly values: readonly string[] };
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  readonly capacity?: ResourceList;
  readonly machine?: MachineText;
  readonly kubelet?: KubeletText;
  readonly bootstrap?: {
    readonly startTaints?: readonly Taint[];
    readonly readyWhen?: { readonly daemonSetPodReady: string };
  };
  readonly cloudProvider?: 'external';
  readonly cloudRoutes?: boolean;
}

export interface FailingText {
  readonly failsAfter: unknown;
  readonly recoversAfter?: unknown;
  readonly times?: number;
  readonly answersIn?: unknown;
}

export interface ModelText {
  readonly select: { readonly daemonSet?: string; readonly image?: string; readonly nodes?: NodeTarget };
  readonly imagePull?: unknown;
  readonly startup?: unknown;
  readonly readiness?: unknown;
  readonly termination?: unknown;
  readonly postStart?: unknown;
  readonly preStop?: unknown;
  readonly crash?: { readonly after: unknown; readonly exitCode?: number };
  readonly probes?: Readonly<Partial<Record<'all' | 'readiness' | 'liveness', FailingText>>>;
  readonly init?: { readonly takes: unknown; readonly failures?: number; readonly exitCode?: number };
  readonly creation?: {
    readonly fails: (typeof CREATION_ERRORS)[number];
    readonly message?: string;
    readonly times?: number;
  };
  readonly usage?: Readonly<Partial<Record<keyof PodUsage, UsageText>>>;
  readonly imageSize?: QuantityText;
}

export type AssertionBlock = Exclude<Block, 'law' | 'threshold'>;

export interface ScenarioSpec {
  readonly description?: string;
  readonly seed?: number;
  readonly duration: string;
  readonly explore?: boolean;
  readonly kubernetes?: {
    readonly version?: string;
    readonly featureGates?: Readonly<Record<string, boolean>>;
    readonly settings?: Readonly<Record<string, string | number>>;
  };
  readonly cluster: {
    readonly controlPlane?: { readonly replicas: number };
    readonly nodePools: readonly PoolText[];
  };
  readonly manifests: readonly ManifestText[];
  readonly models?: readonly ModelText[];
  readonly timeline?: readonly StepText[];
  readonly expect: Readonly<Partial<Record<AssertionBlock, readonly AssertionText[]>>> & {
    readonly thresholds?: readonly ThresholdText[];
  };
}

/** A parameter of the scenario; `values` are the only ones it may take, where given. */
export interface Parameter {
  readonly defaultValue: Scalar;
  readonly values?: readonly Scalar[];
}

/** The values of all parameters in one run. */
export type Row = Readonly<Record<string, Scalar>>;

/** A scenario file that is well-formed; references to parameters are still in it. */
export interface Scenario {
  readonly file: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** At least one. */
  readonly rows: readonly Row[];
  readonly document: YamlDocument;
}
