import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonPathAsJsonPrinter, jsonPathPrinter, type TemplateOptions } from './jsonPath.ts';
import { ODD_LIST, ODD_OBJECTS } from './testing/oddObjects.ts';

const OPTIONS: TemplateOptions = { allowMissingKeys: true, minor: 36 };

function run(
  template: string,
  data: unknown = ODD_LIST,
  options = OPTIONS,
  make = jsonPathPrinter,
): { text: string; error?: string } {
  const choice = make(template, options);
  return choice.ok ? choice.print(data) : { text: '', error: choice.error };
}

test.each([
  ['{.}', ''],
  ['{.items[*].metadata.name}', 'a b c d10 d9'],
  ['{.items[0].mixed}', '[1,"x",null,true,{"k":1},[1,2]]'],
  ['{.items[0].mixed[*]}', '1 x null true {"k":1} [1,2]'],
  ['{.items[0].nil}', 'null'],
  ['{.items[*].nil}', 'null 5'],
  ['{.items[*].nil.x}', ''],
  ['{.items[0].metadata.creationTimestamp}', 'null'],
  ['{.items[0].strs.*}', 'b a c'],
  ['{.items[0].q.*}', '49 48 71 105'],
  ['{..name}', 'a b c d10 d9'],
  ['{..nested}', '[{"m":{"y":"\\u003cb\\u003e","z":1},"n":1},{"n":2},{"n":3,"q":null}] []'],
  ['{..n}', '1 2 3'],
  ['{.items[0]..n}', '1 2 3'],
  ['{.items[0].nested..m..z}', '1'],
  ['{...name}', 'a b c d10 d9'],
  ['{.items[0].list[1:3]}', '2 3'],
  ['{.items[0].list[:2]}', '1 2'],
  ['{.items[0].list[2:]}', '3 4 5'],
  ['{.items[0].list[::2]}', '1 3 5'],
  ['{.items[0].list[1::2]}', '2 4'],
  ['{.items[0].list[-1]}', '5'],
  ['{.items[0].list[-2:]}', '4 5'],
  ['{.items[0].list[:-1]}', '1 2 3 4'],
  ['{.items[0].list[-3:-1]}', '3 4'],
  ['{.items[0].list[1:1]}', ''],
  ['{.items[0].list[]}', '1'],
  ['{.items[0].list[0,2,4]}', '1 3 5'],
  ['{.items[0].list[0, 2]}', '1 3'],
  ['{.items[0].list[0 , 2]}', '1 3'],
  ['{.items[0].list[0,:]}', '1 1 2 3 4 5'],
  ["{.items[0]['num','q']}", '3 10Gi'],
  ["{.items[0]['num', 'q']}", '3 10Gi'],
  ["{.items[0]['metadata.name']}", 'a'],
  ["{.items[0].metadata.labels['k8s\\.io/app']}", 'x'],
  ['{.items[0].metadata.labels.k8s\\.io/app}', 'x'],
  ["{.items[0].metadata['labels']['num']}", '7'],
  ['{.items[0].metadata.annotations.html}', '<a href=\'x\'>&"q"</a>'],
  ['{.items[0].metadata.annotations.uni}', 'é世界\u200b'],
  ['{.items[0].metadata.annotations.esc}', '\u001b[31mred\rx'],
  [
    '{.items[0].float} {.items[0].tiny} {.items[0].huge} {.items[0].big} {.items[0].neg} {.items[0].t}',
    '1.5 1.2e-06 1.23456725e+06 12345678901 -4 true',
  ],
  ['{.items[0].empty}|{.items[0].emptyList}|{.items[0].emptyMap}', '|[]|{}'],
  ['{.items[?(@.num==3)].metadata.name}', 'a'],
  ['{.items[?(@.num>3)].metadata.name}', 'b d10 d9'],
  ['{.items[?(@.num<=5)].metadata.name}', 'a d10 d9'],
  ['{.items[?(@.num>=5)].metadata.name}', 'b d10 d9'],
  ['{.items[?(@.num!=5)].metadata.name}', 'a b'],
  ['{.items[?(@.num<5)].metadata.name}', 'a'],
  ['{.items[?(@.float==1.5)].metadata.name}', 'a'],
  ['{.items[?(@.float>1.0)].metadata.name}', 'a c'],
  ['{.items[?(@.q=="10Gi")].metadata.name}', 'a'],
  ["{.items[?(@.q=='10Gi')].metadata.name}", 'a'],
  ["{.items[?(@.q=='10Gi)')].metadata.name}", ''],
  ['{.items[?(@.q == "10Gi" )].metadata.name}', 'a'],
  ['{.items[?(@.q<"9")].metadata.name}', 'a c'],
  ['{.items[?(@.t==true)].metadata.name}', 'a'],
  ['{.items[?(@.nil)].metadata.name}', 'a c'],
  ['{.items[?(@.emptyMap)].metadata.name}', 'a c'],
  ['{.items[?(@.list[0]==1)].metadata.name}', 'a'],
  ['{.items[?(@.list[0])].metadata.name}', 'a b'],
  ['{.items[?(@.list[3])].metadata.name}', 'a b'],
  ['{.items[?(@.metadata.name!=@.q)].metadata.name}', 'a b c d10'],
  ['{.items[?(@.list)].list[?(@>2)]}', '3 4 5 9'],
  ['{.items[0].list[?(@>2)]}', '3 4 5'],
  ['{.items[0].list[?(@==2)]}', '2'],
  ['{.items[0].strs[?(@=="a")]}', 'a'],
  ['{.items[0].nested[?(@.m.z==1)].n}', '1'],
  ['{.items[0].nested[?(.n==1)].n}', '1'],
  ['{.items[0].nested[?(@.n)]}', '{"m":{"y":"\\u003cb\\u003e","z":1},"n":1} {"n":2} {"n":3,"q":null}'],
  ['{.items[0].nested[?()]}', '{"m":{"y":"\\u003cb\\u003e","z":1},"n":1} {"n":2} {"n":3,"q":null}'],
  ['{.items[0].nope[?(@.x)]}', ''],
  ['{.items[0].nil[0]}', ''],
  ['{.items.x}', ''],
  ['{range .items[*]}{.metadata.name}{"\\n"}{end}', 'a\nb\nc\nd10\nd9\n'],
  ['{range .items[*]}{.metadata.name} {.num},{end}', 'a 3,b 20,c ,d10 5,d9 5,'],
  ['{range .items[*]}{.metadata.name}:{range .list[*]}{@},{end}{"\\n"}{end}', 'a:1,2,3,4,5,\nb:9,\nc:\nd10:\nd9:\n'],
  [
    '{range .items[*]}{.metadata.name}:{range .list[*]}{@},{end}{"\\n"}{end}tail {.kind}',
    'a:1,2,3,4,5,\nb:9,\nc:\nd10:\nd9:\ntail List',
  ],
  [
    '{range .items[*]}{.metadata.name}{range .nested[*]}[{.n}{range .m.*}{@}{end}]{end};{end}done',
    'a[1<b>1][2][3];b;c;d10;d9;done',
  ],
  ['{range .items[*]}{.kind}', 'ConfigMapConfigMapConfigMapConfigMapConfigMapList'],
  ['{range .items[*]}{range .list[*]}{@}{end}', '123459'],
  ['{range .items[*]}{.metadata.name}{end}{range .items[*]}{.num}{end}{.kind}', 'abcd10d932055List'],
  ['{range .nope[*]}{.metadata.name}x{end}after', 'after'],
  ['{range .nope}x{end}after', 'after'],
  ['{range .items[0].emptyList[*]}x{range .y[*]}z{end}{end}after', 'after'],
  ['{range .items[*]}{end}', ''],
  ['{range}{.kind}{end}', 'List'],
  ['{range @}{.kind}{end}', 'List'],
  ['{range $.items[*]}{.num}{end}', '32055'],
  ['{range .items[0].metadata}{.name}{end}', 'a'],
  ['{range .items[*].list}{@}{end}', '[1,2,3,4,5][9]'],
  ['{range .items[*].list[*]}{@};{end}', '1;2;3;4;5;9;'],
  ['{range .items[0].mixed[*]}{@};{end}', '1;x;<no value>;true;{"k":1};[1,2];'],
  ['{range .items[0].mixed[*]}{.k};{end}', ';;;;1;;'],
  ['{range .items[0].strs[*]}{"x"}{@}{end}', 'xbxaxc'],
  ['{range .items[*]}{$.num},{end}', '3,20,,5,5,'],
  ['{true}', 'true'],
  ['{false}', 'false'],
  ['{5}', '5'],
  ['{-5}', '-5'],
  ['{+5}', '5'],
  ['{1.5}', '1.5'],
  ['{2.0}', '2'],
  ['{.5}', ''],
  ['{"a"}{\'b\'}', 'ab'],
  ['{"a\'b"}{\'a"b\'}', 'a\'ba"b'],
  ['{"a\\"b"}{\'a\\\'b\'}', 'a"ba\'b'],
  ['{"\\u00e9\\x41\\101\\t|"}', 'éAA\t|'],
  ['{.items[0].num "x"}', 'x'],
  ['{"x" .num}', ''],
  ['{.items[0].num 5}', '5'],
  ['{.items[*] 5}', '5 5 5 5 5'],
  ['{ .kind }', 'List'],
  ['{  .kind}', 'List'],
  ['{.kind}}', 'List}'],
  ['}{.kind}', '}List'],
  ['{.kind#}', ''],
  ['{.é}', ''],
  ['{.kind|.x}', ''],
  ["{.items[*].metadata['name']}", 'a b c d10 d9'],
  ['{.items[0].metadata.labels.*}', 'x 7'],
  ["{['kind']}", 'List'],
  ["{['kind','apiVersion']}", 'List v1'],
  ["{.items[0].nested[*]['n','m.z']}", '1 2 3 1'],
  ['{.items[0].nested[*].q}', 'null'],
  ['{.items[0].nested[-1:].n}', '3'],
  ['plain text', 'plain text'],
  ['plain {.kind} text {.apiVersion}', 'plain List text v1'],
  ['{.items[0].metadata.name}{"\\t"}{.items[0].num}{"\\n"}', 'a\t3\n'],
  ["{.items[*]['metadata.name','num']}", 'a b c d10 d9 3 20 5 5'],
  ['{.items[*].strs[*]}', 'b a c'],
  ['{.items[0].strs[0:2]}{.items[1].strs[0:0]}', 'b a'],
  ['{.items[0].list[?(@<3)]}', '1 2'],
  ['{.items[0].list[?(3>@)]}', '1 2'],
  ['{.items[0].list[?(@!=3)]}', '1 2 4 5'],
  ['{.items[?(@.metadata.annotations.s)].metadata.name}', 'a'],
  ['{.items[?(@.metadata.labels[\'k8s\\.io/app\']=="x")].metadata.name}', 'a'],
  ['{.items[?(@.metadata.labels.k8s\\.io/app=="x")].metadata.name}', 'a'],
  ["{.items[0].metadata.labels['k8s.io/app']}", ''],
  ['{.metadata.resourceVersion}|', '|'],
  ['{.items[0].strs..}', '["b","a","c"] b a c'],
  ['{.items[0].nested[0]..}', '{"m":{"y":"\\u003cb\\u003e","z":1},"n":1} {"y":"\\u003cb\\u003e","z":1} <b>'],
  ['{.items[0].emptyMap..}', ''],
  ['{.items[0].num..}', ''],
  ['{.items[*]..z}', '1'],
  ['{..list[0]}', '1 9'],
  ['{..m.y}', '<b>'],
  ["{.items[0]..['n']}", '1 2 3'],
])('%j prints %j', (template, text) => {
  expect(run(template)).toEqual({ text });
});

