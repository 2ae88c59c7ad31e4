/**
 * Lists that any cached state satisfies, or any that has come far enough, answered by a cache that lags: because the
 * client's server does, or because a fault makes it. Rules, I-3.
 */
import type { Kind } from '@everynode/core/api/objects';
import { apiFailure, type ApiRequest, type ApiResult } from '@everynode/core/api/requests';
import type { Engine } from '../engine/engine.ts';
import type { Rule, RuleSubject } from '../seams/ruleTable.ts';
import type { LegRules } from '../seams/worldSeams.ts';
import type { Answer, ApiServer } from './apiServer.ts';
import type { ApiServers } from './apiServers.ts';

export interface CacheWorld {
  readonly engine: Engine;
  readonly server: ApiServer;
  readonly servers: ApiServers;
  readonly rules: LegRules;
}

/** How long a server holds up a list that its cache is not fresh enough for. */
const BLOCK_MS = 3000;
/** What it then tells the client to wait. */
const RETRY_SECONDS = 1;
const TOO_LARGE = 'Too large resource version';

/** The answer of a cache, or for which version it makes the client wait, and how long; undefined where the store itself answers. */
export type CacheAnswer = Answer | { readonly waitMs: number; readonly atLeast: number } | undefined;

/** `hasWaited`: the server has held the list up already. */
export function answerFromCache(
  world: CacheWorld,
  request: ApiRequest,
  subject: RuleSubject,
  hasWaited: boolean,
): CacheAnswer {
  if (request.verb !== 'list' || request.cached !== true) return undefined;
  const { rules, servers, server, engine } = world;
  if (!servers.haveLag && rules.lists.isEmpty) return undefined;
  const farthest = farthestRule(rules, subject);
  const lagMs = Math.max(servers.lagMs(subject.client), farthest?.effect ?? 0);
  if (lagMs === 0) return undefined;
  const atLeast = request.atLeast === 'newest' ? server.revisionAt(request.kind, engine.nowMs) : (request.atLeast ?? 0);
  const freshInMs = atLeast === 0 ? 0 : server.writtenAtMs(request.kind, atLeast) + lagMs - engine.nowMs;
  if (freshInMs > 0) {
    if (farthest !== undefined) rules.lists.bite(farthest);
    if (!hasWaited) return { waitMs: Math.min(freshInMs, BLOCK_MS), atLeast };
    return { result: tooLarge(world, request.kind, atLeast, lagMs), cause: engine.cause };
  }
  const { result, isOld } = server.listFromCache(request.kind, request.nodeName, lagMs);
  if (isOld && farthest !== undefined) rules.lists.bite(farthest);
  return { result, cause: engine.cause };
}

/** Whether a failed list should be sent again at once, and without a version (I-3). */
export function isVersionUnavailable(result: ApiResult): boolean {
  return !result.ok && (result.reason === 'Expired' || result.message.includes(TOO_LARGE));
}

function farthestRule({ lists }: LegRules, subject: RuleSubject): Rule<number> | undefined {
  const [first, ...others] = lists.matching(subject);
  return others.reduce((far, rule) => (rule.effect > (far?.effect ?? 0) ? rule : far), first);
}

function tooLarge({ server, engine }: CacheWorld, kind: Kind, atLeast: number, lagMs: number): ApiResult {
  const current = server.revisionAt(kind, engine.nowMs - lagMs);
  return apiFailure('Timeout', `${TOO_LARGE}: ${atLeast}, current: ${current}`, RETRY_SECONDS);
}
