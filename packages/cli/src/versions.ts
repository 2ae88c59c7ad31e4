/** `everynode versions`: what differs between Kubernetes releases, and which of it one release does. */
import { KNOWN_VERSIONS, type Profile, profileOf } from '@everynode/core/profile';
import { type VersionRow, versionRows } from '@everynode/core/versionTable';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { printLine } from './terminal.ts';
import { UsageError } from './usageError.ts';

export interface VersionsCommandOptions {
  /** A minor or a patch release; absent: all that we know. */
  readonly version: string | undefined;
  readonly output: 'text' | 'json';
}

export function versionsCommand({ version, output }: VersionsCommandOptions): ExitCode {
  const rows = versionRows();
  if (version === undefined) {
    if (output === 'json') printLine(JSON.stringify(rows.map(publicPart), null, 2));
    else printTable([['switch', 'from', 'backported to', 'reference', 'behaviour'], ...rows.map(cellsOf)]);
    return EXIT.pass;
  }
  const profile = profileOf(version);
  if (profile === undefined)
    throw new UsageError(
      `Kubernetes ${version} is not known; write one of ${KNOWN_VERSIONS.join(', ')}, or a patch release of one such as ${KNOWN_VERSIONS[5]}.4`,
    );
  const states = rows.map((row) => ({ row, on: isOn(row, profile) }));
  if (output === 'json') {
    const switches = states.map(({ row, on }) => ({ name: row.name, on, behaviour: row.behaviour }));
    printLine(JSON.stringify({ version: profile.version, switches }, null, 2));
  } else {
    printTable(states.map(({ row, on }) => [row.name, on ? 'on' : 'off', withGate(row)]));
  }
  return EXIT.pass;
}

function isOn({ key }: VersionRow, profile: Profile): boolean {
  return key === undefined || profile[key];
}

function publicPart({ key: _key, ...row }: VersionRow): Omit<VersionRow, 'key'> {
  return row;
}

function cellsOf(row: VersionRow): readonly string[] {
  return [row.name, row.from, row.backportedTo.join(', '), row.reference, withGate(row)];
}

function withGate({ behaviour, gate }: VersionRow): string {
  return gate === undefined ? behaviour : `${behaviour}; gate ${gate}`;
}

/** Columns as wide as their widest cell; the last one runs free. */
function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  for (const row of rows)
    printLine(
      row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  '),
    );
}
