/** The part of KubeletConfiguration that a node pool may set, and what its machines have, as the plan carries them. Rules: E-1, E-11. */
import { parseUnits } from '@everynode/core/api/quantity';
import { EVICTION_SIGNALS } from '@everynode/sim/components/evictionManagerThresholds';
import type { KubeletConfig, MachineSize, SignalValues, ThresholdValue } from '@everynode/sim/plan';
import { compileDuration } from './compileParams.ts';
import { complain, type CompileScope } from './compileScope.ts';
import { compileQuantity } from './compileUsage.ts';
import type { KubeletText, MachineText, QuantityText } from './scenario.ts';
import type { YamlPath } from './yamlText.ts';

/** Names of the signals that a configuration may name. */
export const SIGNAL_NAMES: readonly string[] = Object.keys(EVICTION_SIGNALS);
const PERCENT = /^([0-9]+(?:\.[0-9]+)?)%$/;
/** Keeps the 24 digits that a number of 32 bits has, however small the share. */
const SHARE_DENOMINATOR = 2 ** 40;

/** `path` is the mapping `kubelet` of a pool. */
export function compileKubelet(text: KubeletText, path: YamlPath, scope: CompileScope): KubeletConfig {
  const values = (key: 'evictionHard' | 'evictionSoft' | 'evictionMinimumReclaim'): Partial<KubeletConfig> =>
    text[key] === undefined ? {} : { [key]: compileValues(text[key], key, [...path, key], scope) };
  const config: KubeletConfig = {
    ...values('evictionHard'),
    ...values('evictionSoft'),
    ...values('evictionMinimumReclaim'),
    ...compileGracePeriods(text, path, scope),
    ...compileDurations(text, path, scope),
    ...copyNumbers(text),
  };
  checkImageThresholds(config, path, scope);
  return config;
}

/** `path` is the mapping `machine` of a pool. */
export function compileMachine({ imageDisk, ...rest }: MachineText, path: YamlPath, scope: CompileScope): MachineSize {
  if (imageDisk === undefined) return rest;
  const { size, ...counts } = imageDisk;
  const bytes = compileQuantity(size, [...path, 'imageDisk', 'size'], scope);
  return { ...rest, ...(bytes === undefined ? {} : { imageDisk: { bytes, ...counts } }) };
}

function compileValues(
  values: Readonly<Record<string, QuantityText>>,
  key: string,
  path: YamlPath,
  scope: CompileScope,
): SignalValues {
  return Object.fromEntries(
    Object.entries(values).flatMap(([signal, text]): readonly (readonly [string, ThresholdValue])[] => {
      // Upstream takes these two for a threshold that is not there.
      if (key !== 'evictionMinimumReclaim' && (text === '0%' || text === '100%')) return [];
      const value = compileValue(text);
      const isGood =
        value !== undefined && !('quantity' in value && value.quantity <= 0 && key !== 'evictionMinimumReclaim');
      if (isGood) return [[signal, value]];
      complain(
        scope,
        [...path, signal],
        `${JSON.stringify(text)} is no threshold; write a quantity such as 100Mi or a share such as 10%`,
      );
      return [];
    }),
  );
}

/** A share is a number of 32 bits upstream, and is taken as exactly that. */
function compileValue(text: QuantityText): ThresholdValue | undefined {
  const [, percent] = PERCENT.exec(String(text)) ?? [];
  if (percent !== undefined) {
    const share = Math.fround(Math.fround(Number(percent)) / 100);
    if (share > 1) return undefined;
    return { share: { numerator: Math.trunc(share * SHARE_DENOMINATOR), denominator: SHARE_DENOMINATOR } };
  }
  const quantity = parseUnits(text);
  return quantity === undefined || quantity < 0 ? undefined : { quantity };
}

/** Every soft threshold has a grace period, and no grace period is there for nothing. */
function compileGracePeriods(text: KubeletText, path: YamlPath, scope: CompileScope): Partial<KubeletConfig> {
  const { evictionSoft = {}, evictionSoftGracePeriod = {} } = text;
  for (const signal of Object.keys(evictionSoft)) {
    if (evictionSoftGracePeriod[signal] !== undefined) continue;
    const missing = `a soft threshold needs a grace period; write evictionSoftGracePeriod: { ${signal}: 1m30s }`;
    complain(scope, [...path, 'evictionSoft', signal], missing, 'key');
  }
  const entries = Object.entries(evictionSoftGracePeriod).flatMap(([signal, duration]): readonly [string, number][] => {
    const at = [...path, 'evictionSoftGracePeriod', signal];
    if (evictionSoft[signal] === undefined)
      complain(scope, at, `evictionSoft has no ${signal}; write it there too, or take this away`, 'key');
    const ms = compileDuration(duration, at, scope);
    return ms === undefined ? [] : [[signal, ms]];
  });
  return entries.length === 0 ? {} : { evictionSoftGracePeriod: Object.fromEntries(entries) };
}

function compileDurations(text: KubeletText, path: YamlPath, scope: CompileScope): Partial<KubeletConfig> {
  const names = ['evictionPressureTransitionPeriod', 'imageMinimumGCAge'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const ms = text[name] === undefined ? undefined : compileDuration(text[name], [...path, name], scope);
      return ms === undefined ? [] : [[name, ms]];
    }),
  );
}

function copyNumbers(text: KubeletText): Partial<KubeletConfig> {
  const {
    evictionMaxPodGracePeriod,
    mergeDefaultEvictionSettings,
    imageGCHighThresholdPercent,
    imageGCLowThresholdPercent,
  } = text;
  return {
    ...(evictionMaxPodGracePeriod === undefined ? {} : { evictionMaxPodGracePeriod }),
    ...(mergeDefaultEvictionSettings === undefined ? {} : { mergeDefaultEvictionSettings }),
    ...(imageGCHighThresholdPercent === undefined ? {} : { imageGCHighThresholdPercent }),
    ...(imageGCLowThresholdPercent === undefined ? {} : { imageGCLowThresholdPercent }),
  };
}

function checkImageThresholds(
  { imageGCHighThresholdPercent: high = 85, imageGCLowThresholdPercent: low = 80 }: KubeletConfig,
  path: YamlPath,
  scope: CompileScope,
): void {
  if (low >= high)
    complain(
      scope,
      path,
      `images are removed from ${high} % on, down to ${low} %; write a lower imageGCLowThresholdPercent`,
      'key',
    );
}
