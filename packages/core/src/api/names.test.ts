import { expect, test } from 'vitest';
import { findDnsLabelErrors, findLabelValueErrors, findQualifiedNameErrors, findSubdomainErrors } from './names.ts';

test.each(['agent', 'a', 'node-exporter.v2', '10.0.0.1', 'a'.repeat(253)])('%j may name an object', (name) => {
  expect(findSubdomainErrors(name)).toEqual([]);
});

test.each(['Agent', '-a', 'a-', 'a..b', 'a_b', '', 'a b'])('%j may not name an object', (name) => {
  expect(findSubdomainErrors(name)).toHaveLength(1);
});

test('the server explains itself with examples and the pattern', () => {
  expect(findSubdomainErrors('A')[0]).toBe(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  );
  expect(findDnsLabelErrors('a_b')[0]).toContain("(e.g. 'my-name',  or '123-abc', regex used for validation is");
});

test.each(['app', 'app.kubernetes.io/name', 'A_b.c-9', 'x/y'])('%j may be the key of a label', (key) => {
  expect(findQualifiedNameErrors(key)).toEqual([]);
});

test.each([
  ['', 'name part must be non-empty'],
  ['a/b/c', 'a qualified name must consist of'],
  ['/b', 'prefix part must be non-empty'],
  ['A_/b', 'prefix part a lowercase RFC 1123 subdomain'],
  ['invalid key', 'name part must consist of'],
  ['a'.repeat(64), 'name part must be no more than 63 characters'],
])('%j may not be a key: %s', (key, text) => {
  expect(findQualifiedNameErrors(key).join()).toContain(text);
});

test('a label value may be empty, but not long or odd', () => {
  expect(findLabelValueErrors('')).toEqual([]);
  expect(findLabelValueErrors('a'.repeat(64))).toEqual(['must be no more than 63 characters']);
  expect(findLabelValueErrors('-a')[0]).toMatch(/^a valid label must be an empty string or consist of/);
});
