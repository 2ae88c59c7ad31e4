/**
 * Issues what a pass decided: creations in growing batches, then all deletions at once, with a note of what has to come
 * back through the watch. Twin: daemon_controller.go syncNodes. Rules: DS-S1…DS-S9, DS-P11.
 */
import type { DaemonSet } from '../api/daemonSet.ts';
import { keyOf } from '../api/meta.ts';
import type { Pod } from '../api/pod.ts';
import type { ApiRequest, ApiResult } from '../api/requests.ts';
import type { NodeWork } from './nodeWork.ts';
import { newDaemonPod } from './podTemplate.ts';
import type { Sync, SyncContext } from './syncContext.ts';

/** Sizes of the batches for `total` creations: 1, 2, 4, … so that a quota costs few vain attempts (DS-S3). */
export function slowStartBatches(total: number): readonly number[] {
  const sizes: number[] = [];
  let left = total;
  for (let size = 1; left > 0; size *= 2) {
    sizes.push(Math.min(size, left));
    left -= Math.min(size, left);
  }
  return sizes;
}

/** Carries out work that is already cut to the burst; returns the errors, none of them where all went well. */
export function* syncNodes(ds: DaemonSet, work: NodeWork, hash: string, ctx: SyncContext): Sync<readonly string[]> {
  const key = keyOf(ds);
  // Even with nothing to do: this puts the expectations back to zero (DS-M8).
  ctx.expectations.set(key, work.createOn.length, work.deletePods.length, ctx.nowMs());
  const errors: string[] = [];
  yield* createPods(ds, work.createOn, hash, ctx, errors);
  yield* deletePods(ds, work.deletePods, ctx, errors);
  return errors;
}

function* createPods(
  ds: DaemonSet,
  createOn: readonly string[],
  hash: string,
  ctx: SyncContext,
  errors: string[],
): Sync<void> {
  const key = keyOf(ds);
  let begun = 0;
  for (const size of slowStartBatches(createOn.length)) {
    const nodeNames = createOn.slice(begun, begun + size);
    begun += size;
    const errorsBefore = errors.length;
    const requests = nodeNames.map((nodeName): ApiRequest => ({
      verb: 'create',
      object: newDaemonPod(ds, nodeName, hash),
    }));
    const results = yield requests;
    for (const result of results) observeCreation(ds, result, ctx, errors);
    if (errors.length > errorsBefore && begun < createOn.length) {
      // What is never asked for will never be seen (DS-S5).
      ctx.expectations.lower(key, createOn.length - begun, 0);
      return;
    }
  }
}

function observeCreation(ds: DaemonSet, result: ApiResult, ctx: SyncContext, errors: string[]): void {
  const key = keyOf(ds);
  if (result.ok) {
    const metadata = result.object?.metadata;
    ctx.consistency.wroteAt(key, ds.metadata.uid ?? '', 'Pod', metadata?.resourceVersion);
    ctx.recordEvent(ds, 'Normal', 'SuccessfulCreate', `Created pod: ${metadata?.name ?? ''}`);
    return;
  }
  // The namespace goes, and everything in it: no error, no event, and the expectation stays as it is (DS-S4, DS-X10).
  if (result.reason === 'NamespaceTerminating') return;
  ctx.expectations.creationObserved(key);
  ctx.recordEvent(ds, 'Warning', 'FailedCreate', `Error creating: ${result.message}`);
  errors.push(result.message);
}

function* deletePods(ds: DaemonSet, pods: readonly Pod[], ctx: SyncContext, errors: string[]): Sync<void> {
  if (pods.length === 0) return;
  const key = keyOf(ds);
  const results = yield pods.map((pod): ApiRequest => ({ verb: 'delete', kind: 'Pod', key: keyOf(pod) }));
  for (const [at, result] of results.entries()) {
    if (result.ok) {
      ctx.recordEvent(ds, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pods[at]?.metadata.name ?? ''}`);
      continue;
    }
    ctx.expectations.deletionObserved(key);
    if (result.reason === 'NotFound') continue;
    ctx.recordEvent(ds, 'Warning', 'FailedDelete', `Error deleting: ${result.message}`);
    errors.push(result.message);
  }
}

/** One text for several errors, as upstream's aggregate prints them; equal ones once. */
export function aggregate(errors: readonly string[]): string {
  const texts = [...new Set(errors)];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}
