import { describe, expect, test } from 'vitest';
import { matrixRows } from './matrix.ts';
import { errorOf } from './testing/fixtures.ts';
import { parseYaml } from './yamlText.ts';

const PARAMETERS = { version: { defaultValue: '1.36' }, share: { defaultValue: '10%' }, floor: { defaultValue: 0 } };

function rowsOf(matrix: string): ReturnType<typeof matrixRows> {
  const [document] = parseYaml('m.yaml', `spec: { matrix: ${matrix} }`, 'scenario');
  if (document === undefined) throw new Error('no document');
  return matrixRows((document.value as { spec: { matrix: never } }).spec.matrix, PARAMETERS, document);
}

describe('rows of a matrix', () => {
  test('axes are multiplied in the order of the file, defaults fill the rest', () => {
    expect(rowsOf('{ version: ["1.30", "1.31"], share: [1, 2] }')).toEqual([
      { version: '1.30', share: 1, floor: 0 },
      { version: '1.30', share: 2, floor: 0 },
      { version: '1.31', share: 1, floor: 0 },
      { version: '1.31', share: 2, floor: 0 },
    ]);
  });

  test('exclude takes rows away, include widens the rows it agrees with and else adds one', () => {
    const rows = rowsOf(
      '{ version: [a, b], share: [1, 2], exclude: [{ version: a, share: 2 }], include: [{ version: b, floor: 9 }, { version: c, share: 7 }] }',
    );
    expect(rows.map(({ version, share, floor }) => [version, share, floor])).toEqual([
      ['a', 1, 0],
      ['b', 1, 9],
      ['b', 2, 9],
      ['c', 7, 0],
    ]);
  });

  test('include alone lists the rows', () => {
    expect(rowsOf('{ include: [{ version: a }, { version: b, floor: 3 }] }')).toEqual([
      { version: 'a', share: '10%', floor: 0 },
      { version: 'b', share: '10%', floor: 3 },
    ]);
  });

  test('a row of an unknown parameter, and a matrix without rows, are refused', () => {
    expect(errorOf(() => rowsOf('{ versions: [a] }'))).toMatch(
      /^m\.yaml:1:19: unknown parameter "versions"; did you mean version\?/,
    );
    expect(errorOf(() => rowsOf('{ include: [{ flor: 1 }] }'))).toMatch(
      /^m\.yaml:1:31: unknown parameter "flor"; did you mean floor\?/,
    );
    expect(errorOf(() => rowsOf('{ version: [a], exclude: [{ version: a }] }'))).toMatch(/the matrix has no row/);
  });
});
