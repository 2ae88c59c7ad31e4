/** One page for each fault, from its definition: whom it aims at, what it bends, how a scenario writes it, and which scenarios show it. */
import type { FaultDefinition } from '@everynode/sim/faults/fault';
import { GENERATED_NOTE, paramTable, table } from './reference.ts';

/** A scenario of the repository: its path from the root, and its text. */
export interface ScenarioFile {
  readonly path: string;
  readonly text: string;
}

type Registry = Readonly<Record<string, Omit<FaultDefinition, 'begin'>>>;

const FOLDER = 'docs/reference/faults';

/** Path → page, and the list of all. */
export function faultPages(
  registry: Registry,
  scenarios: readonly ScenarioFile[],
): Readonly<Record<string, () => string>> {
  const pages = Object.entries(registry).map(
    ([name, fault]) => [`${FOLDER}/${name}.md`, () => faultPage(name, fault, scenarios)] as const,
  );
  return { [`${FOLDER}.md`]: () => faultList(registry), ...Object.fromEntries(pages) };
}

function faultList(registry: Registry): string {
  const names = Object.keys(registry).sort((a, b) => (a < b ? -1 : 1));
  const rows = names.map((name) => [
    `[${name}](faults/${name}.md)`,
    registry[name]?.targets ?? '',
    registry[name]?.summary ?? '',
  ]);
  const intro =
    'What can go wrong: a step with `fault: { type: … }`, for a while or at once. A fault is lifted when its `for` is over; without one it holds to the end of the run. One that never changed anything makes the run `vacuous`, unless its step says `mayBeVacuous: true`.';
  return `${['# Faults', GENERATED_NOTE, intro, table(['fault', 'targets', 'what it does'], rows)].join('\n\n')}\n`;
}

function faultPage(name: string, fault: Registry[string], scenarios: readonly ScenarioFile[]): string {
  const { summary, targets, instant, bends, rules, example, params } = fault;
  const shown = scenarios.filter(({ text }) => new RegExp(`type: ${name}\\b`).test(text));
  const links = shown.map(({ path, text }) => `* [${nameIn(path)}](../../../${path}): ${firstSentence(text)}`);
  return `${[
    `# ${name}`,
    GENERATED_NOTE,
    summary,
    `${TARGETS[targets]} ${instant ? 'It is over at once, so it takes no `for`.' : 'It lasts as long as `for` says, or to the end of the run.'}`,
    `It bends ${bends.join(' and ')}. Rules: ${rules.join(', ')} ([fidelity](../../fidelity.md)).`,
    '```yaml',
    `- id: trouble\n  at: 5m\n  fault: ${flowYaml({ type: name, ...example })}`,
    '```',
    paramTable(params),
    ...(links.length === 0 ? [] : ['Scenarios that show it:', links.join('\n')]),
  ]
    .join('\n\n')
    .replace('```yaml\n\n', '```yaml\n')
    .replace('\n\n```\n', '\n```\n')}\n`;
}

const TARGETS: Readonly<Record<FaultDefinition['targets'], string>> = {
  nodes: 'Aims at nodes: `targets.nodes`.',
  zone: 'Aims at zones: `targets.nodes.zone`.',
  pods: 'Aims at pods; `targets.nodes` may say on which nodes.',
  kubelets: 'Aims at a process, or with `targets.nodes` at the kubelets of nodes.',
  none: 'Aims at what its parameters name.',
};

function nameIn(path: string): string {
  return path.replace(/^.*\//, '').replace(/\.yaml$/, '');
}

/** Of the description, which is folded text. */
function firstSentence(text: string): string {
  const [, folded = ''] = /description: >-\n((?: {4}.*\n)+)/.exec(text) ?? [];
  const joined = folded.trim().replaceAll(/\s+/g, ' ');
  return /^.*?[.:](?= |$)/.exec(joined)?.[0].replace(/:$/, '.') ?? '';
}

/** A value in one line, as people write it. */
export function flowYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowYaml).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${key}: ${flowYaml(inner)}`);
    return `{ ${entries.join(', ')} }`;
  }
  if (typeof value !== 'string') return String(value);
  const isPlain = /^[A-Za-z0-9][-\w./: ]*$/.test(value) && !value.includes(': ');
  const isOther = /^(?:true|false|null|yes|no|on|off|[0-9.]+)$/i.test(value);
  return isPlain && !isOther ? value : JSON.stringify(value);
}
