import type { PodSpec } from '@everynode/core/api/pod';
import type { PriorityClasses } from '@everynode/core/api/priorityClass';
import { expect, test } from 'vitest';
import { findPriority } from './priorityAdmission.ts';

const CLASSES: PriorityClasses = {
  agents: { value: 1000 },
  patient: { value: 50, preemptionPolicy: 'Never' },
};
const WITH_DEFAULTS: PriorityClasses = {
  ...CLASSES,
  usual: { value: 20, globalDefault: true },
  lesser: { value: 10, globalDefault: true },
};

function priorityOf(fields: Partial<PodSpec>, classes = CLASSES): ReturnType<typeof findPriority> {
  return findPriority({ containers: [], ...fields }, classes);
}

test.each([
  ['without a class', {}, CLASSES, { priority: 0, preemptionPolicy: 'PreemptLowerPriority' }],
  [
    'with a class of the cluster',
    { priorityClassName: 'agents' },
    CLASSES,
    { priorityClassName: 'agents', priority: 1000, preemptionPolicy: 'PreemptLowerPriority' },
  ],
  [
    'with a class that does not preempt',
    { priorityClassName: 'patient' },
    CLASSES,
    { priorityClassName: 'patient', priority: 50, preemptionPolicy: 'Never' },
  ],
  [
    'with a class that is built in',
    { priorityClassName: 'system-node-critical' },
    {},
    { priorityClassName: 'system-node-critical', priority: 2_000_001_000, preemptionPolicy: 'PreemptLowerPriority' },
  ],
  [
    'without a class where two are the default: the lower one',
    {},
    WITH_DEFAULTS,
    { priorityClassName: 'lesser', priority: 10, preemptionPolicy: 'PreemptLowerPriority' },
  ],
] as const)('A-28: a pod %s gets name, number and policy', (_what, fields, classes, expected) => {
  expect(priorityOf(fields, classes)).toEqual(expected);
});

test.each([
  ['a class that does not exist', { priorityClassName: 'gold' }, 'no PriorityClass with name gold was found'],
  [
    'a number that is not the class’s',
    { priorityClassName: 'agents', priority: 7 },
    'the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 1000 from the given PriorityClass name',
  ],
  [
    'a policy that is not the class’s',
    { preemptionPolicy: 'Never' },
    'the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name',
  ],
])('A-28: a pod with %s is forbidden', (_what, fields, message) => {
  expect(priorityOf(fields)).toMatchObject({ ok: false, code: 403, reason: 'Forbidden', message });
});

test('A-28: number and policy that are the class’s may be written out', () => {
  const written = { priorityClassName: 'patient', priority: 50, preemptionPolicy: 'Never' };
  expect(priorityOf(written)).toEqual(written);
});
