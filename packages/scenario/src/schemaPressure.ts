/** The words of the scenario language about what runs low on nodes: usage of pods, thresholds of kubelets, machines. */
import type { JsonSchema } from '@everynode/sim/params';
import { SIGNAL_NAMES } from './compileKubelet.ts';
import { closed, COUNT, DURATION, FLAG, orReference, QUANTITY } from './schemaDefinitions.ts';

const RATE: JsonSchema = { description: 'an amount per second, minute or hour, such as 10Mi/m', type: 'string' };
const LEAK = closed({ start: QUANTITY, rate: RATE, max: QUANTITY }, ['rate']);
const BURST = closed({ base: QUANTITY, peak: QUANTITY, every: DURATION, for: DURATION }, [
  'base',
  'peak',
  'every',
  'for',
]);
const LOG_GROWTH = closed({ rate: RATE, rotateAt: QUANTITY, keep: COUNT }, ['rate', 'rotateAt']);

/** What a whole pod uses. Logs lie on the disk. */
export const USAGE: JsonSchema = closed({
  memory: usageOf({ leak: LEAK, burst: BURST }),
  disk: usageOf({ leak: LEAK, burst: BURST, logGrowth: LOG_GROWTH }),
  inodes: usageOf({ leak: LEAK, burst: BURST }),
  pids: usageOf({ leak: LEAK, burst: BURST }),
});

const THRESHOLD: JsonSchema = {
  description: 'a quantity such as 100Mi, or a share such as 10%',
  type: ['string', 'number'],
};
const PERCENT: JsonSchema = orReference({
  description: 'a whole number from 0 to 100',
  type: 'integer',
  minimum: 0,
  maximum: 100,
});
const SECONDS: JsonSchema = orReference({
  description: 'whole seconds',
  type: 'integer',
  minimum: -0x7fff_ffff,
  maximum: 0x7fff_ffff,
});

/** By upstream's names, as in a file of kind KubeletConfiguration. */
export const KUBELET: JsonSchema = closed({
  evictionHard: bySignal(THRESHOLD),
  evictionSoft: bySignal(THRESHOLD),
  evictionSoftGracePeriod: bySignal(DURATION),
  evictionMinimumReclaim: bySignal(THRESHOLD),
  evictionMaxPodGracePeriod: SECONDS,
  evictionPressureTransitionPeriod: DURATION,
  mergeDefaultEvictionSettings: FLAG,
  imageGCHighThresholdPercent: PERCENT,
  imageGCLowThresholdPercent: PERCENT,
  imageMinimumGCAge: DURATION,
});

/** What machines have that no Node object tells. */
export const MACHINE: JsonSchema = closed({
  inodes: COUNT,
  pids: COUNT,
  imageDisk: closed({ size: QUANTITY, inodes: COUNT }, ['size']),
});

function usageOf(models: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const description = `a quantity such as 200Mi, or one of ${Object.keys(models).join(', ')}`;
  return { description, anyOf: [QUANTITY, { ...closed(models), minProperties: 1, maxProperties: 1 }] };
}

function bySignal(value: JsonSchema): JsonSchema {
  return closed(Object.fromEntries(SIGNAL_NAMES.map((name) => [name, value])));
}
