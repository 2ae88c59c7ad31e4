/** What faults write into the tables of one machine: how its pulls, its containers and its room are bent while a rule holds. */
import type { Draw } from '../plan.ts';

export interface ImageFailure {
  readonly stepId: string;
  /** Absent: every image. */
  readonly image: string | undefined;
  readonly message: string;
}

/** Pulls of an image, or of all, take so much longer. */
export interface SlowPull {
  readonly stepId: string;
  readonly image: string | undefined;
  readonly delay: Draw;
}

/** Containers exit by themselves, so long after their start or after the rule came. */
export interface ContainerCrash {
  readonly stepId: string;
  /** Absent: pods of everybody. */
  readonly daemonSet: string | undefined;
  /** Absent: every container. */
  readonly container: string | undefined;
  readonly after: Draw;
  readonly exitCode: number;
}
