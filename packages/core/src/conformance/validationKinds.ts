/** Kinds about what the API accepts, and what it fills in. */
import { defaultDaemonSet } from '../api/defaults.ts';
import type { FieldError } from '../api/fieldError.ts';
import {
  type GivenRevision,
  validateDaemonSet,
  validateDaemonSetApiUpdate,
  validateDaemonSetStatusUpdate,
  validateDaemonSetUpdate,
  validateRevision,
  validateRevisionUpdate,
  validateRollingUpdate,
} from '../api/validation.ts';
import type { CaseRunner, Expect, Given, Mismatch } from './case.ts';
import { compareWhole } from './compare.ts';
import { ERROR_TYPES } from './matchKinds.ts';

export const validationKinds: Readonly<Record<string, CaseRunner>> = {
  // A manifest is checked with its defaults, as the server does it.
  validateCreate: ({ given, expect = {} }) => check(expect, validateDaemonSet(defaultDaemonSet(given.daemonSet))),
  validateUpdate: ({ given, expect = {} }) => check(expect, validateDaemonSetUpdate(given.new, given.old)),
  validateApiUpdate: ({ given, expect = {} }) =>
    check(expect, validateDaemonSetApiUpdate(given.new, given.old, given.apiVersion)),
  validateStatusUpdate: ({ given, expect = {} }) => check(expect, validateDaemonSetStatusUpdate(given.new, given.old)),
  validateRollingUpdate: ({ given, expect = {} }) => check(expect, validateRollingUpdate(given.rollingUpdate)),
  validateRevisionCreate: ({ given, expect = {} }) => check(expect, validateRevision(readRevision(given.revision))),
  validateRevisionUpdate: ({ given, expect = {} }) =>
    check(expect, validateRevisionUpdate(readRevision(given.new), readRevision(given.old))),
  defaults: ({ given, expect = {} }) => compareWhole('spec', expect['spec'], defaultDaemonSet(given.daemonSet).spec),
};

function check(expect: Expect, errors: readonly FieldError[]): readonly Mismatch[] {
  const { valid, errorCount, errors: expected } = expect;
  const got = errors.map(({ kind, field, detail }) => ({ type: ERROR_TYPES[kind] ?? kind, field, detail }));
  return [
    ...compareWhole(`valid (${JSON.stringify(got)})`, valid, errors.length === 0),
    ...(errorCount === undefined ? [] : compareWhole('errorCount', errorCount, errors.length)),
    ...(expected === undefined ? [] : compareWhole('errors', expected, got)),
  ];
}

/** The data of a revision as text; what is no JSON at all counts as none. */
function readRevision({ metadata, revision, rawData }: Given): GivenRevision {
  try {
    return { metadata, revision, data: JSON.parse(rawData) };
  } catch {
    return { metadata, revision };
  }
}
