/**
 * Rules about names, labels, owners and versions that every object obeys. A field of a wrong type, which the decoder
 * refuses, reads as absent. Twin: apimachinery api/validation objectmeta.go. Rules: DS-V5, DS-V6.
 */
import type { LabelSelector } from './daemonSet.ts';
import { type FieldError, forbidden, invalid, required, tooLong } from './fieldError.ts';
import { fieldsOf, isGiven, listOf, numberOf, textOf, textsOf } from './goText.ts';
import type { ObjectMeta } from './meta.ts';
import {
  findDnsLabelErrors,
  findLabelValueErrors,
  findPrefixErrors,
  findQualifiedNameErrors,
  findSubdomainErrors,
} from './names.ts';
import { notNegative } from './numberValidation.ts';

/** Annotations of one object together; it keeps a whole manifest from being stored in one. */
const ANNOTATIONS_BYTES_MAX = 262_144;
/** Finalizers that need no domain in front. */
const PLAIN_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** For a new object whose name has been made; `isNamespaced` false: of a kind such as Node. */
export function validateObjectMeta(
  metadata: ObjectMeta,
  path = 'metadata',
  isNamespaced = true,
): readonly FieldError[] {
  const { name, namespace, generateName } = fieldsOf(metadata);
  const errors: FieldError[] = [];
  const prefix = textOf(generateName);
  if (prefix !== '') errors.push(...invalidText(`${path}.generateName`, prefix, findPrefixErrors));
  if (textOf(name) !== '') errors.push(...invalidText(`${path}.name`, textOf(name), findSubdomainErrors));
  else if (prefix === '') errors.push(required(`${path}.name`, 'name or generateName is required'));
  const space = textOf(namespace);
  if (!isNamespaced) {
    if (space !== '') errors.push(forbidden(`${path}.namespace`, 'not allowed on this type'));
  } else if (space === '') errors.push(required(`${path}.namespace`));
  else errors.push(...invalidText(`${path}.namespace`, space, findDnsLabelErrors));
  return [...errors, ...validateCommon(metadata, path), ...validateFinalizers(metadata, path)];
}

/** An update must name the version that it is based on, and may not rename. */
export function validateObjectMetaUpdate(
  metadata: ObjectMeta,
  before: ObjectMeta,
  path = 'metadata',
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (isGiven(before.deletionTimestamp)) errors.push(...validateNoNewFinalizers(metadata, before, path));
  if ((metadata.resourceVersion ?? '') === '') {
    // Upstream prints its own number here, not the text.
    errors.push(invalid(`${path}.resourceVersion`, 0, 'must be specified for an update'));
  }
  for (const field of ['name', 'namespace', 'uid'] as const) {
    const value = metadata[field] ?? before[field];
    if (value !== before[field]) errors.push(invalid(`${path}.${field}`, value, 'field is immutable'));
  }
  errors.push(...validateCommon(metadata, path));
  return [...errors, ...validatePlainFinalizers(metadata, path)];
}

/** Keys and values; the server names the map, not the key, as the place of the fault. */
export function validateLabels(labels: unknown, path: string): readonly FieldError[] {
  return Object.entries(fieldsOf(labels)).flatMap(([key, value]) => [
    ...invalidText(path, key, findQualifiedNameErrors),
    ...invalidText(path, textOf(value), findLabelValueErrors),
  ]);
}

export function validateAnnotations(annotations: unknown, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  let length = 0;
  for (const [key, value] of Object.entries(fieldsOf(annotations))) {
    // Annotation keys may be written in capitals, which labels may as well; the prefix is judged in small letters.
    errors.push(...invalidText(path, key, (text) => findQualifiedNameErrors(text.toLowerCase())));
    length += key.length + textOf(value).length;
  }
  return length > ANNOTATIONS_BYTES_MAX ? [...errors, tooLong(path, ANNOTATIONS_BYTES_MAX)] : errors;
}

