/** Rules about nodes. Upstream writes the path of a taint under `metadata`. Twin: apis/core/validation ValidateNode, ValidateNodeUpdate. Rules: DS-V10. */
import { duplicate, type FieldError, forbidden, invalid, required, unsupported } from './fieldError.ts';
import { fieldsOf, listOf, textOf } from './goText.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metaValidation.ts';
import { findLabelValueErrors, findQualifiedNameErrors } from './names.ts';
import type { Node } from './node.ts';
import { TAINT_EFFECTS } from './placementValidation.ts';
import { validateNodeResource } from './resourceValidation.ts';

const TAINTS_PATH = 'metadata.taints';

export function validateNode(node: Node): readonly FieldError[] {
  return [
    ...validateObjectMeta(node.metadata, 'metadata', false),
    ...validateTaints(node),
    ...validateNodeResources(node),
  ];
}

/** Of the whole node or of its status. */
export function validateNodeUpdate(node: Node, before: Node): readonly FieldError[] {
  const errors = [
    ...validateObjectMetaUpdate(node.metadata, before.metadata),
    ...validateNodeResources(node),
    ...validateAddresses(node),
  ];
  const providerID = textOf(fieldsOf(before.spec)['providerID']);
  if (providerID !== '' && providerID !== textOf(fieldsOf(node.spec)['providerID'])) {
    const text = 'node updates may not change providerID except from "" to valid';
    errors.push(forbidden('spec.providerID', text));
  }
  return [...errors, ...validateTaints(node)];
}

/** A set per effect instead of comparing all with all: somebody may send ten thousand. */
function* validateTaints(node: Node): Iterable<FieldError> {
  const seen = new Set<string>();
  for (const [at, taint] of listOf(fieldsOf(node.spec)['taints']).entries()) {
    const here = `${TAINTS_PATH}[${at}]`;
    const key = textOf(taint['key']);
    const value = textOf(taint['value']);
    const effect = textOf(taint['effect']);
    for (const text of findQualifiedNameErrors(key)) yield invalid(`${here}.key`, key, text);
    const valueErrors = findLabelValueErrors(value);
    if (valueErrors.length > 0) yield invalid(`${here}.value`, value, valueErrors.join(';'));
    if (effect === '') yield required(`${here}.effect`);
    else if (!TAINT_EFFECTS.includes(effect)) yield unsupported(`${here}.effect`, effect, TAINT_EFFECTS);
    const pair = `${effect} ${key}`;
    // As Go names the fields: the server prints its own form of the taint here.
    const shown = { Key: key, Value: value, Effect: effect, TimeAdded: taint['timeAdded'] ?? null };
    if (seen.has(pair)) yield duplicate(here, shown, 'taints must be unique by key and effect pair');
    seen.add(pair);
  }
}

function* validateNodeResources(node: Node): Iterable<FieldError> {
  for (const list of ['capacity', 'allocatable']) {
    for (const [name, quantity] of Object.entries(fieldsOf(fieldsOf(node.status)[list])))
      yield* validateNodeResource(name, quantity, `status.${list}.${name}`);
  }
}

function* validateAddresses(node: Node): Iterable<FieldError> {
  const seen = new Set<string>();
  for (const [at, address] of listOf(fieldsOf(node.status)['addresses']).entries()) {
    const shown = { Type: textOf(address['type']), Address: textOf(address['address']) };
    const key = JSON.stringify(shown);
    if (seen.has(key)) yield duplicate(`status.addresses[${at}]`, shown);
    seen.add(key);
  }
}
