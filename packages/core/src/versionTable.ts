/** The table of version switches as people read it: the command `everynode versions` and docs/reference/versions.md show the same rows. */
import { KNOWN_VERSIONS } from './profile.ts';
import { BEFORE_KNOWN_VERSIONS } from './earlierBehaviour.ts';
import type { FeatureGate, SwitchKey } from './versionSwitch.ts';
import { VERSION_SWITCHES } from './versionSwitches.ts';

export interface VersionRow {
  readonly name: string;
  readonly behaviour: string;
  /** The release that brought it; all later ones have it. */
  readonly from: string;
  /** Patch releases of earlier minors, newest first. */
  readonly backportedTo: readonly string[];
  /** A feature gate, with the minors that let it be set. */
  readonly gate?: string;
  readonly reference: string;
  readonly rules: readonly string[];
  /** The profile's name for it; absent: it is on in every release. */
  readonly key?: SwitchKey;
}

/** Oldest first: what came before all known releases, then the switches. */
export function versionRows(): readonly VersionRow[] {
  const earlier = BEFORE_KNOWN_VERSIONS.map(({ since, ...rest }): VersionRow => {
    return { ...rest, from: `before ${KNOWN_VERSIONS[0]} (${since})`, backportedTo: [] };
  });
  const switches = Object.entries(VERSION_SWITCHES).map(([key, { since, gate, ...rest }]): VersionRow => {
    const [from = 'off by default', ...backportedTo] = since;
    return {
      ...rest,
      from,
      backportedTo,
      ...(gate === undefined ? {} : { gate: gateText(gate) }),
      key: key as SwitchKey,
    };
  });
  return [...earlier, ...switches];
}

/** `RetryGenerateName (1.30 to 1.31)`. */
function gateText({ name, since, lockedSince }: FeatureGate): string {
  return lockedSince === undefined ? `${name} (from 1.${since} on)` : `${name} (1.${since} to 1.${lockedSince - 1})`;
}
