/** What the rules of faults make of one request: slower, refused, or its answer lost. */
import { fieldsOf, textOf } from '@everynode/core/api/goText';
import { splitKey } from '@everynode/core/api/meta';
import type { ApiRequest } from '@everynode/core/api/requests';
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
export function refuse(
  { rules, streams, engine }: BentWorld,
  request: ApiRequest,
  subject: RuleSubject,
): Refusal | undefined {
  for (const rule of rules.requests.matching(subject)) {
    const { effect, stepId } = rule;
    if (effect.do !== 'fail' || !streams.of(stepStream(stepId)).chance(effect.odds)) continue;
    rules.requests.bite(rule);
    return {
      result: injected(effect.reason, effect.words, nameIn(request), stepId),
      cause: engine.cause,
      fault: stepId,
    };
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

/** The name that the server speaks of; a name that it has yet to make up is told by its beginning. */
function nameIn(request: ApiRequest): string {
  if ('key' in request) return splitKey(request.key).name;
  const { name, generateName } = 'object' in request ? fieldsOf(request.object.metadata) : {};
  return textOf(name) === '' ? textOf(generateName) : textOf(name);
}
