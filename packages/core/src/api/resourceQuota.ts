/** Quotas of namespaces as the API shows them. Rules: A-18. */
import type { ObjectMeta } from './meta.ts';
import type { ResourceList } from './node.ts';

/** `operator`: In, NotIn, Exists, DoesNotExist. */
export interface ScopeRequirement {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface ResourceQuota {
  readonly apiVersion: 'v1';
  readonly kind: 'ResourceQuota';
  readonly metadata: ObjectMeta;
  readonly spec?: {
    readonly hard?: ResourceList;
    /** All of them must hold of what is counted. */
    readonly scopes?: readonly string[];
    readonly scopeSelector?: { readonly matchExpressions?: readonly ScopeRequirement[] };
  };
  /** What admission goes by: `hard` as the controller has taken it over, and what it, or admission since, has counted. */
  readonly status?: { readonly hard?: ResourceList; readonly used?: ResourceList };
}

/** Every requirement on what a quota counts, in the order of its scopes. */
export function scopesOf({ spec }: ResourceQuota): readonly ScopeRequirement[] {
  const plain = (spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' }));
  return [...plain, ...(spec?.scopeSelector?.matchExpressions ?? [])];
}
