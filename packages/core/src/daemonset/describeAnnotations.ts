/** Annotations as `kubectl describe` shows them: long ones on lines of their own, cut. Twin: kubectl describe.go printAnnotationsMultiline. Rules: DS-C12. */
import { type Fields, goText } from '../api/goText.ts';
import { compareKeys } from '../api/meta.ts';

const LENGTH_MAX = 140;
/** Where `kubectl apply` keeps the manifest that it applied last. */
export const LAST_APPLIED_ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

/** `key: value` by key, without what `kubectl apply` remembers; text that is long or of several lines goes below its key. */
export function annotationTexts(annotations: Fields): readonly string[] {
  const keys = Object.keys(annotations).filter((key) => key !== LAST_APPLIED_ANNOTATION);
  return keys.sort(compareKeys).flatMap((key) => {
    const value = goText(annotations[key]).replace(/\n$/, '');
    if (key.length + value.length + 2 <= LENGTH_MAX && !value.includes('\n')) return [`${key}: ${value}`];
    return [`${key}:`, ...value.split('\n').map((line) => `  ${shorten(line, LENGTH_MAX - 2)}`)];
  });
}

/** The first so many characters, and three dots where there are more. */
export function shorten(line: string, lengthMax: number): string {
  return line.length > lengthMax ? `${line.slice(0, lengthMax)}...` : line;
}
