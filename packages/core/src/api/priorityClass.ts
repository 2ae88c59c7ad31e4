/** How important a pod is, by the name of its class, and whether it may push others off a node for it. Rules: A-28, S-7. */

export interface PriorityClass {
  readonly value: number;
  /** `Never`: its pods wait for room. Absent: `PreemptLowerPriority`. */
  readonly preemptionPolicy?: string;
  /** The class of pods that name none. */
  readonly globalDefault?: boolean;
}

/** Name → class. */
export type PriorityClasses = Readonly<Record<string, PriorityClass>>;

/** There in every cluster, usable in every namespace. */
export const BUILT_IN_PRIORITY_CLASSES: PriorityClasses = {
  'system-node-critical': { value: 2_000_001_000 },
  'system-cluster-critical': { value: 2_000_000_000 },
};