test.each([
  ['{.items[0].list[3:1]}', 'starting index 3 is greater than ending index 1'],
  ['{.items[0].list[0:9]}', 'array index out of bounds: index 8, length 5'],
  ['{.items[0].list[-9]}', 'array index out of bounds: index -4, length 5'],
  ['{.items[0].list[9]}', 'array index out of bounds: index 9, length 5'],
  ['{.items[0].list[::0]}', 'step must be > 0'],
  ['{.items[0].list[::-1]}', 'step must be > 0'],
  ['{.items[?(@.num==3.0)].metadata.name}', 'incompatible types for comparison'],
  ['{.items[?(@.float>1)].metadata.name}', 'incompatible types for comparison'],
  ['{.items[?(@.q==3)].metadata.name}', 'incompatible types for comparison'],
  ['{.items[?(@.t<true)].metadata.name}', 'invalid type for comparison'],
  ['{.items[?(@.nil==5)].metadata.name}', 'invalid type for comparison'],
  ['{.items[?(@.list[*]==1)].metadata.name}', 'can only compare one element at a time'],
  ['{.items[?(@.num==@.nil)].metadata.name}', 'invalid type for comparison'],
  ['{.items[?(@.metadata==1)].metadata.name}', 'invalid type for comparison'],
  ['{.items[0].nested[?(@.n=>1)].n}', 'unrecognized filter operator =>'],
  ['{.items[0].nested[?(@.n===1)].n}', 'unrecognized filter operator ==='],
  ['{.items[0].nested[?(@.n=1)].n}', 'unrecognized filter operator ='],
  ['{.items[0].nil[?(@.x)]}', '<nil> is not array or slice and cannot be filtered'],
  ['{.items[0].num[0]}', 'int64 is not array or slice'],
  ['{.items[0].t[0]}', 'bool is not array or slice'],
  ['{.items[0].float[0]}', 'float64 is not array or slice'],
  ['{.items[0].q[0]}', 'string is not array or slice'],
  ['{.items[0][0]}', 'map[string]interface {} is not array or slice'],
  ['{end}', 'not in range, nothing to end'],
  ['{if .x}{end}', 'unrecognized identifier if'],
  ['{foo}', 'unrecognized identifier foo'],
  ['{1e3}', 'unrecognized identifier e3'],
  ['{é}', 'unrecognized identifier é'],
  ['{.items[0].list[?(@<3.5)]}', 'incompatible types for comparison'],
  ['{..[0]}', 'map[string]interface {} is not array or slice'],
])('%j fails: %s', (template, problem) => {
  expect(run(template)).toEqual({
    text: '',
    error: expect.stringContaining(`: Error executing template: ${problem}. Printing`),
  });
});

