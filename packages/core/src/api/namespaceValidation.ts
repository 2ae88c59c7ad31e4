/** Rules about namespaces. Twin: apis/core/validation ValidateNamespace, ValidateNamespaceUpdate. Rules: A-17, DS-V5. */
import { type FieldError, invalid } from './fieldError.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metaValidation.ts';
import { findDnsLabelErrors } from './names.ts';
import type { Namespace } from './namespace.ts';

export function validateNamespace({ metadata, spec }: Namespace): readonly FieldError[] {
  const errors = validateObjectMeta(metadata, 'metadata', false).filter(({ field }) => field !== 'metadata.name');
  const nameErrors = findDnsLabelErrors(metadata.name).map((text) => invalid('metadata.name', metadata.name, text));
  return [...nameErrors, ...errors, ...validateFinalizers(spec?.finalizers ?? [])];
}

/** Of the main resource, the status or the finalizers: none of them may rename. */
export function validateNamespaceUpdate(namespace: Namespace, before: Namespace): readonly FieldError[] {
  return [
    ...validateObjectMetaUpdate(namespace.metadata, before.metadata),
    ...validateFinalizers(namespace.spec?.finalizers ?? []),
  ];
}

function validateFinalizers(finalizers: readonly string[]): readonly FieldError[] {
  const text = 'name is neither a standard finalizer name nor is it fully qualified';
  const isPlain = (name: string): boolean => !name.includes('/') && name !== 'kubernetes';
  return finalizers.flatMap((name) => (isPlain(name) ? [invalid('spec.finalizers', name, text)] : []));
}
