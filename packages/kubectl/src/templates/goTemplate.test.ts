import fc from 'fast-check';
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

test.each([
  ['{{.metadata.name}}', '<no value>'],
  ['{{.kind}} {{len .items}}', 'List 5'],
  ['{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}', 'a\nb\nc\nd10\nd9\n'],
  ['{{range $i, $e := .items}}{{$i}}={{$e.metadata.name}};{{end}}', '0=a;1=b;2=c;3=d10;4=d9;'],
  ['{{range $e := .items}}{{$e.num}},{{end}}', '3,20,<no value>,5,5,'],
  ['{{range $k, $v := (index .items 0).metadata.labels}}{{$k}}->{{$v}} {{end}}', 'k8s.io/app->x num->7 '],
  ['{{range (index .items 0).metadata.labels}}{{.}} {{end}}', 'x 7 '],
  ['{{range .nope}}x{{else}}none{{end}}', 'none'],
  ['{{range .items}}{{if eq .metadata.name "b"}}{{break}}{{end}}{{.metadata.name}}{{end}}', 'a'],
  ['{{range .items}}{{if eq .metadata.name "b"}}{{continue}}{{end}}{{.metadata.name}}{{end}}', 'acd10d9'],
  ['{{range .items}}{{.x.y.z}}|{{end}}', '<no value>|<no value>|<no value>|<no value>|<no value>|'],
  ['{{with .items}}{{len .}}{{else}}no{{end}}', '5'],
  ['{{with .nope}}x{{else}}no{{end}}', 'no'],
  ['{{with .nope}}x{{else with .kind}}{{.}}{{else}}z{{end}}', 'List'],
  ['{{with $x := .kind}}{{$x}}{{.}}{{end}}', 'ListList'],
  ['{{if .nope}}a{{else if .kind}}b{{else}}c{{end}}', 'b'],
  ['{{if and .kind .nope}}a{{else}}b{{end}}', 'b'],
  ['{{and .kind .apiVersion}} {{or .nope .kind}} {{not .kind}} {{not .nope}}', 'v1 List false true'],
  ['{{$x := 5}}{{$x}}{{$x = 6}}{{$x}}', '56'],
  ['{{$x := 5}}{{if true}}{{$x = 7}}{{$y := 8}}{{$y}}{{end}}{{$x}}', '87'],
  ['{{$x := .items}}{{len $x}}{{(index $x 0).num}}', '53'],
  [
    '{{(index .items 0).big}} {{(index .items 0).float}} {{(index .items 0).huge}} {{(index .items 0).tiny}} {{(index .items 0).neg}} {{(index .items 0).t}} {{(index .items 0).nil}} {{(index .items 0).empty}}',
    '12345678901 1.5 1.23456725e+06 1.2e-06 -4 true <no value> ',
  ],
  [
    '{{(index .items 0).mixed}} {{(index .items 0).emptyList}} {{(index .items 0).emptyMap}}',
    '[1 x <nil> true map[k:1] [1 2]] [] map[]',
  ],
  ['{{index .items 0 "metadata" "name"}} {{index (index .items 0).metadata.labels "k8s.io/app"}}', 'a x'],
  ['{{index .kind 0}} {{index .kind 1}}', '76 105'],
  ['{{index .metadata "nope"}}', '<no value>'],
  ['{{len .kind}} {{len .metadata}} {{len (index .items 0).list}}', '4 1 5'],
  ['{{len (index .items 0).metadata.annotations.uni}}', '11'],
  ['{{slice .kind 1 3}} {{slice .kind 1}} {{slice .kind}} {{slice (index .items 0).list 1 3}}', 'is ist List [2 3]'],
  ['{{slice (index .items 0).list 1 2 3}}', '[2]'],
  [
    '{{eq .kind "List"}} {{ne .kind "List"}} {{eq .kind "a" "List"}} {{lt 1 2}} {{le 2 2}} {{gt 1 2}} {{ge 2 2}}',
    'true false true true true false true',
  ],
  ['{{eq (index .items 0).num 3}} {{lt (index .items 0).num 5}} {{gt (index .items 0).float 1.0}}', 'true true true'],
  ['{{eq .nope .nope}} {{eq .nope "x"}} {{eq .kind .nope}} {{ne .nope nil}}', 'true false false false'],
  ['{{1 | lt 2}}', 'false'],
  ['{{.kind | printf "%s-%s" "a"}}', 'a-List'],
  ['{{.kind | len | printf "%d"}}', '4'],
  ['{{"a" | printf "%s" | printf "%q"}}', '"a"'],
  ['{{print .kind 1 2 "x" 3 true}} {{print 1 2}} {{print .nope}} {{print}}', 'List1 2x3 true 1 2 <nil> '],
  ['{{println .kind 1}}x{{println}}', 'List 1\nx\n'],
  [
    '{{printf "%d %5d %-5d| %05d %x %X %o %b %c %U %q" 42 42 42 42 255 255 8 5 65 65 65}}',
    "42    42 42   | 00042 ff FF 10 101 A U+0041 'A'",
  ],
  [
    '{{printf "%s %10s|%-10s|%.2s|%q|%x|% x|%v" "abc" "abc" "abc" "abc" "a\\"b" "hi" "hi" "z"}}',
    'abc        abc|abc       |ab|"a\\"b"|6869|68 69|z',
  ],
  [
    '{{printf "%f %.2f %8.3f|%e %g %.3g %G %6.1f|%-8.1f|%08.2f %+.1f" 3.14159 3.14159 3.14159 31415.9 3.14159 3.14159 1e21 2.5 2.5 3.14159 2.0}}',
    '3.141590 3.14    3.142|3.141590e+04 3.14159 3.14 1E+21    2.5|2.5     |00003.14 +2.0',
  ],
  ['{{printf "%t %v %5t|" true false true}}', 'true false  true|'],
  [
    '{{printf "%s" 5}} {{printf "%d" "x"}} {{printf "%s" true}} {{printf "%d" 1.5}} {{printf "%t" 1}} {{printf "%z" 1}} {{printf "%!" 1}}',
    '%!s(int=5) %!d(string=x) %!s(bool=true) %!d(float64=1.5) %!t(int=1) %!z(int=1) %!!(int=1)',
  ],
  [
    '{{printf "%s %s" "a"}} {{printf "%s" "a" "b" 3}} {{printf "%"}} {{printf "100%%"}} {{printf ""}}',
    'a %!s(MISSING) a%!(EXTRA string=b, int=3) %!(NOVERB) 100% ',
  ],
  [
    '{{printf "%s" .nope}} {{printf "%v" .nope}} {{printf "%d" .nope}} {{printf "%v" nil}}',
    '%!s(<nil>) <nil> %!d(<nil>) <nil>',
  ],
  [
    '{{printf "%s" (index .items 0).num}} {{printf "%v" (index .items 0).mixed}} {{printf "%s" (index .items 0).mixed}} {{printf "%d" (index .items 0).list}} {{printf "%q" (index .items 0).strs}}',
    '%!s(int64=3) [1 x <nil> true map[k:1] [1 2]] [%!s(int64=1) x <nil> %!s(bool=true) map[k:%!s(int64=1)] [%!s(int64=1) %!s(int64=2)]] [1 2 3 4 5] ["b" "a" "c"]',
  ],
  [
    '{{printf "%v %+v %#v" .metadata .metadata .metadata}}',
    'map[resourceVersion:] map[resourceVersion:] map[string]interface {}{"resourceVersion":""}',
  ],
  ['{{printf "%#v %#v %#v %#v" 5 "x" 1.5 true}}', '5 "x" 1.5 true'],
  [
    '{{printf "%T %T %T %T %T %T" 1 "x" 1.5 true .items (index .items 0).num}} {{printf "%T" .metadata}} {{printf "%T" .nope}}',
    'int string float64 bool []interface {} int64 map[string]interface {} <nil>',
  ],
  [
    '{{printf "%[2]s %[1]s" "a" "b"}} {{printf "%[3]s" "a"}} {{printf "%*d|%-*d|" 5 42 5 42}} {{printf "%.*f" 2 3.14159}}',
    'b a %!s(BADINDEX)    42|42   | 3.14',
  ],
  ['{{printf "%6.2f|%6d|%-6d|%06d" 3.14159 -42 -42 -42}}', '  3.14|   -42|-42   |-00042'],
  ['{{printf "%x %X %#x % d %+d" -255 255 255 5 5}}', '-ff FF 0xff  5 +5'],
  [
    '{{printf "%v" 1000000.0}} {{printf "%v" 123456789}} {{1000000.0}} {{1e3}} {{0x1F}} {{017}} {{0b11}} {{1_000}} {{\'a\'}} {{-5}} {{+5}} {{.5}}',
    '1e+06 123456789 1e+06 1000 31 15 3 1000 97 -5 5 0.5',
  ],
  ['{{.kind | printf}}', 'List'],
  [
    '{{html "<a href=\'x\'>&\\"</a>"}} {{js "it\'s \\"x\\" <a> = \\n é"}} {{urlquery "a b&c=d/é~*\'()!"}}',
    '&lt;a href=&#39;x&#39;&gt;&amp;&#34;&lt;/a&gt; it\\\'s \\"x\\" \\u003Ca\\u003E \\u003D \\u000A é a+b%26c%3Dd%2F%C3%A9~%2A%27%28%29%21',
  ],
  ['{{html 1 2 "x"}} {{html .nope}} {{.kind | html | js}}', '1 2x &lt;no value&gt; List'],
  ['{{base64decode "aGVsbG8="}} {{(index .items 0).metadata.annotations.b64 | base64decode}}', 'hello hello'],
  ['{{base64decode ""}}', ''],
  [
    '{{exists .metadata "resourceVersion"}} {{exists .metadata "nope"}} {{exists .items 0}} {{exists .items 9}} {{exists .items 0 "metadata" "labels" "num"}} {{exists .nope}} {{exists .kind}} {{exists .kind 1}} {{exists .items "x"}}',
    'true false true false true true true true false',
  ],
  ['{{$.kind}}', 'List'],
  ['{{range .items}}{{$.kind}}{{end}}', 'ListListListListList'],
  ['{{/* comment */}}x{{- /* c */ -}} y', 'xy'],
  ['a {{- .kind -}} b', 'aListb'],
  ['a  {{-  .kind  -}}  b', 'aListb'],
  ['{{ .kind}}{{.kind }}{{\t.kind\t}}', 'ListListList'],
  ['a {{- 3}} {{3 -}} b {{-3}}', 'a3 3b -3'],
  ['{{if .kind -}}  x  {{- end}}', 'x'],
  ['{{.kind}}}', 'List}'],
  ['{{(.kind)}}', 'List'],
  ['{{$e := 0}}{{$i := 0}}{{range $i, $e = .items}}{{end}}{{$i}}{{$e.metadata.name}}', '4d9'],
  ['{{define "x"}}[{{.}}]{{end}}{{template "x" .kind}}{{template "x"}}', '[List][<no value>]'],
  ['{{block "b" .kind}}<{{.}}>{{end}}', '<List>'],
  ['{{`raw "x" \\n`}}', 'raw "x" \\n'],
  ["{{'\\n'}}", '10'],
  ['{{.é}}', '<no value>'],
  ['{{.3}}', '0.3'],
  ['{{"\\x41\\u00e9\\101\\t|"}}', 'AéA\t|'],
  ['{{printf "%s\\n" .kind}}{{printf "%q" "é\\n\\x00"}}', 'List\n"é\\n\\x00"'],
  [
    '{{range .items}}{{with .metadata.labels}}{{range $k, $v := .}}{{$k}}={{$v}},{{end}}{{end}}{{end}}',
    'k8s.io/app=x,num=7,',
  ],
  [
    '{{range .items}}{{.metadata.name}}:{{range .list}}{{.}}{{if ne . 5}},{{end}}{{end}};{{end}}',
    'a:1,2,3,4,5;b:9,;c:;d10:;d9:;',
  ],
  ['{{range .items}}{{if .t}}T{{else if .num}}N{{else}}-{{end}}{{end}}', 'TN-NN'],
  ['{{range .items}}{{or .num "none"}} {{end}}', '3 20 none 5 5 '],
  [
    '{{range .items}}{{printf "%-6s%6v" .metadata.name .num}}\n{{end}}',
    'a          3\nb         20\nc      <nil>\nd10        5\nd9         5\n',
  ],
  [
    '{{range .items}}{{printf "%s\\t%s\\n" .metadata.name .q}}{{end}}',
    'a\t10Gi\nb\t900Mi\nc\t1e3\nd10\tabc\nd9\t%!s(<nil>)\n',
  ],
  ['{{len (slice .kind 0 2)}} {{index (slice (index .items 0).list 1 3) 0}}', '2 2'],
  ['{{if not (eq .kind "x")}}ok{{end}} {{if or (eq .kind "x") (gt (len .items) 3)}}many{{end}}', 'ok many'],
  ['{{.metadata}} {{.metadata.resourceVersion}}|', 'map[resourceVersion:] |'],
  ['{{println "a" "b"}}{{print "a" "b" 1}}', 'a b\nab1'],
  ['text only', 'text only'],
  ['a{{"{{"}}b{{"}}"}}c', 'a{{b}}c'],
  ['{{with $y := index .items 0}}{{$y.num}}{{end}}{{if $z := .kind}}{{$z}}{{end}}', '3List'],
  ['{{- range $i, $x := .items -}} {{$i}} {{- end -}}', '01234'],
  ['{{if gt (index .items 0).num (index .items 1).num}}a{{else}}b{{end}}', 'b'],
  ['{{if lt "a" "b"}}1{{end}}{{if le "b" "a"}}2{{end}}{{if ge "b" "a"}}3{{end}}', '13'],
  ["{{eq 1 1 2}}{{eq 'a' 97}}{{eq (index .kind 0) 76}}", 'truetruetrue'],
  ['{{range .items}}{{index . "metadata" "name"}}{{end}}', 'abcd10d9'],
  ['{{.items | len}}', '5'],
  ['{{(index .items 0).metadata.annotations.html}}', '<a href=\'x\'>&"q"</a>'],
  ['{{range $k, $v := .metadata}}{{$k}}{{end}}', 'resourceVersion'],
  ['{{and 1 0 2}} {{or 0 "" "x"}} {{and 1}} {{or 0}} {{1 | and 2}} {{0 | or 5}}', '0 x 1 0 1 5'],
  ['{{html}}{{js}}{{urlquery}}|', '|'],
])('%j prints %j', (template, text) => {
  expect(run(template)).toEqual({ text });
});

