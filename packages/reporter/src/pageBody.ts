/** The static part of the page, in the order of the questions: broken? by what? how do I run it? then all the rest. */
import { assertionTable } from './assertionTable.ts';
import { coverageChart } from './chart.ts';
import { shortName } from './eventText.ts';
import { count, faultName } from './findings.ts';
import { type Html, html } from './html.ts';
import { momentLink } from './momentLink.ts';
import { nodeTables } from './nodeTables.ts';
import type { FaultRow, ReportModel } from './report.ts';
import { shellCommand } from './shellCommand.ts';
import { formatDuration } from './time.ts';
import { VERDICTS } from './verdict.ts';
import { violationCards } from './violationCards.ts';

export function pageBody(model: ReportModel): Html {
  return html`<a class="skip" href="#timeline">Skip to the timeline</a>
    ${header(model)}
    <main>
      <section aria-labelledby="assertions">
        <h2 id="assertions">Assertions</h2>
        <div class="scroll" tabindex="0" role="region" aria-labelledby="assertions">${assertionTable(model)}</div>
      </section>
      <section aria-labelledby="timeline-title" id="timeline">
        <h2 id="timeline-title">Timeline</h2>
        <p class="blocked" id="blocked">
          This viewer blocks scripts. Download the file and open it to use the timeline.
        </p>
        <div id="viewer"></div>
        <div id="static-timeline">${charts(model)}</div>
      </section>
      <section aria-labelledby="violations">
        <h2 id="violations">Violations</h2>
        ${violationCards(model)}
      </section>
      <section aria-labelledby="faults">
        <h2 id="faults">Faults</h2>
        ${faultTable(model.faults)}
      </section>
      <section aria-labelledby="nodes">
        <h2 id="nodes">Nodes</h2>
        ${model.daemonSets.length === 0 ? html`<p class="empty">The run has no DaemonSet.</p>` : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="nodes">${model.daemonSets.map((timeline) => nodeTables(model, timeline))}</div>`}
      </section>
      <section aria-labelledby="run-facts">
        <h2 id="run-facts">Run</h2>
        ${runFacts(model)}
      </section>
    </main>
    <footer>
      <p>
        ${model.tool}. Digest
        ${model.digest === '' ? 'unknown, the trace has no end' : html`<code>${model.digest}</code>`}.
      </p>
    </footer>`;
}

function header(model: ReportModel): Html {
  const verdict = VERDICTS[model.verdict];
  const facts = [
    `seed ${model.seed}`,
    `Kubernetes ${model.kubernetes}`,
    count(model.nodes.length, 'node'),
    `${formatDuration(model.endMs)} virtual`,
    count(model.log.length, 'event'),
  ];
  const [what, why] = model.reason;
  return html`<header class="verdict ${verdict.tone}">
    <h1>
      <span class="badge"><span aria-hidden="true">${verdict.glyph}</span> ${verdict.word}</span>
      <bdi>${model.scenario}</bdi>
    </h1>
    <ul class="run">
      ${facts.map((fact) => html`<li><bdi>${fact}</bdi></li>`)}${model.params.map(([name, value]) => html`<li><bdi>${name}: ${String(value)}</bdi></li>`)}
    </ul>
    <p class="what"><bdi>${what}</bdi></p>
    <p class="why"><bdi>${why}</bdi></p>
    ${command(model.repro)}
  </header>`;
}

function command(argv: readonly string[]): Html {
  const line = shellCommand(argv);
  if (line === undefined)
    return html`<p class="command refused">
      The command that repeats this run holds control characters and is not shown.
    </p>`;
  return html`<div class="command">
    <span class="prompt" aria-hidden="true">$</span><code id="command">${line}</code>
  </div>`;
}

function charts(model: ReportModel): Html {
  if (model.daemonSets.length === 0) return html`<p class="empty">No chart: the run has no DaemonSet.</p>`;
  return html`${model.daemonSets.map((timeline) => {
    const chart = coverageChart(model, timeline);
    return html`<figure>
      <figcaption>Coverage of <bdi>${shortName(timeline.ref)}</bdi></figcaption>
      ${chart ?? html`<p class="empty">No chart: the DaemonSet never had a pod or a status.</p>`}
    </figure>`;
  })}`;
}

function faultTable(faults: readonly FaultRow[]): Html {
  if (faults.length === 0) return html`<p class="empty">The run had no faults.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="faults">
    <table>
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">Fault</th>
          <th scope="col" class="number">From</th>
          <th scope="col" class="number">To</th>
          <th scope="col" class="number">Effects</th>
        </tr>
      </thead>
      <tbody>
        ${faults.map(faultRow)}
      </tbody>
    </table>
  </div>`;
}

function faultRow(fault: FaultRow): Html {
  const idle = fault.bites === 0;
  const effects = fault.bites === null ? '–' : idle ? (fault.mayBeVacuous ? 'none (allowed)' : 'none') : fault.bites;
  return html`<tr class="${idle && !fault.mayBeVacuous && 'remark'}">
    <th scope="row"><bdi>${fault.id}</bdi></th>
    <td>⚡ <bdi>${faultName(fault)}</bdi></td>
    <td class="number">${momentLink(fault.fromMs, fault.seq)}</td>
    <td class="number">${fault.toEnd ? 'end' : momentLink(fault.toMs)}</td>
    <td class="number">${effects}</td>
  </tr>`;
}

function runFacts(model: ReportModel): Html {
  return html`${model.description !== '' && html`<p><bdi>${model.description}</bdi></p>`}
    <dl class="facts">
      <div>
        <dt>Scenario</dt>
        <dd><bdi>${model.scenario}</bdi></dd>
      </div>
      <div>
        <dt>Seed</dt>
        <dd><bdi>${model.seed}</bdi></dd>
      </div>
      <div>
        <dt>Kubernetes</dt>
        <dd>${model.kubernetes}</dd>
      </div>
      <div>
        <dt>Tool</dt>
        <dd>${model.tool}</dd>
      </div>
      ${model.params.map(
        ([name, value]) =>
          html`<div>
            <dt><bdi>${name}</bdi></dt>
            <dd><bdi>${String(value)}</bdi></dd>
          </div>`,
      )}
    </dl>`;
}