export function validateLabelSelector(selector: LabelSelector | undefined, path: string): readonly FieldError[] {
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  const errors = [...validateLabels(matchLabels, `${path}.matchLabels`)];
  for (const [at, requirement] of listOf(matchExpressions).entries()) {
    const here = `${path}.matchExpressions[${at}]`;
    const operator = textOf(requirement['operator']);
    const values = textsOf(requirement['values']);
    if (operator === 'In' || operator === 'NotIn') {
      const text = "must be specified when `operator` is 'In' or 'NotIn'";
      if (values.length === 0) errors.push(required(`${here}.values`, text));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      const text = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      if (values.length > 0) errors.push(forbidden(`${here}.values`, text));
    } else errors.push(invalid(`${here}.operator`, operator, 'not a valid selector operator'));
    errors.push(...invalidText(`${here}.key`, textOf(requirement['key']), findQualifiedNameErrors));
    for (const [valueAt, value] of values.entries())
      errors.push(...invalidText(`${here}.values[${valueAt}]`, value, findLabelValueErrors));
  }
  return errors;
}

function validateCommon(metadata: ObjectMeta, path: string): readonly FieldError[] {
  const { generation, labels, annotations, ownerReferences } = fieldsOf(metadata);
  return [
    ...notNegative(`${path}.generation`, numberOf(generation)),
    ...validateLabels(labels, `${path}.labels`),
    ...validateAnnotations(annotations, `${path}.annotations`),
    ...validateOwners(ownerReferences, `${path}.ownerReferences`),
  ];
}

/** Nothing is said of owners that do not exist, nor of circles: those are the garbage collector's. */
function* validateOwners(ownerReferences: unknown, path: string): Iterable<FieldError> {
  let controller: string | undefined;
  for (const [at, owner] of listOf(ownerReferences).entries()) {
    const here = `${path}[${at}]`;
    const apiVersion = textOf(owner['apiVersion']);
    const kind = textOf(owner['kind']);
    if (apiVersion === '') yield required(`${here}.apiVersion`, 'must not be empty');
    else if (!/^([^/]+\/)?[^/]+$/.test(apiVersion))
      yield invalid(`${here}.apiVersion`, apiVersion, 'must be <group>/<version> or <version>');
    for (const field of ['kind', 'name', 'uid'])
      if (textOf(owner[field]) === '') yield required(`${here}.${field}`, 'must not be empty');
    if (apiVersion === 'v1' && kind === 'Event')
      yield invalid(here, owner, '/v1, Kind=Event is disallowed from being an owner');
    if (owner['controller'] !== true) continue;
    const own = `${kind}/${textOf(owner['name'])}`;
    if (controller !== undefined) {
      const text = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${own}`;
      yield invalid(path, ownerReferences, text);
    } else controller = own;
  }
}

function* validateFinalizers(metadata: ObjectMeta, path: string): Iterable<FieldError> {
  const finalizers = textsOf(fieldsOf(metadata)['finalizers']);
  const field = `${path}.finalizers`;
  for (const finalizer of finalizers) yield* invalidText(field, finalizer, findQualifiedNameErrors);
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
    yield invalid(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set');
  yield* validatePlainFinalizers(metadata, path);
}

function* validatePlainFinalizers(metadata: ObjectMeta, path: string): Iterable<FieldError> {
  for (const [at, finalizer] of textsOf(fieldsOf(metadata)['finalizers']).entries()) {
    const text = 'name is neither a standard finalizer name nor is it fully qualified';
    if (!finalizer.includes('/') && !PLAIN_FINALIZERS.includes(finalizer))
      yield invalid(`${path}.finalizers[${at}]`, finalizer, text);
  }
}

function* validateNoNewFinalizers(metadata: ObjectMeta, before: ObjectMeta, path: string): Iterable<FieldError> {
  const known = textsOf(before.finalizers);
  const added = textsOf(fieldsOf(metadata)['finalizers']).filter((each) => !known.includes(each));
  if (added.length === 0) return;
  const shown = added.map((each) => JSON.stringify(each)).join(', ');
  const text = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${shown}}`;
  yield forbidden(`${path}.finalizers`, text);
}

function invalidText(path: string, value: string, find: (text: string) => readonly string[]): readonly FieldError[] {
  return find(value).map((text) => invalid(path, value, text));
}
