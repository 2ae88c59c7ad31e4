/** One card for each episode of a breach: what, when, the faults in force, and why the nodes stood as they stood. */
import { causeChain, type ChainLink, firstByFault, shortenChain } from './causes.ts';
import type { Episode } from './episodes.ts';
import { eventText, shortName } from './eventText.ts';
import { count, faultName, lasting } from './findings.ts';
import { type Html, html } from './html.ts';
import { momentLink } from './momentLink.ts';
import { NODE_STATES } from './nodeState.ts';
import type { ReportModel } from './report.ts';
import { formatClock } from './time.ts';
import { troubleAt, type TroubleGroup } from './trouble.ts';

const CARDS_MAX = 12;
const LINKS_MAX = 9;
const NODES_MAX = 8;
/** So many kinds of trouble are explained by one node each; the rest is seldom what the breach is about. */
const GROUPS_MAX = 3;

export function violationCards(model: ReportModel): Html {
  const { episodes } = model;
  if (episodes.length === 0) return html`<p class="empty">Nothing was broken at any moment.</p>`;
  const rest = episodes.slice(CARDS_MAX);
  return html`${episodes.slice(0, CARDS_MAX).map((episode, i) => card(model, episode, i === 0))}${
    rest.length > 0 &&
    html`<p class="empty">
      ${count(rest.length, 'more episode')}: ${[...new Set(rest.map((each) => each.id))].join(', ')}.
    </p>`
  }`;
}

function card(model: ReportModel, episode: Episode, isOpen: boolean): Html {
  const { id, invariant, severity, seq, message } = episode;
  const tone = severity === 'critical' ? 'bad' : 'remark';
  const reasons = troubleOf(model, episode).map((group) => groupChain(model, group, isOpen));
  const own = chainDetails(model, seq, { title: 'Chain of the breach itself', isOpen: isOpen && reasons.length === 0 });
  return html`<article class="card ${tone}">
    <h3>
      <span class="glyph" aria-hidden="true">${tone === 'bad' ? '✕' : '!'}</span>
      <bdi>${id}</bdi>${invariant !== id && html` <small><bdi>${invariant}</bdi></small>`}
    </h3>
    <p class="message"><bdi>${message}</bdi></p>
    <dl class="facts">${facts(model, episode)}</dl>
    ${reasons}${own}
  </article>`;
}

function facts(model: ReportModel, { fromMs, toMs, seq, breaches, severity, nodes, faults }: Episode): readonly Html[] {
  const breachesText = breaches > 1 ? `, ${breaches} breaches` : '';
  const list = [
    fact('From', momentLink(fromMs, seq)),
    fact('Lasted', html`${lasting(fromMs, toMs)}${breachesText}`),
    fact('Severity', html`${severity}`),
  ];
  if (nodes.length > 0) {
    const more = nodes.length > NODES_MAX ? ` and ${nodes.length - NODES_MAX} more` : '';
    list.push(
      fact(nodes.length === 1 ? 'Node' : 'Nodes', html`<bdi>${nodes.slice(0, NODES_MAX).join(', ')}</bdi>${more}`),
    );
  }
  const felt = faults.flatMap((id) => model.faults.filter((fault) => fault.id === id));
  if (felt.length > 0) {
    const links = felt.map(
      (each, i) => html`${i > 0 && ', '}<bdi>${faultName(each)}</bdi> since ${momentLink(each.fromMs, each.seq)}`,
    );
    list.push(fact('Faults in force', html`${links}`));
  }
  return list;
}

function fact(name: string, value: Html): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

/** The node that the breach names, or the most frequent kinds of trouble at that moment. */
function troubleOf({ daemonSets }: ReportModel, episode: Episode): readonly TroubleGroup[] {
  const timeline = daemonSets.find((each) => each.ref === episode.object) ?? daemonSets[0];
  if (timeline === undefined) return [];
  const groups = troubleAt(timeline, { atMs: episode.fromMs, seq: episode.seq });
  if (episode.node === undefined) return groups.slice(0, GROUPS_MAX);
  return groups.flatMap(({ state, nodes }) => {
    const named = nodes.filter((node) => node.name === episode.node);
    return named.length === 0 ? [] : [{ state, nodes: named }];
  });
}

function groupChain(model: ReportModel, { state, nodes }: TroubleGroup, isOpen: boolean): Html | undefined {
  const first = firstByFault((seq) => model.log[seq], nodes) ?? nodes[0];
  if (first === undefined) return undefined;
  const word = NODE_STATES[state]?.word ?? '';
  const since = formatClock(first.sinceMs);
  const title =
    nodes.length === 1
      ? `Why ${first.name} was ${word}, since ${since}`
      : `Why ${nodes.length} nodes were ${word}, such as ${first.name} since ${since}`;
  return chainDetails(model, first.seq, { title, isOpen });
}

function chainDetails(
  model: ReportModel,
  seq: number,
  { title, isOpen }: { readonly title: string; readonly isOpen: boolean },
): Html | undefined {
  const chain = causeChain((each) => model.log[each], seq);
  if (chain.length === 0) return undefined;
  return html`<details${isOpen && html` open`}><summary><bdi>${title}</bdi> (${count(chain.length, 'step')})</summary><ol class="chain">${shortenChain(chain, LINKS_MAX).map(link)}</ol></details>`;
}

function link(part: ChainLink): Html {
  if ('leftOut' in part) return html`<li class="gap">${count(part.leftOut, 'step')} left out</li>`;
  const { entry } = part;
  return html`<li>
    ${momentLink(entry.atMs, entry.seq)}<span class="actor"><bdi>${entry.actor}</bdi></span
    ><span class="did"
      >${entry.object !== undefined && html`<bdi class="object">${shortName(entry.object)}</bdi> `}<bdi
        >${eventText(entry)}</bdi
      ></span
    >
  </li>`;
}
