/** Where two traces part: how a determinism mismatch is shown, and how two versions of a run are compared. */
import { toLine } from './line.ts';
import type { BodyRecord, KeyframeRecord, TraceRecord } from './record.ts';

export interface Divergence {
  /** How many records of the body (without header and end) are the same in both. */
  readonly sameRecords: number;
  /** The first records that differ; undefined where one trace has ended. */
  readonly a: BodyRecord | undefined;
  readonly b: BodyRecord | undefined;
  /** Last keyframe before it at which both states are equal; undefined: none. */
  readonly sameKeyframe: KeyframeRecord | undefined;
  /** First keyframe at which the states differ; undefined: only what happened differs, not what came of it. */
  readonly otherKeyframe: KeyframeRecord | undefined;
}

/** Compares record by record; headers and ends are not looked at. Undefined: the bodies are the same, byte for byte. */
export function firstDivergence(a: readonly TraceRecord[], b: readonly TraceRecord[]): Divergence | undefined {
  const [bodyA, bodyB] = [a.filter(isBody), b.filter(isBody)];
  const common = Math.min(bodyA.length, bodyB.length);
  for (let i = 0; i < common; i += 1) {
    if (!sameLine(bodyA[i], bodyB[i])) return divergenceAt(bodyA, bodyB, i);
  }
  return bodyA.length === bodyB.length ? undefined : divergenceAt(bodyA, bodyB, common);
}

function divergenceAt(a: readonly BodyRecord[], b: readonly BodyRecord[], index: number): Divergence {
  const [framesA, framesB] = [a.filter(isKeyframe), b.filter(isKeyframe)];
  // Not by bisection: two states may differ and then agree again, and there are few keyframes.
  const differing = framesA.findIndex((frame, i) => framesB[i]?.hash !== frame.hash);
  const same = differing < 0 ? framesA.at(-1) : framesA[differing - 1];
  return {
    sameRecords: index,
    a: a[index],
    b: b[index],
    sameKeyframe: same,
    otherKeyframe: differing < 0 ? undefined : framesA[differing],
  };
}

function sameLine(a: BodyRecord | undefined, b: BodyRecord | undefined): boolean {
  return a !== undefined && b !== undefined && toLine(a) === toLine(b);
}

function isBody(record: TraceRecord): record is BodyRecord {
  return record.kind !== 'header' && record.kind !== 'end';
}

function isKeyframe(record: BodyRecord): record is KeyframeRecord {
  return record.kind === 'keyframe';
}
