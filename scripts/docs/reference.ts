/** Reference pages from the registries: whatever a definition says about itself is written down once, in its code. */
import type { Param, ParamSet } from '@everynode/sim/params';

/** What faults, operations and expectations have in common. */
export interface Described {
  readonly summary: string;
  readonly params: ParamSet;
  /** Expectations: what holds, and what Kubernetes itself does not promise. */
  readonly promise?: string;
  /** Faults: what they aim at. */
  readonly targets?: string;
  readonly instant?: boolean;
}

export const GENERATED_NOTE = '<!-- Written by `npm run fix:docs` from the code. Change it there. -->';

/** One page for one registry, in the order of its names. */
export function referencePage(title: string, intro: string, registry: Readonly<Record<string, Described>>): string {
  const names = Object.keys(registry).sort((a, b) => (a < b ? -1 : 1));
  const sections = names.flatMap((name) => {
    const described = registry[name];
    return described === undefined ? [] : [section(name, described)];
  });
  return `${[`# ${title}`, GENERATED_NOTE, intro, ...sections].join('\n\n')}\n`;
}

/** A table in GitHub's Markdown; a bar inside a cell would end it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function section(name: string, described: Described): string {
  const aim = described.targets === undefined ? [] : [aimOf(described.targets, described.instant === true)];
  return [
    `## ${name}`,
    described.summary,
    ...aim,
    ...(described.promise === undefined ? [] : [described.promise]),
    paramTable(described.params),
  ].join('\n\n');
}

/** What each parameter is and stands for. */
export function paramTable(params: ParamSet): string {
  const rows = Object.entries(params).map(([param, each]) => paramRow(param, each));
  return rows.length === 0 ? 'No parameters.' : table(['parameter', 'kind', 'default', 'meaning'], rows);
}

function aimOf(targets: string, isInstant: boolean): string {
  const aim = targets === 'none' ? 'Has no targets' : `Targets: ${targets}`;
  return isInstant ? `${aim}; over at once, so it takes no \`for\`.` : `${aim}; lasts as long as \`for\` says.`;
}

function paramRow(name: string, param: Param): readonly string[] {
  const presence = param.optional ? 'optional' : 'required';
  const value = param.defaultValue === undefined ? presence : `\`${JSON.stringify(param.defaultValue)}\``;
  return [`\`${name}\``, param.kind, value, param.summary];
}