describe('an error', () => {
  test('shows the template and the data as Go expressions', () => {
    const data = { name: 'a"b', list: [1, 1.5, null, true], none: null };
    expect(run('{.list[9]}', data).error).toMatchInlineSnapshot(`
      "error executing jsonpath "{.list[9]}": Error executing template: array index out of bounds: index 9, length 4. Printing more information for debugging the template:
      	template was:
      		{.list[9]}
      	object given to jsonpath engine was:
      		map[string]interface {}{"list":[]interface {}{1, 1.5, interface {}(nil), true}, "name":"a\\"b", "none":interface {}(nil)}


      "
    `);
  });

  test('is what a missing field is where missing fields are not allowed', () => {
    const strict = { ...OPTIONS, allowMissingKeys: false };
    expect(run('{.nope.x}', ODD_LIST, strict).error).toContain('Error executing template: nope is not found.');
    expect(run('{.items[*].num}', ODD_LIST, strict)).toEqual({ text: '3 20 5 5' });
    expect(run('{.items[?(@.nope)].x}', ODD_LIST, strict)).toEqual({ text: '' });
  });
});

test('a single object is its own root', () => {
  expect(run('{.metadata.name}: {$.list[-1]}', ODD_OBJECTS[0])).toEqual({ text: 'a: 5' });
});

