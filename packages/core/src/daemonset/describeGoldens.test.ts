/** The template blocks of real `kubectl describe daemonset` outputs, where those are at hand: the same text, columns aligned. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { DaemonSet } from '../api/daemonSet.ts';
import { describeTemplate } from './describeTemplate.ts';

interface Golden {
  readonly id: string;
  readonly kubectl: string;
  readonly objects: string;
  readonly stdout: string;
}

interface Goldens {
  readonly sets: Readonly<Record<string, readonly DaemonSet[]>>;
  readonly cases: readonly Golden[];
}

const FILE = new URL('../../../../../shared/kubectl/describe-daemonset.json', import.meta.url);
const isThere = existsSync(FILE);

test.skipIf(isThere)('skipped: the recorded outputs are not beside the repository', () => {
  expect(isThere).toBe(false);
});

test.skipIf(!isThere)('every recorded template block comes out byte for byte', () => {
  const { sets, cases } = JSON.parse(readFileSync(FILE, 'utf8')) as Goldens;
  let blocks = 0;
  for (const { id, kubectl, objects, stdout } of cases) {
    const minor = Number(kubectl.split('.')[1]);
    for (const described of stdout.split(/\n\n+(?=Name:)/)) {
      const [, name] = /^Name: +(.*)$/m.exec(described) ?? [];
      const [block] = /^Pod Template:\n[^]*?(?=^Events:|^$|(?![^]))/m.exec(described) ?? [];
      const ds = sets[objects]?.find(({ kind, metadata }) => kind === 'DaemonSet' && metadata.name === name);
      if (block === undefined || ds === undefined) continue;
      blocks += 1;
      // The line of events stands in the last columns of the block, and is as short as any.
      expect(`${id}\n${align(describeTemplate(ds.spec.template, minor))}`).toBe(`${id}\n${block}`);
    }
  }
  expect(blocks).toBeGreaterThan(20);
});

/** Go's text/tabwriter with a padding of two blanks: a column is a run of lines that have a cell there, closed by a tab. */
function align(text: string): string {
  const rows = text.split('\n').map((line) => line.split('\t'));
  const widthAt = (row: number, column: number): number => {
    const has = (at: number): boolean => (rows[at]?.length ?? 0) > column + 1;
    let [from, to] = [row, row];
    while (has(from - 1)) from -= 1;
    while (has(to + 1)) to += 1;
    return Math.max(...rows.slice(from, to + 1).map((cells) => cells[column]?.length ?? 0)) + 2;
  };
  return rows
    .map((cells, row) =>
      cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widthAt(row, column)))).join(''),
    )
    .join('\n');
}
