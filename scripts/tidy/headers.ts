/** A file without a reason to exist is the first to go wrong: each one says its reason on top, before any code. */
import type { Problem, SourceFile } from './source.ts';

const CONTROLLER_FOLDER = 'packages/core/src/daemonset/';

/** Tests are left out: their names are the sentences. */
export function checkHeader(file: SourceFile): readonly Problem[] {
  if (file.isTest) return [];
  const missing: string[] = [];
  // A sentence: some words, closed by a full stop, a colon's end or a question mark.
  if (!/\S+ \S+ [^]*?[.!?](?:\s|$)/.test(file.header))
    missing.push('open with a doc comment that says in one sentence why this file exists');
  if (file.path.startsWith(CONTROLLER_FOLDER)) {
    if (!/\bTwin: \S/.test(file.header))
      missing.push('name the Go file it follows in the header, as `Twin: daemon/update.go rollingUpdate.`');
    if (!/\bRules: \S/.test(file.header)) missing.push('name the rules of our spec in the header, as `Rules: DS-U7.`');
  }
  return missing.map((message) => ({ path: file.path, line: 1, rule: 'headers', message }));
}
