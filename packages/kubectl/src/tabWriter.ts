/** Columns of text under each other, as Go's tab writer lays them out. Twin: text/tabwriter, liggitt/tabwriter. */

export interface TabStyle {
  /** A column is at least this wide, its padding included. */
  readonly minWidth: number;
  /** Blanks behind the widest cell. */
  readonly padding: number;
}

/** What `kubectl get` uses. */
export const TABLE_STYLE: TabStyle = { minWidth: 6, padding: 3 };

/**
 * Lines whose cells are apart by tabs, laid out. A column is a run of lines that have a cell there with a tab behind it,
 * so the last cell of a line is no part of one, and gets no blanks.
 */
export function alignTabs(lines: readonly string[], style: TabStyle): readonly string[] {
  const cells = lines.map((line) => line.split('\t'));
  const texts: string[] = lines.map(() => '');
  // A later run of a column is no narrower than the runs before it.
  const widest: number[] = [];
  const layOut = (from: number, to: number, column: number): void => {
    let start = from;
    while (start < to) {
      if (!isInColumn(cells[start], column)) {
        texts[start] += cells[start]?.[column] ?? '';
        start += 1;
        continue;
      }
      let end = start;
      while (end < to && isInColumn(cells[end], column)) end += 1;
      const run = cells.slice(start, end).map((line) => lengthOf(line[column] ?? '') + style.padding);
      const width = Math.max(style.minWidth, widest[column] ?? 0, ...run);
      widest[column] = width;
      for (let at = start; at < end; at += 1) texts[at] += padTo(cells[at]?.[column] ?? '', width);
      layOut(start, end, column + 1);
      start = end;
    }
  };
  layOut(0, lines.length, 0);
  return texts;
}

function isInColumn(cells: readonly string[] | undefined, column: number): boolean {
  return cells !== undefined && column < cells.length - 1;
}

/** Go counts code points. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

function padTo(text: string, width: number): string {
  return text + ' '.repeat(width - lengthOf(text));
}
