/** What users write on Nodes: taints, labels, and whether anything may be scheduled there. Rules: D-1, N-14. */
import type { Node, Taint, TaintEffect } from '@everynode/core/api/node';
import type { ApiRequest } from '@everynode/core/api/requests';
import { formed, json, nodes } from '../params.ts';
import { cordonPatch } from '../kubectl/draining.ts';
import { nameOf, namesIn, sayOutcome, withObject } from '../kubectl/words.ts';
import { type AnyOperation, defineOperation } from './operation.ts';

const KEY_AND_VALUE = '([^=:]+)(?:=([^:]*))?';
const EFFECT = '(NoSchedule|PreferNoSchedule|NoExecute)';
const TAINT_PATTERN = new RegExp(`^${KEY_AND_VALUE}(?::${EFFECT})?$`);

export const taint: AnyOperation = defineOperation({
  summary: 'Taints nodes, as `kubectl taint` does.',
  params: {
    nodes: nodes('which nodes'),
    taint: formed(
      'key=value:Effect, or key:Effect',
      `^${KEY_AND_VALUE}:${EFFECT}$`,
      'a taint such as key=value:NoSchedule or key:NoExecute',
    ),
  },
  perform: ({ params, send, say }) => {
    const added = parseTaint(params.taint);
    if (added?.effect === undefined) {
      say(`error: invalid taint spec: ${params.taint}`);
      return;
    }
    const { key, value, effect } = added;
    const taintOf: Taint = { key, ...(value === undefined ? {} : { value }), effect };
    for (const name of namesIn(params.nodes)) {
      withObject<Node>({ send, say }, 'Node', name, (node) => {
        const others = (node.spec?.taints ?? []).filter((each) => each.key !== key || each.effect !== effect);
        send(taintsPatch(name, [...others, taintOf]), sayOutcome(say, `${nameOf('Node', name)} tainted`));
      });
    }
  },
});

export const untaint: AnyOperation = defineOperation({
  summary: 'Removes a taint from nodes, as `kubectl taint` with a minus does.',
  params: {
    nodes: nodes('which nodes'),
    taint: formed('key, or key:Effect', `^${KEY_AND_VALUE}(?::${EFFECT})?$`, 'a taint such as key or key:NoExecute'),
  },
  perform: ({ params, send, say }) => {
    const removed = parseTaint(params.taint);
    for (const name of namesIn(params.nodes)) {
      withObject<Node>({ send, say }, 'Node', name, (node) => {
        const taints = node.spec?.taints ?? [];
        const kept = taints.filter(({ key, effect }) => key !== removed?.key || (removed.effect ?? effect) !== effect);
        if (kept.length === taints.length) say(`error: taint ${JSON.stringify(params.taint)} not found`);
        else send(taintsPatch(name, kept), sayOutcome(say, `${nameOf('Node', name)} untainted`));
      });
    }
  },
});

export const label: AnyOperation = defineOperation({
  summary: 'Sets labels of nodes, or removes them with null, as `kubectl label` does.',
  params: {
    nodes: nodes('which nodes'),
    labels: json<Readonly<Record<string, string | null>>>('label to value; null removes it', {
      type: 'object',
      minProperties: 1,
      additionalProperties: { type: ['string', 'null'] },
    }),
  },
  perform: ({ params, send, say }) => {
    for (const name of namesIn(params.nodes)) {
      const body = { metadata: { labels: params.labels } };
      send(
        { verb: 'patch', kind: 'Node', key: name, patch: { type: 'merge', body } },
        sayOutcome(say, `${nameOf('Node', name)} labeled`),
      );
    }
  },
});

export const cordon: AnyOperation = defineOperation({
  summary: 'Marks nodes unschedulable; daemon pods do not mind (D-1).',
  params: { nodes: nodes('which nodes') },
  perform: ({ params, send, say }) => {
    for (const name of namesIn(params.nodes)) {
      send(cordonPatch(name, true), sayOutcome(say, `${nameOf('Node', name)} cordoned`));
    }
  },
});

export const uncordon: AnyOperation = defineOperation({
  summary: 'Makes nodes schedulable again.',
  params: { nodes: nodes('which nodes') },
  perform: ({ params, send, say }) => {
    for (const name of namesIn(params.nodes)) {
      send(cordonPatch(name, false), sayOutcome(say, `${nameOf('Node', name)} uncordoned`));
    }
  },
});

function taintsPatch(node: string, taints: readonly Taint[]): ApiRequest {
  const body = { spec: { taints: taints.length === 0 ? null : taints } };
  return { verb: 'patch', kind: 'Node', key: node, patch: { type: 'merge', body } };
}

interface ParsedTaint {
  readonly key: string;
  readonly value: string | undefined;
  readonly effect: TaintEffect | undefined;
}

function parseTaint(written: string): ParsedTaint | undefined {
  const match = TAINT_PATTERN.exec(written);
  if (match === null) return undefined;
  const [, key = '', value, effect] = match;
  return { key, value: value === '' ? undefined : value, effect: effect as TaintEffect | undefined };
}
