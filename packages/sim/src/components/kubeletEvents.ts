/**
 * What a kubelet tells about the containers of a pod. The good news repeats what machine and pod status show already, so
 * the trace has it at level full alone. Rules: K-14…K-17, I-15.
 */
import type { KubeletContext } from './component.ts';
import type { KubeletContainer, KubeletPod } from './kubeletPod.ts';

/** `Pulled`, `Created`, `Started` …: everything goes as it should. */
export function tellNormal(
  { trace }: KubeletContext,
  entry: KubeletPod,
  container: KubeletContainer,
  reason: string,
  message: string,
): void {
  if (trace.full) trace.apiEvent('Pod', entry.pod, 'Normal', reason, message, fieldPathOf(container));
}

export function tellWarning(
  { trace }: KubeletContext,
  entry: KubeletPod,
  container: KubeletContainer,
  reason: string,
  message: string,
): void {
  trace.apiEvent('Pod', entry.pod, 'Warning', reason, message, fieldPathOf(container));
}

/** Every error is told a second time by its bare reason; that repeats the first, so it too is for level full alone. */
export function tellError(ctx: KubeletContext, entry: KubeletPod, container: KubeletContainer, reason: string): void {
  if (ctx.trace.full) tellWarning(ctx, entry, container, 'Failed', `Error: ${reason}`);
}

function fieldPathOf({ role, spec }: KubeletContainer): string {
  return `spec.${role === 'main' ? 'containers' : 'initContainers'}{${spec.name}}`;
}
