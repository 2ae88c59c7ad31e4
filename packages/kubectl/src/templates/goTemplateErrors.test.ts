import { describe, expect, test } from 'vitest';
import { goTemplatePrinter } from './goTemplate.ts';
import type { TemplateOptions } from './jsonPath.ts';
import { ODD_LIST } from './testing/oddObjects.ts';

/** The release of the client that the expectations were recorded with. */
const OPTIONS: TemplateOptions = { allowMissingKeys: true, minor: 32 };

function run(template: string, data: unknown = ODD_LIST, options = OPTIONS): { text: string; error?: string } {
  const choice = goTemplatePrinter(template, options);
  return choice.ok ? choice.print(data) : { text: '', error: choice.error };
}

test('an error is explained on stdout, behind what was printed', () => {
  expect(run('{{.a}} {{.a.b}}', { a: 'x<', n: 1.5, z: [null] })).toMatchInlineSnapshot(`
    {
      "error": "error executing template "{{.a}} {{.a.b}}": template: output:1:11: executing "output" at <.a.b>: can't evaluate field b in type interface {}",
      "text": "x< Error executing template: template: output:1:11: executing "output" at <.a.b>: can't evaluate field b in type interface {}. Printing more information for debugging the template:
    	template was:
    		{{.a}} {{.a.b}}
    	raw data was:
    		{"a":"x\\u003c","n":1.5,"z":[null]}
    	object given to template engine was:
    		map[a:x< n:1.5 z:[<nil>]]

    ",
    }
  `);
});

describe('what would never end, or is not there', () => {
  test('parentheses go 500 deep', () => {
    const nested = (depth: number): string => `{{${'('.repeat(depth)}1${')'.repeat(depth)}}}`;
    expect(run(nested(500))).toEqual({ text: '1' });
    expect(run(nested(501)).error).toContain('max expression depth exceeded');
  });

  test('a range counts to a million at most', () => {
    expect(run('{{range .n}}x{{end}}', { n: 1_000_001 }, { ...OPTIONS, minor: 36 }).error).toContain('1000000 at most');
  });

  test('names that JavaScript gives every object are no keys', () => {
    expect(run('{{index . "constructor"}}|{{.toString}}|{{exists . "valueOf"}}', {})).toEqual({
      text: '<no value>|<no value>|false',
    });
  });
});

describe('where missing keys are not allowed', () => {
  const strict = { ...OPTIONS, allowMissingKeys: false };

  test('a key that is not there is an error', () => {
    expect(run('{{.nope}}', ODD_LIST, strict).error).toContain('at <.nope>: map has no entry for key "nope"');
  });

  test('`index` still finds nothing', () => {
    expect(run('{{index .metadata "nope"}}', ODD_LIST, strict)).toEqual({ text: '<no value>' });
  });
});

describe('the release of the client', () => {
  const at = (minor: number): TemplateOptions => ({ ...OPTIONS, minor });

  test('knows `else with` since 1.32', () => {
    const template = '{{with .x}}a{{else with .y}}{{.}}{{end}}';
    expect(run(template, { y: 'b' }, at(32))).toEqual({ text: 'b' });
    expect(run(template, { y: 'b' }, at(31)).error).toContain('unexpected <with> in else');
  });

  test('counts to a number since 1.33', () => {
    expect(run('{{range $i := .n}}{{$i}},{{else}}none{{end}}', { n: 3 }, at(33))).toEqual({ text: '0,1,2,' });
    expect(run('{{range .n}}x{{else}}none{{end}}', { n: 0 }, at(33))).toEqual({ text: 'none' });
    expect(run('{{range $i, $e := .n}}x{{end}}', { n: 3 }, at(33)).error).toContain(
      "can't use 3 to iterate over more than one variable",
    );
    expect(run('{{range .n}}x{{end}}', { n: 3 }, at(32)).error).toContain("range can't iterate over 3");
  });

  test('names the types it cannot compare since 1.35', () => {
    expect(run('{{eq .n "x"}}', { n: 3 }, at(35)).error).toMatch(
      /incompatible types for comparison: int64 and string$/,
    );
    expect(run('{{lt .n 1.5}}', { n: 3 }, at(34)).error).toMatch(/incompatible types for comparison$/);
  });
});