test('as JSON, every action and every text is a list', () => {
  expect(run('a{.items[*].num}{.nope}{true}', ODD_LIST, OPTIONS, jsonPathAsJsonPrinter).text).toMatchInlineSnapshot(`
    "[
        "a"
    ]
    [
        3,
        20,
        5,
        5
    ]
    []
    [
        true
    ]
    "
  `);
});

test('JSON of clients before 1.30 has long escapes', () => {
  expect(run('{.a}', { a: ['\b\f'] }, { ...OPTIONS, minor: 29 })).toEqual({ text: String.raw`["\u0008\u000c"]` });
  expect(run('{.a}', { a: ['\b\f'] })).toEqual({ text: String.raw`["\b\f"]` });
});

test('null is `null` since 1.29, and Go’s nil before', () => {
  expect(run('{.a}', { a: null }, { ...OPTIONS, minor: 29 })).toEqual({ text: 'null' });
  expect(run('{.a}', { a: null }, { ...OPTIONS, minor: 28 })).toEqual({ text: '<nil>' });
});

test('no template breaks the printer', () => {
  const part = fc.constantFrom(
    ...Array.from('{}[]().@$"\'\\:,*?=<>-x 01'),
    '{range .items[*]}',
    '{end}',
    '..',
    '[?(',
    '.items',
    '[*]',
    '.name',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      expect(typeof run(parts.join('')).text).toBe('string');
    }),
  );
});