test('the same name means the innermost variable, and only inside', () => {
  expect(run('{{$x := 1}}{{with $x := 2}}{{$x}}{{end}}{{$x}}', {})).toEqual({ text: '21' });
});

test('a template that calls itself walks a tree', () => {
  const template = '{{define "t"}}{{.n}}{{range .c}}({{template "t" .}}){{end}}{{end}}{{template "t" .}}';
  expect(run(template, { n: 1, c: [{ n: 2 }, { n: 3, c: [{ n: 4 }] }] })).toEqual({ text: '1(2)(3(4))' });
});

test('a template that calls itself for ever ends with an error', () => {
  expect(run('{{define "t"}}{{template "t"}}{{end}}{{template "t"}}', {}).error).toContain(
    'exceeded maximum template depth',
  );
});

describe('no template breaks the printer', () => {
  const part = fc.constantFrom(
    '{{',
    '}}',
    '{{- ',
    ' -}}',
    '{{range .items}}',
    '{{if .t}}',
    '{{else}}',
    '{{end}}',
    '{{break}}',
    '{{.num}}',
    'x',
    ' ',
    '.items',
    '$x',
    ':=',
    '|',
    '(',
    ')',
    'index',
    'len',
    'eq',
    'printf "%5.2f|%[1]q"',
    '"s"',
    "'c'",
    '1.5',
    '3',
    'nil',
    '.',
    ',',
  );

  test('whatever its parts', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        expect(typeof run(parts.join('')).text).toBe('string');
      }),
    );
  });

  test('whatever its function is given', () => {
    const names = [
      'len',
      'index',
      'slice',
      'print',
      'printf',
      'html',
      'js',
      'urlquery',
      'eq',
      'lt',
      'exists',
      'base64decode',
      'call',
      'not',
      'and',
    ];
    const value = fc.constantFrom('.items', '.kind', '.nope', '3', '1.5', '"%v"', 'nil', 'true', '.');
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.array(value, { maxLength: 4 }), (name, args) => {
        expect(typeof run(`{{${[name, ...args].join(' ')}}}`).text).toBe('string');
      }),
    );
  });
});
