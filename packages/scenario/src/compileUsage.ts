/** What pods use, as a scenario writes it: an amount, or how an amount goes on over time, as whole numbers of a plan. */
import { parseUnits } from '@everynode/core/api/quantity';
import type { PodUsage, Rate, UsageModel } from '@everynode/sim/plan';
import { compileDuration } from './compileParams.ts';
import { complain, type CompileScope } from './compileScope.ts';
import type { JsonObject, QuantityText, UsageText } from './scenario.ts';
import type { YamlPath } from './yamlText.ts';

const RATE = /^(.+)\/(s|m|h)$/;
const RATE_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
/** Beside the file that grows: a kubelet's containerLogMaxFiles is 5. */
const LOGS_KEPT = 4;

/** `path` is the mapping `usage`. */
export function compileUsage(
  usage: Readonly<Partial<Record<keyof PodUsage, UsageText>>>,
  path: YamlPath,
  scope: CompileScope,
): PodUsage {
  const models = Object.entries(usage).flatMap(([resource, text]) => {
    const model = compileUsageModel(text, [...path, resource], scope);
    return model === undefined ? [] : [[resource, model] as const];
  });
  return Object.fromEntries(models);
}

/** Whole units of a quantity; a text that is none, or below 0, is a problem. */
export function compileQuantity(text: unknown, path: YamlPath, scope: CompileScope): number | undefined {
  const amount = parseUnits(text as QuantityText);
  if (amount !== undefined && amount >= 0) return amount;
  return complain(scope, path, `${JSON.stringify(text)} is no quantity; write one such as 200Mi or 1Gi`);
}

function compileUsageModel(text: UsageText, path: YamlPath, scope: CompileScope): UsageModel | undefined {
  if (typeof text !== 'object') {
    const constant = compileQuantity(text, path, scope);
    return constant === undefined ? undefined : { constant };
  }
  const [[name, keys] = ['', {}]] = Object.entries(text);
  const at = [...path, name];
  if (name === 'leak') return compileLeak(keys, at, scope);
  return name === 'burst' ? compileBurst(keys, at, scope) : compileLogGrowth(keys, at, scope);
}

function compileLeak(keys: JsonObject, path: YamlPath, scope: CompileScope): UsageModel | undefined {
  const start = compileQuantity(keys['start'] ?? 0, [...path, 'start'], scope);
  const rate = compileRate(keys['rate'], [...path, 'rate'], scope);
  const max = keys['max'] === undefined ? undefined : compileQuantity(keys['max'], [...path, 'max'], scope);
  if (start === undefined || rate === undefined) return undefined;
  if (max !== undefined && max < start)
    return complain(scope, [...path, 'max'], 'the leak ends below where it starts; write a max of at least `start`');
  return { leak: { start, rate, ...(max === undefined ? {} : { max }) } };
}

function compileBurst(keys: JsonObject, path: YamlPath, scope: CompileScope): UsageModel | undefined {
  const base = compileQuantity(keys['base'], [...path, 'base'], scope);
  const peak = compileQuantity(keys['peak'], [...path, 'peak'], scope);
  const everyMs = compileDuration(String(keys['every']), [...path, 'every'], scope);
  const forMs = compileDuration(String(keys['for']), [...path, 'for'], scope);
  if (base === undefined || peak === undefined || everyMs === undefined || forMs === undefined) return undefined;
  if (forMs === 0 || forMs > everyMs)
    return complain(
      scope,
      [...path, 'for'],
      'a burst lasts some time, and is over before the next; write a `for` up to `every`',
    );
  if (peak < base) return complain(scope, [...path, 'peak'], 'a burst goes up; write a peak of at least `base`');
  return { burst: { base, peak, everyMs, forMs } };
}

function compileLogGrowth(keys: JsonObject, path: YamlPath, scope: CompileScope): UsageModel | undefined {
  const rate = compileRate(keys['rate'], [...path, 'rate'], scope);
  const rotateAt = compileQuantity(keys['rotateAt'], [...path, 'rotateAt'], scope);
  const keep = Number(keys['keep'] ?? LOGS_KEPT);
  if (rate === undefined || rotateAt === undefined) return undefined;
  if (rotateAt === 0)
    return complain(scope, [...path, 'rotateAt'], 'a log is rotated at some size; write one such as 10Mi');
  return { logGrowth: { rate, rotateAt, keep } };
}

/** `10Mi/m`: so much per second, minute or hour. */
function compileRate(text: unknown, path: YamlPath, scope: CompileScope): Rate | undefined {
  const [, quantity, unit = ''] = RATE.exec(String(text)) ?? [];
  const amount = parseUnits(quantity);
  const perMs = RATE_MS[unit];
  if (amount !== undefined && amount > 0 && perMs !== undefined) return { amount, perMs };
  return complain(scope, path, `${JSON.stringify(text)} is no rate; write one such as 10Mi/m (or /s, /h)`);
}
