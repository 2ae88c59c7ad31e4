/** How each assertion of the run ended, as a table: what failed comes first, laws that were kept share one line. */
import type { AssertionRecord } from '@everynode/trace/record';
import type { Episode } from './episodes.ts';
import { count } from './findings.ts';
import { type Html, html } from './html.ts';
import { momentLink } from './momentLink.ts';
import type { ReportModel } from './report.ts';
import { formatDuration } from './time.ts';

export function assertionTable({ assertions, episodes }: ReportModel): Html {
  if (assertions.length === 0) return html`<p class="empty">The trace holds no assertions.</p>`;
  const quietLaws = assertions.filter((each) => each.block === 'law' && each.result !== 'failed');
  const rows = assertions.filter((each) => !quietLaws.includes(each));
  return html`<table class="assertions">
    <thead>
      <tr>
        <th scope="col">Result</th>
        <th scope="col">Assertion</th>
        <th scope="col">When</th>
        <th scope="col">Demanded</th>
        <th scope="col">Worst</th>
        <th scope="col" class="number">First broken</th>
        <th scope="col" class="number">For</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map((each) => row(each, episodes))}${lawRow(quietLaws)}
    </tbody>
  </table>`;
}

function row(assertion: AssertionRecord, episodes: readonly Episode[]): Html {
  const { id, invariant, block, demanded, worst, message, source, firstViolatedAtMs: first } = assertion;
  const episode = episodes.find((each) => each.id === id);
  const result = resultOf(assertion);
  return html`<tr class="${result.tone}">
    <td class="result"><span class="glyph" aria-hidden="true">${result.glyph}</span> ${result.word}</td>
    <th scope="row">
      <bdi>${id}</bdi
      >${invariant !== id && html` <small><bdi>${invariant}</bdi></small>`}${message !== '' && assertion.result !== 'held' && html`<div class="message"><bdi>${message}</bdi></div>`}${source !== undefined && assertion.result !== 'held' && html`<div class="source"><bdi>${source}</bdi></div>`}
    </th>
    <td>${block}</td>
    <td><bdi>${demanded}</bdi></td>
    <td><bdi>${worst}</bdi></td>
    <td class="number">${first === null ? '–' : momentLink(first, episode?.seq)}</td>
    <td class="number">${first === null ? '–' : formatDuration(assertion.violatedMs)}</td>
  </tr>`;
}

interface Result {
  readonly glyph: string;
  readonly word: string;
  readonly tone: 'good' | 'bad' | 'remark';
}

/** Only what is critical may be red: an observation is a remark, whatever came of it. */
function resultOf({ result, severity }: AssertionRecord): Result {
  if (result === 'held') return { glyph: '✓', word: 'held', tone: 'good' };
  if (result === 'not-evaluated') return { glyph: '–', word: 'not evaluated', tone: 'remark' };
  if (severity === 'critical') return { glyph: '✕', word: 'failed', tone: 'bad' };
  return { glyph: '!', word: severity === 'warning' ? 'warning' : 'observed', tone: 'remark' };
}

/** Laws that were not broken, in one line: those that held, and those that had nothing to judge. */
function lawRow(laws: readonly AssertionRecord[]): Html | undefined {
  if (laws.length === 0) return undefined;
  const held = laws.filter((each) => each.result === 'held');
  const idle = laws.filter((each) => each.result === 'not-evaluated').map((each) => each.id);
  const note = idle.length === 0 ? '' : `; nothing happened that ${idle.join(', ')} could judge`;
  return html`<tr class="good">
    <td class="result"><span class="glyph" aria-hidden="true">✓</span> held</td>
    <th scope="row">
      ${count(held.length, 'law')} of the controller <small>${held.map((each) => each.id).join(', ')}${note}</small>
    </th>
    <td>law</td>
    <td></td>
    <td></td>
    <td class="number">–</td>
    <td class="number">–</td>
  </tr>`;
}
