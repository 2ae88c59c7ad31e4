/** The names that a scenario may use, and the parameters of each: what the registries of faults, operations and expectations offer. */
import { metricRegistry } from '@everynode/invariants/metrics';
import { expectationRegistry } from '@everynode/invariants/registry';
import type { FaultDefinition } from '@everynode/sim/faults/fault';
import { faultRegistry } from '@everynode/sim/faults/registry';
import { operationRegistry } from '@everynode/sim/operations/registry';
import type { ParamSet } from '@everynode/sim/params';

/** One name with its parameters; only what describes it, not what it does. */
export interface Entry {
  readonly summary: string;
  readonly params: ParamSet;
}

export interface FaultEntry extends Entry, Pick<FaultDefinition, 'targets' | 'instant'> {}

export interface ExpectationEntry extends Entry {
  readonly promise: string;
}

export interface MetricEntry {
  readonly summary: string;
  readonly promise: string;
  readonly unit: string;
  /** Labels that a threshold must and may give. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

export interface Vocabulary {
  readonly faults: Readonly<Record<string, FaultEntry>>;
  readonly operations: Readonly<Record<string, Entry>>;
  readonly expectations: Readonly<Record<string, ExpectationEntry>>;
  readonly metrics: Readonly<Record<string, MetricEntry>>;
}

/** All that this version knows. */
export const vocabulary: Vocabulary = {
  faults: faultRegistry,
  operations: operationRegistry,
  expectations: expectationRegistry,
  metrics: metricRegistry,
};

/** The operation whose YAML form is a manifest; in the plan stand the objects. */
export const APPLY = 'apply';
/** What an assertion with a partial `object:` compiles to. */
export const OBJECT = 'object';
/** What an assertion with `cel:` compiles to. */
export const CEL = 'cel';
