/** Namespaces as the API shows them. Rules: A-17. */
import type { Condition, ObjectMeta } from './meta.ts';

export interface Namespace {
  readonly apiVersion: 'v1';
  readonly kind: 'Namespace';
  readonly metadata: ObjectMeta;
  /** Who has still to do something before the namespace may go; apart from `metadata.finalizers`. */
  readonly spec?: { readonly finalizers?: readonly string[] };
  readonly status?: { readonly phase?: 'Active' | 'Terminating'; readonly conditions?: readonly Condition[] };
}

/** Of the namespace controller: every namespace has it until its content is gone. */
export const NAMESPACE_FINALIZER = 'kubernetes';
/** The server labels each namespace with its own name, so that selectors can pick it. */
const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';
/** In every cluster from the start. */
export const SYSTEM_NAMESPACES: readonly string[] = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** As the server stores a new one. */
export function newNamespace(sent: Namespace): Namespace {
  const { metadata } = sent;
  const labels = { ...metadata.labels, [NAMESPACE_NAME_LABEL]: metadata.name };
  const given = sent.spec?.finalizers ?? [];
  const finalizers = given.includes(NAMESPACE_FINALIZER) ? given : [...given, NAMESPACE_FINALIZER];
  return { ...sent, metadata: { ...metadata, labels }, spec: { finalizers }, status: { phase: 'Active' } };
}
