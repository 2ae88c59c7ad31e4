import { expect, test } from 'vitest';
import { compileFieldQuery } from './fieldQuery.ts';
import { findResourceType, type ResourceType } from './resourceTypes.ts';
import type { ServedObject } from './server.ts';

function typeOf(word: string): ResourceType {
  const type = findResourceType(word);
  if (type === undefined) throw new Error(`no type ${word}`);
  return type;
}

const POD: ServedObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'x' },
  spec: { nodeName: 'node-1', schedulerName: 'default-scheduler', hostNetwork: true },
  status: { phase: 'Running' },
};
const NODE: ServedObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: {} };
const EVENT: ServedObject = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e', namespace: 'x' },
  involvedObject: { kind: 'Pod', name: 'a,b' },
  reason: 'Killing',
  reportingComponent: 'kubelet',
};

test.each([
  ['pods', POD, 'spec.nodeName=node-1', true],
  ['pods', POD, 'spec.host==node-1', true],
  ['pods', POD, 'status.phase!=Running', false],
  ['pods', POD, 'metadata.name=p,metadata.namespace=x,spec.schedulerName=default-scheduler', true],
  ['pods', POD, 'metadata.name=p,metadata.namespace=y', false],
  ['pods', POD, 'spec.hostNetwork=true', true],
  ['pods', POD, 'status.nominatedNodeName=', true],
  ['pods', POD, '', true],
  ['nodes', NODE, 'spec.unschedulable=false', true],
  ['nodes', NODE, 'spec.unschedulable=true', false],
  ['events', EVENT, 'involvedObject.name=a\\,b,reason=Killing', true],
  ['events', EVENT, 'source=kubelet', true],
])('of %s, an object is judged by %3$j', (word, object, selector, isPicked) => {
  const query = compileFieldQuery(selector, typeOf(word));
  expect(query.ok && query.matches(object)).toBe(isPicked);
});

test.each([
  ['pods', 'spec.nope=x', 'field label not supported: spec.nope'],
  ['pods', 'status.phase=x,spec.nope=x', 'field label not supported: spec.nope'],
  ['ds', 'status.phase=x', '"status.phase" is not a known field selector: only "metadata.name", "metadata.namespace"'],
  ['pods', 'a', "invalid selector: 'a'; can't understand 'a'"],
  ['pods', 'a=b\\x', 'invalid field selector: invalid escape sequence: \\x'],
  ['pods', 'a=b=c', 'invalid field selector: unescaped character in value: 61'],
])('of %s, %j is refused in the server’s words', (word, selector, error) => {
  expect(compileFieldQuery(selector, typeOf(word))).toEqual({ ok: false, error });
});
