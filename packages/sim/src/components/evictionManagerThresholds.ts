/**
 * What a kubelet holds its room against: the signals, upstream's default thresholds, and those of a KubeletConfiguration.
 * Pure. Twin: kubelet/eviction helpers.go ParseThresholdConfig, defaults_linux.go. Rules: E-1, E-2, E-11.
 */
import type { Profile } from '@everynode/core/profile';
import type { KubeletConfig, SignalValues, ThresholdValue } from '../plan.ts';
import type { Room } from '../seams/machineRoom.ts';

/** As requests and messages call what runs low. */
export type StarvedResource = 'memory' | 'ephemeral-storage' | 'inodes' | 'pids';

/** containerfs is no signal of its own: upstream lets it follow one of the two disks, whatever its configuration says. */
export type SignalName =
  | 'memory.available'
  | 'nodefs.available'
  | 'nodefs.inodesFree'
  | 'imagefs.available'
  | 'imagefs.inodesFree'
  | 'pid.available'
  | 'allocatableMemory.available';

interface Signal {
  readonly room: Room;
  readonly condition: 'MemoryPressure' | 'DiskPressure' | 'PIDPressure';
  readonly resource: StarvedResource;
}

/** In the order in which a list of thresholds names them. */
export const EVICTION_SIGNALS: Readonly<Record<SignalName, Signal>> = {
  'memory.available': { room: 'memory', condition: 'MemoryPressure', resource: 'memory' },
  'nodefs.available': { room: 'disk', condition: 'DiskPressure', resource: 'ephemeral-storage' },
  'nodefs.inodesFree': { room: 'inodes', condition: 'DiskPressure', resource: 'inodes' },
  'imagefs.available': { room: 'imageDisk', condition: 'DiskPressure', resource: 'ephemeral-storage' },
  'imagefs.inodesFree': { room: 'imageInodes', condition: 'DiskPressure', resource: 'inodes' },
  'pid.available': { room: 'pids', condition: 'PIDPressure', resource: 'pids' },
  'allocatableMemory.available': { room: 'podMemory', condition: 'MemoryPressure', resource: 'memory' },
};

export interface Threshold {
  readonly signal: SignalName;
  readonly value: ThresholdValue;
  /** How long it must be met before anything is evicted for it; 0: hard. */
  readonly graceMs: number;
  /** So much more must come free before it is no longer met, once something was evicted for it. */
  readonly minimumReclaim?: ThresholdValue;
}

/** A percentage is a number of 32 bits upstream, so 10 % of 100Gi are 10737418400 bytes. */
const PERCENT_5: ThresholdValue = { share: { numerator: 13_421_773, denominator: 2 ** 28 } };
const PERCENT_10: ThresholdValue = { share: { numerator: 13_421_773, denominator: 2 ** 27 } };
const PERCENT_15: ThresholdValue = { share: { numerator: 10_066_330, denominator: 2 ** 26 } };

/** The thresholds of one kubelet, hard ones first, in the order of the signals. */
export function thresholdsOf(config: KubeletConfig, profile: Profile): readonly Threshold[] {
  const { evictionHard, evictionSoft = {}, evictionSoftGracePeriod = {}, evictionMinimumReclaim = {} } = config;
  const defaults = defaultEvictionHard(profile);
  // Who names one hard threshold loses all others, unless the defaults are to be merged in (E-1).
  const hard =
    config.mergeDefaultEvictionSettings === true ? { ...defaults, ...evictionHard } : (evictionHard ?? defaults);
  const list = (values: SignalValues, graceOf: (signal: string) => number): readonly Threshold[] =>
    (Object.keys(EVICTION_SIGNALS) as SignalName[]).flatMap((signal) => {
      const value = values[signal];
      if (value === undefined) return [];
      const minimumReclaim = evictionMinimumReclaim[signal];
      const rest = minimumReclaim === undefined ? {} : { minimumReclaim };
      return [{ signal, value, graceMs: graceOf(signal), ...rest }];
    });
  const hardThresholds = list(hard, () => 0);
  return [
    ...hardThresholds,
    ...list(evictionSoft, (signal) => evictionSoftGracePeriod[signal] ?? 0),
    // What the node may not fall below, all pods together may not either (E-2).
    ...hardThresholds
      .filter(({ signal }) => signal === 'memory.available')
      .map((threshold): Threshold => ({ ...threshold, signal: 'allocatableMemory.available' })),
  ];
}

/** Amount below which a threshold is met, of this capacity; the product stays exact. */
export function amountOf(value: ThresholdValue, capacity: number): number {
  if ('quantity' in value) return value.quantity;
  const { numerator, denominator } = value.share;
  return Number((BigInt(capacity) * BigInt(numerator)) / BigInt(denominator));
}

function defaultEvictionHard(profile: Profile): SignalValues {
  return {
    'memory.available': { quantity: 100 * 2 ** 20 },
    'nodefs.available': PERCENT_10,
    'nodefs.inodesFree': PERCENT_5,
    'imagefs.available': PERCENT_15,
    ...(profile.imageInodesThreshold ? { 'imagefs.inodesFree': PERCENT_5 } : {}),
  };
}
