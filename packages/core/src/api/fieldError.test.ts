import { expect, test } from 'vitest';
import { fieldError, formatFieldError, formatInvalid, unsupported } from './fieldError.ts';

const mismatch = fieldError(
  'Invalid value',
  'spec.template.metadata.labels',
  { a: 'b' },
  '`selector` does not match template `labels`',
);
const required = fieldError('Required value', 'spec.template.spec.containers', '', '');

test('an error reads as the API server prints it', () => {
  expect(formatFieldError(mismatch)).toBe(
    'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
  );
  expect(formatFieldError(required)).toBe('spec.template.spec.containers: Required value');
  expect(formatFieldError(unsupported('spec.template.spec.restartPolicy', 'Never', ['Always']))).toBe(
    'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
  );
  expect(
    formatFieldError(fieldError('Invalid value', 'spec.minReadySeconds', -1, 'must be greater than or equal to 0')),
  ).toBe('spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0');
});

test('several errors stand in brackets, equal ones once', () => {
  expect(formatInvalid('DaemonSet.apps', 'x', [required, required])).toBe(
    'DaemonSet.apps "x" is invalid: spec.template.spec.containers: Required value',
  );
  expect(formatInvalid('DaemonSet.apps', 'x', [required, mismatch])).toMatch(/is invalid: \[spec\..*, spec\..*]$/);
});
