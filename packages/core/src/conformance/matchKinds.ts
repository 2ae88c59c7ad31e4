/** Kinds about matching: node selectors, affinity, taints and tolerations. */
import type { FieldError } from '../api/fieldError.ts';
import type { TaintEffect } from '../api/node.ts';
import {
  compileNodeSelector,
  compileNodeSelectorTerm,
  compilePodNodeMatch,
  compileRequirements,
} from '../match/selectors.ts';
import { formatRequirements } from '../match/selectorText.ts';
import {
  evictionEventMessage,
  EVICTION_EVENT_REASON,
  findUntolerated,
  minTolerationSeconds,
  noExecuteTaints,
  tolerates,
} from '../match/taints.ts';
import type { CaseRunner, Expect, Mismatch } from './case.ts';
import { compare, compareWhole } from './compare.ts';

const ALL_EFFECTS: readonly TaintEffect[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const matchKinds: Readonly<Record<string, CaseRunner>> = {
  nodeSelectorMatch: ({ given, expect = {} }) => {
    const { nodeSelector, node } = given;
    const before = JSON.stringify(nodeSelector);
    const matcher = nodeSelector === null ? undefined : compileNodeSelector(nodeSelector);
    const match = node !== null && (matcher === undefined || matcher.matches(node));
    return [
      ...compareErrors(expect, matcher?.errors ?? []),
      ...(expect['match'] === undefined ? [] : compareWhole('match', expect['match'], match)),
      ...(expect['selectorUnchanged'] === true ? compareWhole('selector', before, JSON.stringify(nodeSelector)) : []),
    ];
  },
  podMatchesNode: ({ given, expect = {} }) =>
    compareWhole('match', expect['match'], compilePodNodeMatch(given.pod.spec)(given.node)),
  requirementsToLabelSelector: ({ given, expect = {} }) => {
    const errors: FieldError[] = [];
    compileRequirements(given.requirements, '', errors);
    const selector =
      errors.length > 0 || given.requirements.length === 0 ? undefined : formatRequirements(given.requirements);
    return [
      ...compareErrors(expect, errors),
      ...compare('', { selector: expect['selector'] }, { selector }),
      ...(expect['matchesNothing'] === true ? compareWhole('matchesNothing', 0, given.requirements.length) : []),
    ];
  },
  preferredScore: ({ given, expect = {} }) => {
    const errors: FieldError[] = [];
    let score = 0;
    for (const [at, { weight, preference }] of given.preferred.entries()) {
      // A preference without weight decides nothing and is not even read.
      if (weight === 0) continue;
      const term = compileNodeSelectorTerm(preference, `[${at}]`);
      errors.push(...term.errors);
      if (given.node !== null && term.matches(given.node)) score += weight;
    }
    return expect['errors'] === undefined
      ? compareWhole('score', expect['score'], score)
      : compareErrors(expect, errors);
  },
  tolerates: ({ given, expect = {} }) =>
    compareWhole('tolerated', expect['tolerated'], tolerates(given.toleration, given.taint)),
  allTolerated: ({ given, expect = {} }) => {
    const { filter } = given;
    const effects = filter === null || filter === 'all' ? ALL_EFFECTS : filter === 'none' ? [] : filter.effects;
    const untolerated = findUntolerated(given.taints, given.tolerations, effects);
    return compareWhole('allTolerated', expect['allTolerated'], untolerated === undefined);
  },
  noExecuteTaints: ({ given, expect = {} }) =>
    compareWhole(
      'taintKeys',
      expect['taintKeys'],
      noExecuteTaints(given.taints).map(({ key }) => key),
    ),
  minTolerationSeconds: ({ given, expect = {} }) =>
    compareWhole('seconds', expect['seconds'], minTolerationSeconds(given.tolerations)),
  evictionEvent: ({ given, expect = {} }) => {
    const { name, namespace } = given.pod;
    const what = given.what === 'cancelled' ? 'cancelled' : 'marked';
    const event = {
      type: 'Normal',
      reason: EVICTION_EVENT_REASON,
      message: evictionEventMessage(what, `${namespace}/${name}`),
      count: 1,
      involvedObject: { kind: 'Pod', apiVersion: 'v1', namespace, name },
    };
    return compare('event', expect['event'], event);
  },
};

/** Errors by kind and field, in order; none expected means none may be there, unless the case asks for something else. */
function compareErrors(expect: Expect, errors: readonly FieldError[]): readonly Mismatch[] {
  const { errors: expected } = expect;
  if (expected === undefined) return [];
  const got = errors.map(({ kind, field }) => ({ type: ERROR_TYPES[kind] ?? kind, field }));
  return compareWhole('errors', expected, got);
}

export const ERROR_TYPES: Readonly<Record<string, string>> = {
  'Invalid value': 'Invalid',
  'Unsupported value': 'NotSupported',
  'Required value': 'Required',
  'Duplicate value': 'Duplicate',
};
