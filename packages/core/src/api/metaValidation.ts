/** Rules about names, labels and versions that every object obeys. Twin: apimachinery api/validation objectmeta.go. Rules: DS-V5, DS-V6. */
import type { LabelSelector } from './daemonSet.ts';
import { fieldError, type FieldError } from './fieldError.ts';
import type { ObjectMeta } from './meta.ts';
import { findDnsLabelErrors, findLabelValueErrors, findQualifiedNameErrors, findSubdomainErrors } from './names.ts';
import { isObject } from './patch.ts';

/** Annotations of one object together; it keeps a whole manifest from being stored in one. */
const ANNOTATIONS_BYTES_MAX = 262_144;

/** For a new object with a namespace. */
export function validateObjectMeta(metadata: ObjectMeta, path = 'metadata'): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { name, namespace, generateName }: { name?: unknown; namespace?: unknown; generateName?: unknown } = metadata;
  const isNamed = name !== undefined && name !== null && name !== '';
  if (isNamed) errors.push(...invalidText(`${path}.name`, name, findSubdomainErrors));
  else if (generateName === undefined || generateName === '') {
    errors.push(fieldError('Required value', `${path}.name`, '', 'name or generateName is required'));
  } else {
    // A prefix may end in a dash; something will follow.
    errors.push(...invalidText(`${path}.generateName`, generateName, (text) => findSubdomainErrors(`${text}a`)));
  }
  if (namespace === undefined || namespace === null || namespace === '') {
    errors.push(fieldError('Required value', `${path}.namespace`, '', ''));
  } else {
    errors.push(...invalidText(`${path}.namespace`, namespace, findDnsLabelErrors));
  }
  errors.push(...validateLabels(metadata.labels, `${path}.labels`));
  errors.push(...validateAnnotations(metadata.annotations, `${path}.annotations`));
  return errors;
}

/** An update must name the version that it is based on, and may not rename. */
export function validateObjectMetaUpdate(
  metadata: ObjectMeta,
  before: ObjectMeta,
  path = 'metadata',
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if ((metadata.resourceVersion ?? '') === '') {
    errors.push(fieldError('Invalid value', `${path}.resourceVersion`, 0, 'must be specified for an update'));
  }
  for (const field of ['name', 'namespace', 'uid'] as const) {
    const value = metadata[field] ?? before[field];
    if (value !== before[field])
      errors.push(fieldError('Invalid value', `${path}.${field}`, value, 'field is immutable'));
  }
  errors.push(...validateLabels(metadata.labels, `${path}.labels`));
  errors.push(...validateAnnotations(metadata.annotations, `${path}.annotations`));
  return errors;
}

/** Keys and values; the server names the map, not the key, as the place of the fault. */
export function validateLabels(labels: unknown, path: string): readonly FieldError[] {
  if (labels === undefined || labels === null) return [];
  if (!isObject(labels)) return [fieldError('Invalid value', path, labels, 'must be a map of text to text')];
  return Object.entries(labels).flatMap(([key, value]) => [
    ...invalidText(path, key, findQualifiedNameErrors),
    ...invalidText(path, value, findLabelValueErrors),
  ]);
}

export function validateAnnotations(annotations: unknown, path: string): readonly FieldError[] {
  if (annotations === undefined || annotations === null) return [];
  if (!isObject(annotations)) return [fieldError('Invalid value', path, annotations, 'must be a map of text to text')];
  const errors: FieldError[] = [];
  let length = 0;
  for (const [key, value] of Object.entries(annotations)) {
    // Annotation keys may be written in capitals, which labels may as well; the prefix is judged in small letters.
    errors.push(...invalidText(path, key, (text) => findQualifiedNameErrors(text.toLowerCase())));
    if (typeof value !== 'string') errors.push(fieldError('Invalid value', path, value, 'must be text'));
    length += key.length + String(value).length;
  }
  if (length > ANNOTATIONS_BYTES_MAX)
    errors.push(fieldError('Too long', path, '', `may not be more than ${ANNOTATIONS_BYTES_MAX} bytes`));
  return errors;
}

export function validateLabelSelector(selector: LabelSelector | undefined, path: string): readonly FieldError[] {
  if (selector === undefined || selector === null) return [];
  const errors = [...validateLabels(selector.matchLabels, `${path}.matchLabels`)];
  for (const [at, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const here = `${path}.matchExpressions[${at}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        errors.push(
          fieldError('Required value', `${here}.values`, '', "must be specified when `operator` is 'In' or 'NotIn'"),
        );
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        const text = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
        errors.push(fieldError('Forbidden', `${here}.values`, '', text));
      }
    } else {
      errors.push(fieldError('Invalid value', `${here}.operator`, operator, 'not a valid selector operator'));
    }
    errors.push(...invalidText(`${here}.key`, key, findQualifiedNameErrors));
    for (const [valueAt, value] of values.entries()) {
      errors.push(...invalidText(`${here}.values[${valueAt}]`, value, findLabelValueErrors));
    }
  }
  return errors;
}

/** Anything but text is refused here: a YAML template that was never filled in reads as a map. */
export function invalidText(
  path: string,
  value: unknown,
  find: (text: string) => readonly string[],
): readonly FieldError[] {
  if (typeof value !== 'string') return [fieldError('Invalid value', path, value, 'must be text')];
  return find(value).map((text) => fieldError('Invalid value', path, value, text));
}
