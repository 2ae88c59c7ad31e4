/** A parsed JSONPath template. Twin: client-go util/jsonpath node.go. */

/** A step takes the values before it to the values behind it; some ignore what was before. */
export type PathNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'list'; readonly nodes: readonly PathNode[] }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'union'; readonly branches: readonly (readonly PathNode[])[] }
  | SliceNode
  | FilterNode;

export interface SliceNode {
  readonly kind: 'slice';
  readonly from?: number;
  readonly to?: number;
  readonly step?: number;
  /** `[3]`: the end follows from the start. */
  readonly isSingle: boolean;
}

export interface FilterNode {
  readonly kind: 'filter';
  readonly left: readonly PathNode[];
  /** `exists` where nothing is compared. */
  readonly operator: string;
  readonly right: readonly PathNode[];
}
