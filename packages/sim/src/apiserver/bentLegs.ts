/** What the rules of faults make of one request: slower, refused, or its answer lost. */
import type { Engine } from '../engine/engine.ts';
import type { RngStreams } from '../engine/rngStreams.ts';
import type { RuleSubject } from '../seams/ruleTable.ts';
import { type LegRules, stepStream } from '../seams/worldSeams.ts';
import type { Answer } from './apiServer.ts';
import { injected } from './failures.ts';

export interface BentWorld {
  readonly engine: Engine;
  readonly rules: LegRules;
  readonly streams: RngStreams;
}

/** What a fault's rule answered, and the step whose rule it is. */
export interface Refusal extends Answer {
  readonly fault: string;
}

/** How much longer the request takes to the server; of several steps that slow it down the last is named. */
export function slowDown(
  { rules, streams }: BentWorld,
  subject: RuleSubject,
): { readonly delayMs: number; readonly slowedBy: string | undefined } {
  let delayMs = 0;
  let slowedBy: string | undefined;
  for (const rule of rules.requests.matching(subject)) {
    if (rule.effect.do !== 'delay') continue;
    delayMs += streams.of(stepStream(rule.stepId)).draw(rule.effect.delay);
    slowedBy = rule.stepId;
    rules.requests.bite(rule);
  }
  return { delayMs, slowedBy };
}

/** A rule answers instead of the server, which then does nothing. */
export function refuse({ rules, streams, engine }: BentWorld, subject: RuleSubject): Refusal | undefined {
  for (const rule of rules.requests.matching(subject)) {
    const { effect, stepId } = rule;
    if (effect.do !== 'fail' || !streams.of(stepStream(stepId)).chance(effect.odds)) continue;
    rules.requests.bite(rule);
    return { result: injected(effect.reason, effect.message, stepId), cause: engine.cause, fault: stepId };
  }
  return undefined;
}

/** The step that lets the answer get lost, though the request was carried out. */
export function findLoss({ rules, streams }: BentWorld, subject: RuleSubject): string | undefined {
  for (const rule of rules.responses.matching(subject)) {
    if (!streams.of(stepStream(rule.stepId)).chance(rule.effect)) continue;
    rules.responses.bite(rule);
    return rule.stepId;
  }
  return undefined;
}
