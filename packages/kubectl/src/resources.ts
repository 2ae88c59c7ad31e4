/**
 * Which objects a command speaks of: types and names from the command line, narrowed by selectors, read from the server.
 * Twin: cli-runtime pkg/resource Builder.
 */
import { compileFieldQuery } from './fieldQuery.ts';
import { compileLabelQuery } from './labelQuery.ts';
import { expandCategory, findResourceType, qualifiedResource, type ResourceType } from './resourceTypes.ts';
import type { ServedObject, Server } from './server.ts';
import type { Trouble } from './trouble.ts';

export interface ResourceQuery {
  /** What stands behind the command's words: `ds`, `ds,pods`, `ds x y`, `ds/x pod/y`. */
  readonly args: readonly string[];
  readonly namespace: string;
  readonly allNamespaces?: boolean;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** `--all`: every object of the types. */
  readonly all?: boolean;
}

/** The answer to one request: a list of a type, or the one object that was asked for by name. */
export interface Block {
  readonly type: ResourceType;
  readonly objects: readonly ServedObject[];
}

export type Selection =
  | {
      readonly ok: true;
      readonly blocks: readonly Block[];
      /** Requests that failed; the others were answered all the same. */
      readonly troubles: readonly Trouble[];
      /** One object was asked for, by name: it is not printed as a list. */
      readonly isSingle: boolean;
    }
  /** The command line asks for nothing that could be read. */
  | { readonly ok: false; readonly trouble: Trouble };

/** Reads what the query asks for. Nothing is read if one of its words is wrong. */
export function selectObjects(server: Server, query: ResourceQuery): Selection {
  const args = pairTypesWithNames(query.args);
  const [types = '', ...names] = args;
  const label = query.labelSelector?.trim() ?? '';
  const field = query.fieldSelector?.trim() ?? '';
  const isNarrowed = query.all === true || label !== '' || field !== '';
  const misuse =
    query.all === true && (label !== '' || field !== '')
      ? "setting 'all' parameter but found a non empty selector. "
      : findMisuse(args, isNarrowed);
  if (misuse !== undefined) return failed(misuse);
  if (types.includes('/')) return getEach(server, query, args);
  if (names.length === 0) return listEach(server, query, expand(types), label, field);
  const pairs = names.map((name) => `${types}/${name}`);
  return getEach(server, query, pairs);
}

/** What is wrong with the words together; each of them is looked at later. */
function findMisuse(args: readonly string[], isNarrowed: boolean): string | undefined {
  const [types = '', ...names] = args;
  const slashed = args.filter((arg) => arg.includes('/')).length;
  if (slashed > 0 && slashed < args.length) return MIXED_FORMS;
  if (args.length === 0) return isNarrowed ? 'at least one resource must be specified to use a selector' : NO_RESOURCE;
  if (slashed > 0) return isNarrowed ? NO_SELECTOR_FOR_NAMES : undefined;
  if (names.length === 0) return undefined;
  if (isNarrowed) return 'name cannot be provided when a selector is specified';
  return expand(types).includes(',') ? 'you must specify only one resource' : undefined;
}

function expand(types: string): string {
  return types.split(',').map(expandCategory).join(',');
}

const MIXED_FORMS =
  "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'";
const NO_SELECTOR_FOR_NAMES = 'selectors and the all flag cannot be used when passing resource/name arguments';
const NO_RESOURCE = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

/** `ds,pods x y` asks for every pair of type and name. */
function pairTypesWithNames(args: readonly string[]): readonly string[] {
  const [first = '', ...names] = args;
  const types = [...new Set(first.split(','))];
  if (names.length === 0 || types.length < 2) return args;
  return types.flatMap((type) => names.map((name) => `${type}/${name}`));
}

function getEach(server: Server, query: ResourceQuery, pairs: readonly string[]): Selection {
  const wanted: { readonly type: ResourceType; readonly name: string }[] = [];
  for (const pair of pairs) {
    const [word = '', name = '', ...more] = pair.split('/');
    if (more.length > 0) return failed('arguments in resource/name form may not have more than one slash');
    if (word === '' || name === '' || word.includes(',')) {
      return failed('arguments in resource/name form must have a single resource and name');
    }
    const type = findResourceType(word);
    if (type === undefined) return unknownType(word);
    wanted.push({ type, name });
  }
  if (query.allNamespaces === true && wanted.some(({ type }) => type.namespaced)) {
    return failed('a resource cannot be retrieved by name across all namespaces');
  }
  const blocks: Block[] = [];
  const troubles: Trouble[] = [];
  for (const { type, name } of wanted) {
    const object = server
      .list(type.kind)
      .find(({ metadata }) => metadata.name === name && (!type.namespaced || metadata.namespace === query.namespace));
    if (object === undefined) troubles.push(notFound(type, name));
    else blocks.push({ type, objects: [object] });
  }
  return { ok: true, blocks, troubles, isSingle: wanted.length === 1 };
}

function listEach(server: Server, query: ResourceQuery, words: string, label: string, field: string): Selection {
  const types: ResourceType[] = [];
  for (const word of words.split(',')) {
    const type = findResourceType(word);
    if (type === undefined) return unknownType(word);
    if (!types.includes(type)) types.push(type);
  }
  const blocks: Block[] = [];
  const troubles: Trouble[] = [];
  const labels = compileLabelQuery(label);
  for (const type of types) {
    const fields = compileFieldQuery(field, type);
    const refusal = labels.ok ? fields : labels;
    if (!labels.ok || !fields.ok) {
      if (!refusal.ok) troubles.push(badRequest(type, { label, field }, refusal.error));
      continue;
    }
    const isIn = ({ metadata }: ServedObject): boolean =>
      !type.namespaced || query.allNamespaces === true || metadata.namespace === query.namespace;
    const objects = server
      .list(type.kind)
      .filter((object) => isIn(object) && labels.matches(object) && fields.matches(object));
    blocks.push({ type, objects });
  }
  return { ok: true, blocks, troubles, isSingle: false };
}

function failed(message: string): Selection {
  return { ok: false, trouble: { message } };
}

function unknownType(word: string): Selection {
  return failed(`the server doesn't have a resource type ${JSON.stringify(word.split('.')[0])}`);
}

function notFound(type: ResourceType, name: string): Trouble {
  return { reason: 'NotFound', message: `${qualifiedResource(type)} ${JSON.stringify(name)} not found` };
}

/** The client puts what it asked for before the server's words. */
function badRequest(
  { group, version, resource }: ResourceType,
  { label, field }: { readonly label: string; readonly field: string },
  error: string,
): Trouble {
  const what = JSON.stringify(`${group}/${version}, Resource=${resource}`);
  const message = `Unable to find ${what} that match label selector ${JSON.stringify(label)}, field selector ${JSON.stringify(field)}: ${error}`;
  return { reason: 'BadRequest', message };
}
