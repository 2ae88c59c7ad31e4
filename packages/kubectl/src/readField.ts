/** Fields of objects whose shape nobody promised: what is not there, or of another type, reads as nothing. */

/** Any JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value at a path of plain field names, such as `status.nodeInfo.kubeletVersion`. */
export function readField(value: unknown, path: string): unknown {
  let current = value;
  for (const name of path.split('.')) {
    if (!isFields(current) || !Object.hasOwn(current, name)) return undefined;
    current = current[name];
  }
  return current;
}

/** Text of a scalar; empty where there is none. */
export function readText(value: unknown, path: string): string {
  const read = readField(value, path);
  return typeof read === 'string' || typeof read === 'number' || typeof read === 'boolean' ? String(read) : '';
}

/** A whole number; 0 where there is none. */
export function readNumber(value: unknown, path: string): number {
  const read = readField(value, path);
  return typeof read === 'number' ? read : 0;
}

/** The objects of a list; none where there is no list. */
export function readList(value: unknown, path: string): readonly Fields[] {
  const read = readField(value, path);
  return Array.isArray(read) ? (read as readonly unknown[]).filter(isFields) : [];
}

/** A map of text, such as labels. */
export function readMap(value: unknown, path: string): Readonly<Record<string, string>> {
  const read = readField(value, path);
  return isFields(read) ? (read as Readonly<Record<string, string>>) : {};
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
