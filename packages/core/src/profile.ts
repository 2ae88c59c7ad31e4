/** The behaviour of one Kubernetes release: its switches, from the table in versionSwitches.ts and the feature gates that are set. */
import { assert } from './assert.ts';
import type { SwitchKey, VersionSwitch } from './versionSwitch.ts';
import { VERSION_SWITCHES } from './versionSwitches.ts';

/** The minors that people run and that we know; newest last. */
export const KNOWN_VERSIONS = [
  '1.26',
  '1.27',
  '1.28',
  '1.29',
  '1.30',
  '1.31',
  '1.32',
  '1.33',
  '1.34',
  '1.35',
  '1.36',
] as const;
export const DEFAULT_VERSION = '1.36';

/** Feature gate → whether it is on; one that is absent is as the release has it. */
export type FeatureGates = Readonly<Record<string, boolean>>;

/** A switch → whether it is on. */
export type Switches = { readonly [Key in SwitchKey]: boolean };

/** `profile.staleness`, `profile.nodeQueue` and so on; each is described in VERSION_SWITCHES. */
export interface Profile extends Switches {
  /** As it was asked for: `1.31` or `1.31.4`. */
  readonly version: string;
  /** 31 for any 1.31. */
  readonly minor: number;
}

interface Release {
  readonly minor: number;
  readonly patch: number;
}

/**
 * The switches of a minor as it first came out (`1.31` is 1.31.0), or of one patch release (`1.31.4`, also `v1.31.4`);
 * undefined where we do not know the minor or the text is no version. A patch that is not out yet counts as one that
 * is. Asserts that each gate can be set in that release (`explainGate`).
 */
export function profileOf(version: string, gates: FeatureGates = {}): Profile | undefined {
  const release = parseVersion(version);
  if (release === undefined || !(KNOWN_VERSIONS as readonly string[]).includes(`1.${release.minor}`)) return undefined;
  for (const [name, value] of Object.entries(gates))
    assert(explainGate(name, value, release.minor) === undefined, () => `${name}: ${value} in ${version}`);
  const isOn = ({ since, gate }: VersionSwitch): boolean => {
    const isSet = gate === undefined ? undefined : gates[gate.name];
    if (isSet === undefined) return isOnByDefault(since, release);
    return gate?.reverts === true ? !isSet : isSet;
  };
  const switches = Object.entries(VERSION_SWITCHES).map(([key, each]) => [key, isOn(each)]);
  return {
    version: version.replace(/^v/, ''),
    minor: release.minor,
    ...(Object.fromEntries(switches) as Switches),
  };
}

/** Why a gate cannot be set so in a minor, and what to write instead; undefined where it can. */
export function explainGate(name: string, isOn: boolean, minor: number): string | undefined {
  const gate = Object.values(VERSION_SWITCHES).find((each) => each.gate?.name === name)?.gate;
  if (gate === undefined) return `there is no feature gate ${name}`;
  if (minor < gate.since) return `1.${minor} does not know ${name}, which came with 1.${gate.since}; leave it out`;
  if (!isOn && gate.lockedSince !== undefined && minor >= gate.lockedSince)
    return `${name} is always on from 1.${gate.lockedSince} on; leave it out`;
  return undefined;
}

function parseVersion(text: string): Release | undefined {
  const [, minor, patch] = /^v?1\.([1-9][0-9]?)(?:\.(0|[1-9][0-9]{0,3}))?$/.exec(text) ?? [];
  return minor === undefined ? undefined : { minor: Number(minor), patch: Number(patch ?? 0) };
}

/** On in the minor that brought it and in all later ones, and in an earlier one from its backport on. */
function isOnByDefault(since: readonly string[], { minor, patch }: Release): boolean {
  const releases = since.flatMap((each) => parseVersion(each) ?? []);
  const own = releases.find((each) => each.minor === minor);
  if (own !== undefined) return patch >= own.patch;
  const [first] = releases;
  return first !== undefined && minor > first.minor;
}
