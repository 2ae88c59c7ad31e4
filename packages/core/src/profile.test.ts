import { describe, expect, test } from 'vitest';
import { explainGate, KNOWN_VERSIONS, profileOf, type Switches } from './profile.ts';
import type { SwitchKey } from './versionSwitch.ts';
import { VERSION_SWITCHES } from './versionSwitches.ts';

const KEYS = Object.keys(VERSION_SWITCHES) as SwitchKey[];

function isOn(key: keyof Switches, version: string): boolean | undefined {
  return profileOf(version)?.[key];
}

/** Last patch release without a behaviour, first one with it. */
const BOUNDARIES: readonly (readonly [SwitchKey, string, string])[] = [
  ['statusOnError', '1.26.0', '1.26.1'],
  ['terminalBeforeDelete', '1.26', '1.27.0'],
  ['podReadyToStart', '1.28', '1.29.0'],
  ['keepReadyOnRestart', '1.34', '1.35.0'],
  ['recreateSucceeded', '1.26.4', '1.26.5'],
  ['skipDeletedTerminal', '1.26.6', '1.26.7'],
  ['skipDeletedTerminal', '1.27.3', '1.27.4'],
  ['surgeSunset', '1.26.9', '1.26.10'],
  ['surgeSunset', '1.27.6', '1.27.7'],
  ['surgeSunset', '1.28.2', '1.28.3'],
  ['countOldUnavailable', '1.28.14', '1.28.15'],
  ['countOldUnavailable', '1.29.9', '1.29.10'],
  ['countOldUnavailable', '1.30.5', '1.30.6'],
  ['countOldUnavailable', '1.27', '1.31.0'],
  ['separateTaintEviction', '1.28', '1.29.0'],
  ['imageInodesThreshold', '1.29', '1.30.0'],
  ['evictGraceOneSecond', '1.30', '1.31.0'],
  ['generateNameRetry', '1.30', '1.31.0'],
  ['nodeMonitorGrace50s', '1.31', '1.32.0'],
  ['nodeQueue', '1.32', '1.33.0'],
  ['orderedNamespaceDeletion', '1.32', '1.33.0'],
  ['queueingHints', '1.31', '1.32.0'],
  ['popFromBackoff', '1.32', '1.33.0'],
  ['asyncPreemption', '1.32', '1.33.0'],
  ['taintsUnnamed', '1.34.1', '1.34.2'],
  ['taintsUnnamed', '1.33', '1.35.0'],
  ['nominationCleared', '1.34', '1.35.0'],
  ['availabilityInclusive', '1.33', '1.34.0'],
  ['collectorChecksVersion', '1.33', '1.34.0'],
  ['podGeneration', '1.33', '1.34.0'],
  ['nodeStatusFromInformer', '1.33', '1.34.0'],
  ['creationTimestampOmitted', '1.33', '1.34.0'],
  ['evictSoftMinimum', '1.33', '1.34.0'],
  ['misscheduledRequeue', '1.33.5', '1.33.6'],
  ['misscheduledRequeue', '1.34.0', '1.34.1'],
  ['misscheduledRequeue', '1.32', '1.35.0'],
  ['watchList', '1.34', '1.35.0'],
  ['staleness', '1.35', '1.36.0'],
  ['taintTimerUpdate', '1.35', '1.36.0'],
];

test.each(BOUNDARIES)('%s is off in %s and on in %s', (key, before, after) => {
  expect([isOn(key, before), isOn(key, after)]).toEqual([false, true]);
});

test('every switch that is ever on by default has a boundary above', () => {
  const named = new Set(BOUNDARIES.map(([key]) => key));
  expect(KEYS.filter((key) => VERSION_SWITCHES[key].since.length > 0 && !named.has(key))).toEqual([]);
});

test('what a minor has when it comes out no later one loses, and no patch release takes anything away', () => {
  for (const key of KEYS) {
    const states = KNOWN_VERSIONS.map((minor) => isOn(key, minor));
    expect({ key, states }).toEqual({ key, states: [...states].sort((a, b) => Number(a) - Number(b)) });
    for (const minor of KNOWN_VERSIONS) {
      expect(isOn(key, `${minor}.0`)).toBe(isOn(key, minor));
      expect(isOn(key, `${minor}.999`) === true || isOn(key, minor) === false).toBe(true);
    }
  }
});

describe('a version', () => {
  test('is a minor or a patch release, with or without v', () => {
    expect(profileOf('v1.30.2')).toEqual(profileOf('1.30.2'));
    expect(profileOf('1.30.2')).toMatchObject({ version: '1.30.2', minor: 30 });
    expect(profileOf('v1.30')).toMatchObject({ version: '1.30', minor: 30 });
  });

  test.each([
    '1.25',
    '1.37',
    '1.3',
    '2.31',
    '1',
    '1.31.',
    '1.31.04',
    '1.31.4.1',
    '1.31-rc.1',
    'v',
    '',
    ' 1.31',
    '01.31',
  ])('%j is none that we know', (text) => {
    expect(profileOf(text)).toBeUndefined();
  });
});

describe('feature gates', () => {
  const COMPARE = 'TaintTolerationComparisonOperators';

  test('turn their switch on and off, and no other', () => {
    expect(profileOf('1.36', { [COMPARE]: true })).toEqual({ ...profileOf('1.36'), tolerationCompare: true });
    expect(profileOf('1.36', { StaleControllerConsistencyDaemonSet: false })).toEqual({
      ...profileOf('1.36'),
      staleness: false,
    });
    expect(profileOf('1.30', { RetryGenerateName: true })?.generateNameRetry).toBe(true);
    expect(profileOf('1.31', { RetryGenerateName: false })?.generateNameRetry).toBe(false);
  });

  test.each([
    ['RetryGenerateName', true, 29, '1.29 does not know RetryGenerateName, which came with 1.30; leave it out'],
    [COMPARE, true, 34, '1.34 does not know TaintTolerationComparisonOperators, which came with 1.35; leave it out'],
    ['RetryGenerateName', false, 32, 'RetryGenerateName is always on from 1.32 on; leave it out'],
    ['Sidecars', true, 36, 'there is no feature gate Sidecars'],
  ])('%s: %j is refused in 1.%i', (name, value, minor, message) => {
    expect(explainGate(name, value, minor)).toBe(message);
    expect(() => profileOf(`1.${minor}`, { [name]: value })).toThrow(`${name}: ${value} in 1.${minor}`);
  });

  test('one that brings back what was before turns its switch off', () => {
    const REVERT = 'ChangeContainerStatusOnKubeletRestart';
    expect(profileOf('1.35', { [REVERT]: true })).toEqual({ ...profileOf('1.35'), keepReadyOnRestart: false });
    expect(profileOf('1.35', { [REVERT]: false })).toEqual(profileOf('1.35'));
  });

  test('one that is locked may still be said to be what it is', () => {
    expect(explainGate('RetryGenerateName', true, 32)).toBeUndefined();
  });
});
