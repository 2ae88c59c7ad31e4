/** Field selectors: `spec.nodeName=node-1,status.phase!=Running`. Twin: apimachinery fields.ParseSelector and each kind's selectable fields. */
import { compareKeys } from '@everynode/core/api/meta';
import type { CompiledQuery } from './labelQuery.ts';
import { readText } from './readField.ts';
import type { ResourceType } from './resourceTypes.ts';
import type { ServedObject } from './server.ts';

type FieldReader = (object: ServedObject) => string;

interface Term {
  readonly field: string;
  readonly isEqual: boolean;
  readonly value: string;
}

const META: Readonly<Record<string, FieldReader>> = {
  'metadata.name': ({ metadata }) => metadata.name,
  'metadata.namespace': ({ metadata }) => metadata.namespace ?? '',
};

/** Fields by kind; a kind that is not here has its name and namespace, and says so in other words. */
const SELECTABLE: Readonly<Record<string, Readonly<Record<string, FieldReader>>>> = {
  Pod: {
    ...META,
    ...readers(['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName']),
    ...readers(['status.phase', 'status.podIP', 'status.nominatedNodeName']),
    'spec.host': (pod) => readText(pod, 'spec.nodeName'),
    'spec.hostNetwork': (pod) => String(readText(pod, 'spec.hostNetwork') === 'true'),
    // Asked for without an error, and never there.
    'status.podIPs': () => '',
  },
  Node: {
    'metadata.name': ({ metadata }) => metadata.name,
    'spec.unschedulable': (node) => String(readText(node, 'spec.unschedulable') === 'true'),
  },
  Namespace: { 'metadata.name': ({ metadata }) => metadata.name, ...readers(['status.phase']) },
  Event: {
    ...META,
    ...readers(['involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid']),
    ...readers(['involvedObject.apiVersion', 'involvedObject.resourceVersion', 'involvedObject.fieldPath']),
    ...readers(['reason', 'type']),
    reportingComponent: (event) => readText(event, 'reportingComponent'),
    source: (event) => readText(event, 'source.component') || readText(event, 'reportingComponent'),
  },
};

/** Makes a selector ready for a type; its error is what the server answers. */
export function compileFieldQuery(text: string, { kind }: ResourceType): CompiledQuery {
  const terms = parseTerms(text);
  if (typeof terms === 'string') return { ok: false, error: terms };
  const own = Object.hasOwn(SELECTABLE, kind) ? SELECTABLE[kind] : undefined;
  const selectable = own ?? META;
  const tests: ((object: ServedObject) => boolean)[] = [];
  for (const { field, isEqual, value } of terms) {
    const read = Object.hasOwn(selectable, field) ? selectable[field] : undefined;
    if (read === undefined) {
      const error =
        own === undefined
          ? `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
          : `field label not supported: ${field}`;
      return { ok: false, error };
    }
    tests.push((object) => (read(object) === value) === isEqual);
  }
  return { ok: true, matches: (object) => tests.every((test) => test(object)) };
}

function readers(fields: readonly string[]): Readonly<Record<string, FieldReader>> {
  return Object.fromEntries(fields.map((field) => [field, (object: ServedObject) => readText(object, field)]));
}

/** The terms in the order in which the server looks at them, or what is wrong with one. */
function parseTerms(selector: string): readonly Term[] | string {
  const terms: Term[] = [];
  for (const part of splitAtCommas(selector).sort(compareKeys)) {
    if (part === '') continue;
    const operator = /!=|==|=/.exec(part);
    if (operator === null) return `invalid selector: '${selector}'; can't understand '${part}'`;
    const value = unescape(part.slice(operator.index + operator[0].length));
    if (!value.ok) return `invalid field selector: ${value.error}`;
    terms.push({ field: part.slice(0, operator.index), isEqual: operator[0] !== '!=', value: value.text });
  }
  return terms;
}

/** A comma behind a backslash belongs to its value. */
function splitAtCommas(selector: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < selector.length; at += 1) {
    if (selector[at] === '\\') {
      at += 1;
    } else if (selector[at] === ',') {
      parts.push(selector.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, selector.slice(from)];
}

/** A backslash stands before a backslash, a comma or an equals sign that means itself. */
function unescape(
  value: string,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string } {
  let text = '';
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at] ?? '';
    if (character === '\\') {
      at += 1;
      const escaped = value[at] ?? '';
      if (!['\\', ',', '='].includes(escaped)) return { ok: false, error: `invalid escape sequence: \\${escaped}` };
      text += escaped;
    } else if (character === '=') {
      // Go prints the character's number.
      return { ok: false, error: `unescaped character in value: ${character.charCodeAt(0)}` };
    } else {
      text += character;
    }
  }
  return { ok: true, text };
}
