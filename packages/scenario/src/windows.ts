/** Windows in the words of a scenario (`after: outage.end`) to instants: each end is bound to a step or to a duration. */
import type { Window } from '@everynode/sim/plan';
import { formatDuration, parseDuration } from './duration.ts';
import { unknownName } from './nearest.ts';
import type { WindowText } from './scenario.ts';

/** When a step began first and ended last; an operation ends as it begins. */
export interface StepSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface WindowScope {
  readonly spans: ReadonlyMap<string, StepSpan>;
  readonly durationMs: number;
}

export type WindowResult =
  | { readonly ok: true; readonly window: Window }
  | { readonly ok: false; readonly key: string; readonly problem: string };

/**
 * Both ends inclusive. `from` and `until` name a step's begin, `after` its end, `during` both; `<step>.begin` and
 * `<step>.end` say which; a duration is an instant of the run. Without a word: from the first step to the end.
 */
export function compileWindow(text: WindowText | undefined, scope: WindowScope): WindowResult {
  let { fromMs, toMs }: Window = { fromMs: firstStepMs(scope), toMs: scope.durationMs };
  const { after, from, until, during } = text ?? {};
  const clash =
    (['from', 'during'] as const).find((key) => text?.[key] !== undefined && after !== undefined) ??
    (during !== undefined && (from ?? until) !== undefined ? 'during' : undefined);
  if (clash !== undefined)
    return { ok: false, key: clash, problem: '`after`, `from` and `during` each open a window; keep one of them' };
  for (const [key, ref, bare] of [
    ['from', from, 'begin'],
    ['after', after, 'end'],
    ['until', until, 'begin'],
    ['during', during, 'begin'],
  ] as const) {
    if (ref === undefined) continue;
    const atMs = instantOf(ref, bare, scope.spans);
    if (typeof atMs === 'string') return { ok: false, key, problem: atMs };
    if (key === 'until') toMs = Math.min(atMs, scope.durationMs);
    else fromMs = atMs;
    if (key === 'during') toMs = Math.min(scope.spans.get(ref)?.toMs ?? toMs, scope.durationMs);
    if (fromMs > scope.durationMs)
      return {
        ok: false,
        key,
        problem: `${ref} is at ${formatDuration(fromMs)}, after the end of the run; write a longer \`duration\` or an earlier window`,
      };
  }
  if (fromMs <= toMs) return { ok: true, window: { fromMs, toMs } };
  return {
    ok: false,
    key: until === undefined ? 'from' : 'until',
    problem: 'the window closes before it opens; swap its ends',
  };
}

/** The instant at which the scenario stops leaving the cluster in peace; 0 without steps. */
function firstStepMs({ spans }: Pick<WindowScope, 'spans'>): number {
  let firstMs: number | undefined;
  for (const { fromMs } of spans.values()) firstMs = firstMs === undefined ? fromMs : Math.min(firstMs, fromMs);
  return firstMs ?? 0;
}

/** An instant, or a sentence on why there is none. */
export function instantOf(ref: string, bare: 'begin' | 'end', spans: WindowScope['spans']): number | string {
  const [, step = ref, side = bare] = /^(.*)\.(begin|end)$/.exec(ref) ?? [];
  const span = spans.get(step);
  if (span !== undefined) return side === 'begin' ? span.fromMs : span.toMs;
  return parseDuration(ref) ?? unknownName('step', 'steps', step, [...spans.keys()]);
}
