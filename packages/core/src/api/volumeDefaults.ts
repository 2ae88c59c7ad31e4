/** What the API server fills in about volumes. Twin: apis/core/v1 defaults.go. Rules: DS-V2. */
import { defaultRefs } from './containerDefaults.ts';
import type { Fields } from './goText.ts';
import { isObject } from './patch.ts';
import { canonicalQuantity } from './quantityText.ts';

/** Kind → the fields that it gets. */
const SOURCE_DEFAULTS: Readonly<Record<string, Fields>> = {
  hostPath: { type: '' },
  configMap: { defaultMode: 0o644 },
  secret: { defaultMode: 0o644 },
  downwardAPI: { defaultMode: 0o644 },
  projected: { defaultMode: 0o644 },
  iscsi: { iscsiInterface: 'default' },
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  azureDisk: { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false },
  scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
};
const TOKEN_SECONDS = 3600;

export function defaultVolume(volume: unknown): unknown {
  if (!isObject(volume)) return volume;
  // A volume of no kind is an empty directory.
  if (Object.keys(volume).every((field) => field === 'name' || volume[field] === undefined)) {
    return { ...volume, emptyDir: {} };
  }
  const sources = Object.entries(volume).map(([kind, source]) => [
    kind,
    isObject(source) ? defaultSource(kind, source) : source,
  ]);
  return Object.fromEntries(sources);
}

function defaultSource(kind: string, source: Fields): Fields {
  const result: Record<string, unknown> = { ...SOURCE_DEFAULTS[kind], ...source };
  const { sizeLimit, items, sources } = source;
  if (kind === 'emptyDir' && typeof sizeLimit === 'string') result['sizeLimit'] = canonicalQuantity(sizeLimit);
  if (kind === 'downwardAPI' && Array.isArray(items)) result['items'] = items.map(defaultFile);
  if (kind === 'projected' && Array.isArray(sources)) result['sources'] = sources.map(defaultProjection);
  return result;
}

function defaultFile(file: unknown): unknown {
  return isObject(file) ? defaultRefs(file) : file;
}

function defaultProjection(source: unknown): unknown {
  if (!isObject(source)) return source;
  const { downwardAPI, serviceAccountToken: token } = source;
  const files = isObject(downwardAPI) && Array.isArray(downwardAPI['items']) ? downwardAPI['items'] : undefined;
  return {
    ...source,
    ...(files && { downwardAPI: { ...(downwardAPI as Fields), items: files.map(defaultFile) } }),
    ...(isObject(token) ? { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, ...token } } : {}),
  };
}
