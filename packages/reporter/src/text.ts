/** The verdict for a terminal, in 15 lines at most: what broke, when, on which object, by which fault, how to repeat it. */
import { causeChain, firstByFault, type LogEntry } from './causes.ts';
import type { Episode } from './episodes.ts';
import { eventText, shortName } from './eventText.ts';
import { count, faultBehind, faultName, lasting } from './findings.ts';
import type { ReportModel } from './report.ts';
import { shellCommand } from './shellCommand.ts';
import { formatClock, formatDuration } from './time.ts';
import { troubleAt } from './trouble.ts';
import { VERDICTS } from './verdict.ts';
import { visible } from './visible.ts';

/** How parts of the text are set off; plain text leaves them as they are. */
export interface TextStyle {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly remark: (text: string) => string;
}

const asIs = (text: string): string => text;
const PLAIN: TextStyle = { bold: asIs, dim: asIs, good: asIs, bad: asIs, remark: asIs };

const LINES_MAX = 15;
const CHAIN_MAX = 4;

/** Lines joined by newlines, without one at the end. Text of the trace cannot move the cursor or turn the direction. */
export function renderText(model: ReportModel, style: TextStyle = PLAIN): string {
  const { word, glyph, tone } = VERDICTS[model.verdict];
  const title = `${style[tone](`${glyph} ${word}`)} ${style.bold(visible(model.scenario))}`;
  const [what, why] = model.reason;
  const lines = [`${title}  ${style.dim(facts(model))}`, `  ${visible(what)}`, `  ${visible(why)}`];
  const [first, ...others] = model.episodes.filter((episode) => episode.severity !== 'observation');
  if (first !== undefined) lines.push(...episodeLines(model, first, style));
  if (others.length > 0) lines.push(style.dim(`  and ${count(others.length, 'more episode')}: ${names(others)}`));
  if (model.verdict !== 'pass')
    lines.push(`  ${style.dim('repeat')}  ${shellCommand(model.repro) ?? 'the command holds control characters'}`);
  return lines.slice(0, LINES_MAX).join('\n');
}

function facts(model: ReportModel): string {
  const parts = [
    `seed ${visible(model.seed)}`,
    `Kubernetes ${model.kubernetes}`,
    count(model.nodes.length, 'node'),
    `${formatDuration(model.endMs)} virtual`,
  ];
  const params = model.params.map(([name, value]) => visible(`${name}: ${String(value)}`));
  return [...parts, ...params, ...(model.digest === '' ? [] : [`digest ${model.digest.slice(0, 8)}`])].join(' · ');
}

/** The rule, the object, the fault, and the end of the chain that explains the object. */
function episodeLines(model: ReportModel, episode: Episode, style: TextStyle): readonly string[] {
  const { id, invariant, fromMs, toMs, object, node, severity } = episode;
  const tone = severity === 'critical' ? 'bad' : 'remark';
  const rule = invariant === id ? id : `${id} (${invariant})`;
  const lasted = toMs === null ? 'to the end' : `for ${lasting(fromMs, toMs)}`;
  const lines = [
    `  ${style[tone](severity === 'critical' ? '✕' : '!')} ${style.bold(visible(rule))} at ${formatClock(fromMs)}, ${lasted}`,
    `    ${visible(episode.message)}`,
  ];
  const where = [object, node === undefined ? undefined : `node ${node}`].filter((part) => part !== undefined);
  if (where.length > 0) lines.push(`    ${style.dim('object')}  ${visible(where.join(', '))}`);
  const fault = faultBehind(model, episode);
  if (fault !== undefined)
    lines.push(
      `    ${style.dim('fault')}   ${visible(`${fault.id}: ${faultName(fault)}`)}, since ${formatClock(fault.fromMs)}`,
    );
  const chain = explainingChain(model, episode).slice(-CHAIN_MAX);
  chain.forEach((entry, i) => lines.push(`    ${style.dim(i === 0 ? 'because' : '       ')} ${chainLine(entry)}`));
  return lines;
}

/** Why the worst node stands as it stands; where all are well, what led to the breach itself. */
function explainingChain(model: ReportModel, episode: Episode): readonly LogEntry[] {
  const timeline = model.daemonSets.find((each) => each.ref === episode.object) ?? model.daemonSets[0];
  const groups = timeline === undefined ? [] : troubleAt(timeline, { atMs: episode.fromMs, seq: episode.seq });
  const nodes = groups.flatMap((group) => group.nodes);
  const named = nodes.find((node) => node.name === episode.node);
  const log = (seq: number): LogEntry | undefined => model.log[seq];
  const byFault = firstByFault(log, nodes);
  return causeChain(log, (named ?? byFault ?? nodes[0])?.seq ?? episode.seq);
}

function chainLine(entry: LogEntry): string {
  const object = entry.object === undefined ? '' : ` ${shortName(entry.object)}`;
  return visible(`${formatClock(entry.atMs)} ${entry.actor}:${object} ${eventText(entry)}`);
}

function names(episodes: readonly Episode[]): string {
  const ids = [...new Set(episodes.map((episode) => visible(episode.id)))];
  return ids.length > 4 ? `${ids.slice(0, 4).join(', ')} …` : ids.join(', ');
}
