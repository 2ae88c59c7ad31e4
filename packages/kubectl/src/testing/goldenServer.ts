/** The small server behind the recordings of the real kubectl: objects of one case, merged patches, no defaulting, no validation. */
import { isDeepEqual } from '@everynode/core/api/canonicalJson';
import { compareKeys, objectKey } from '@everynode/core/api/meta';
import { applyPatch } from '@everynode/core/api/patch';
import type { PatchBody } from '@everynode/core/api/requests';
import { parseTime } from '@everynode/core/api/time';
import type { ServedEvent, ServedObject, Server } from '../server.ts';

/** One recording, of the format `kubectl-golden/1`. */
export interface GoldenCase {
  readonly id: string;
  /** The client's version, such as `1.36.4`. */
  readonly kubectl: string;
  readonly now: string;
  readonly objects: string;
  readonly argv: readonly string[];
  readonly watchEvents?: readonly { readonly type: ServedEvent['type']; readonly object: ServedObject }[];
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** The bodies of what was written. */
  readonly patch?: unknown;
}

export interface GoldenFile {
  readonly group: string;
  readonly sets: Readonly<Record<string, readonly ServedObject[]>>;
  readonly cases: readonly GoldenCase[];
}

export interface GoldenServer {
  readonly server: Server;
  readonly nowMs: number;
  readonly minor: number;
  /** The bodies that the command has sent so far. */
  readonly patches: readonly PatchBody['body'][];
}

const FIRST_RESOURCE_VERSION = 900_001;
/** Recorded watch events came this far apart. */
const EVENT_GAP_MS = 60;

/** The server of one case, with its objects as they were before the command. */
export function goldenServer({ sets }: GoldenFile, goldenCase: GoldenCase): GoldenServer {
  const nowMs = parseTime(goldenCase.now) ?? 0;
  const stored = new Map((sets[goldenCase.objects] ?? []).map((object) => [storeKey(object), object]));
  const patches: PatchBody['body'][] = [];
  let resourceVersion = FIRST_RESOURCE_VERSION;
  const server: Server = {
    list: (kind) =>
      [...stored.values()].filter((object) => object.kind === kind).sort((a, b) => compareKeys(sortKey(a), sortKey(b))),
    patch: (object, patch, { dryRun }) => {
      patches.push(patch.body);
      const key = storeKey(object);
      const before = stored.get(key) ?? object;
      const after = withVersions(before, applyPatch(before, patch), String(resourceVersion));
      if (!dryRun && after !== before) {
        resourceVersion += 1;
        stored.set(key, after);
      }
      return { ok: true, object: after };
    },
    later: (object) =>
      (goldenCase.watchEvents ?? [])
        .filter((event) => storeKey(event.object) === storeKey(object))
        .map((event, at) => ({ ...event, atMs: nowMs + EVENT_GAP_MS * (at + 1) })),
    endsAtMs: Number.MAX_SAFE_INTEGER,
    ended: 'the recording ends here',
  };
  return { server, nowMs, minor: Number(goldenCase.kubectl.split('.')[1]), patches };
}

function storeKey(object: ServedObject): string {
  return `${object.kind}/${objectKey(object.metadata.namespace, object.metadata.name)}`;
}

/** A blank sorts before every character of a name. */
function sortKey({ metadata }: ServedObject): string {
  return `${metadata.namespace ?? ''} ${metadata.name}`;
}

function withVersions(before: ServedObject, after: ServedObject, resourceVersion: string): ServedObject {
  if (isDeepEqual(before, after)) return before;
  const generation = Number(before.metadata['generation'] ?? 0);
  const isNewSpec = !isDeepEqual(before['spec'], after['spec']);
  const metadata = { ...after.metadata, resourceVersion, ...(isNewSpec ? { generation: generation + 1 } : {}) };
  return { ...after, metadata };
}
