/** The kinds of objects that the command line can name, and the names it may use for them. Twin: client-go restmapper. */

export interface ResourceType {
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, as in a URL: `daemonsets`. */
  readonly resource: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
}

/** In the order of discovery, which `get all` follows. */
const RESOURCE_TYPES: readonly ResourceType[] = [
  { kind: 'Event', group: '', version: 'v1', resource: 'events', shortNames: ['ev'], namespaced: true },
  { kind: 'Namespace', group: '', version: 'v1', resource: 'namespaces', shortNames: ['ns'], namespaced: false },
  { kind: 'Node', group: '', version: 'v1', resource: 'nodes', shortNames: ['no'], namespaced: false },
  { kind: 'Pod', group: '', version: 'v1', resource: 'pods', shortNames: ['po'], namespaced: true },
  {
    kind: 'ResourceQuota',
    group: '',
    version: 'v1',
    resource: 'resourcequotas',
    shortNames: ['quota'],
    namespaced: true,
  },
  {
    kind: 'ControllerRevision',
    group: 'apps',
    version: 'v1',
    resource: 'controllerrevisions',
    shortNames: [],
    namespaced: true,
  },
  { kind: 'DaemonSet', group: 'apps', version: 'v1', resource: 'daemonsets', shortNames: ['ds'], namespaced: true },
  {
    kind: 'Lease',
    group: 'coordination.k8s.io',
    version: 'v1',
    resource: 'leases',
    shortNames: [],
    namespaced: true,
  },
  {
    kind: 'PodDisruptionBudget',
    group: 'policy',
    version: 'v1',
    resource: 'poddisruptionbudgets',
    shortNames: ['pdb'],
    namespaced: true,
  },
];

/** Words that stand for several types. */
const CATEGORIES: Readonly<Record<string, string>> = { all: 'pods,daemonsets.apps' };

/** `all` becomes the types of that category; any other word stays. */
export function expandCategory(word: string): string {
  return (Object.hasOwn(CATEGORIES, word) ? CATEGORIES[word] : undefined) ?? word;
}

/**
 * The type that a word names: plural, singular or kind in any case, a short name as it is; behind it perhaps the
 * beginning of a group, `ds.apps`, or a version and one, `daemonsets.v1.apps`, `pods.v1.`.
 */
export function findResourceType(word: string): ResourceType | undefined {
  const [name = '', ...rest] = word.split('.');
  const [version, ...group] = rest;
  return RESOURCE_TYPES.find((type) => {
    if (!isNameOf(type, name)) return false;
    const isVersioned = group.length > 0 && version === type.version && type.group.startsWith(group.join('.'));
    return isVersioned || type.group.startsWith(rest.join('.'));
  });
}

function isNameOf({ kind, resource, shortNames }: ResourceType, name: string): boolean {
  const lower = name.toLowerCase();
  return lower === resource || lower === kind.toLowerCase() || shortNames.includes(name);
}

/** `daemonsets.apps`, `pods`: how the server's messages name a type. */
export function qualifiedResource({ resource, group }: ResourceType): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/** `daemonset.apps/x`, `pod/x`: how `-o name` and tables of several kinds name an object of any kind. */
export function qualifiedName(object: { readonly apiVersion: string; readonly kind: string }, name: string): string {
  const slash = object.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : `.${object.apiVersion.slice(0, slash)}`;
  return `${object.kind.toLowerCase()}${group.toLowerCase()}/${name}`;
}
