import { expect, test } from 'vitest';
import { customColumnsPrinter } from './customColumns.ts';
import { ODD_LIST, ODD_OBJECTS } from './testing/oddObjects.ts';

function run(spec: string, data: unknown = ODD_LIST, noHeaders = false): { text: string; error?: string } {
  const choice = customColumnsPrinter(spec, { noHeaders });
  return choice.ok ? choice.print(data) : { text: '', error: choice.error };
}

test.each([
  ['N:.metadata.name', 'N\na\nb\nc\nd10\nd9\n'],
  ['N:metadata.name,NUM:.num', 'N     NUM\na     3\nb     20\nc     <none>\nd10   5\nd9    5\n'],
  ['N:{.metadata.name},NUM:{num}', 'N     NUM\na     3\nb     20\nc     <none>\nd10   5\nd9    5\n'],
  ['N:', 'N\n<none>\n<none>\n<none>\n<none>\n<none>\n'],
  [
    'N:.metadata.name,A:.metadata.annotations.s,B:.num',
    'N       A     B\na       line1\nline2   3\nb       <none>   20\nc       <none>   <none>\nd10     <none>   5\nd9      <none>   5\n',
  ],
  [
    'N:.metadata.name,A:.metadata.annotations.tab,B:.num',
    'N     A        B\na     a        b     3\nb     <none>   20\nc     <none>   <none>\nd10   <none>   5\nd9    <none>   5\n',
  ],
  [
    'N:.metadata.name,A:.metadata.annotations.esc,B:.num',
    'N     A              B\na     ^[[31mred\\rx   3\nb     <none>         20\nc     <none>         <none>\nd10   <none>         5\nd9    <none>         5\n',
  ],
  [
    'A:.metadata.annotations,N:.metadata.name',
    'A     N\nmap[b64:aGVsbG8= bad64:!! esc:^[[31mred\\rx html:<a href=\'x\'>&"q"</a> s:line1\nline2 tab:a   b uni:é世界\u200b]   a\n<none>        b\n<none>        c\n<none>        d10\n<none>        d9\n',
  ],
  [
    'N:.list[*],M:.mixed',
    'N           M\n1,2,3,4,5   [1 x <nil> true map[k:1] [1 2]]\n9           <none>\n<none>      <none>\n<none>      <none>\n<none>      <none>\n',
  ],
  ['N:.list[0]', 'N\n1\n9\n<none>\n<none>\n<none>\n'],
  [
    'N:.nested[*].n,L:.metadata.labels',
    'N        L\n1,2,3    map[k8s.io/app:x num:7]\n<none>   <none>\n<none>   <none>\n<none>   <none>\n<none>   <none>\n',
  ],
  [
    'N:.nil,E:.empty,EL:.emptyList,EM:.emptyMap',
    'N        E        EL       EM\n<nil>             []       map[]\n<none>   <none>   <none>   <none>\n5        <none>   <none>   map[x:1]\n<none>   <none>   <none>   <none>\n<none>   <none>   <none>   <none>\n',
  ],
  [
    'N:.float,B:.big,T:.t,H:.huge,Y:.tiny',
    'N        B             T        H                Y\n1.5      12345678901   true     1.23456725e+06   1.2e-06\n0.5      <none>        false    <none>           <none>\n2.5      <none>        <none>   <none>           <none>\n<none>   <none>        <none>   <none>           <none>\n<none>   <none>        <none>   <none>           <none>\n',
  ],
  [
    'N:.metadata.annotations.uni,M:.num',
    'N        M\né世界\u200b     3\n<none>   20\n<none>   <none>\n<none>   5\n<none>   5\n',
  ],
  ['a b:.num,:.q', 'a b      \n3        10Gi\n20       900Mi\n<none>   1e3\n5        abc\n5        <none>\n'],
  ['N:.list[?(@>2)],Z:.num', 'N        Z\n3,4,5    3\n9        20\n<none>   <none>\n<none>   5\n<none>   5\n'],
  ['N:..n', 'N\n1,2,3\n<none>\n<none>\n<none>\n<none>\n'],
  ['N:.a:b', 'N\n<none>\n<none>\n<none>\n<none>\n<none>\n'],
  ['N:.metadata.labels.k8s\\.io/app', 'N\nx\n<none>\n<none>\n<none>\n<none>\n'],
  ["N:.metadata.labels['k8s\\.io/app']", 'N\nx\n<none>\n<none>\n<none>\n<none>\n'],
  ['N:.q.*', 'N\n49,48,71,105\n57,48,48,77,105\n49,101,51\n97,98,99\n<none>\n'],
  ['N:.items', 'N\n<none>\n<none>\n<none>\n<none>\n<none>\n'],
  ['N:.mixed[*]', 'N\n1,x,<nil>,true,map[k:1],[1 2]\n<none>\n<none>\n<none>\n<none>\n'],
  ['N:"x"', 'N\n<none>\n<none>\n<none>\n<none>\n<none>\n'],
  ['N:.[0]', 'N\n<none>\n<none>\n<none>\n<none>\n<none>\n'],
  [
    'LONGHEADER:.num,X:.q',
    'LONGHEADER   X\n3            10Gi\n20           900Mi\n<none>       1e3\n5            abc\n5            <none>\n',
  ],
  [
    'N:.metadata.creationTimestamp,Q:.nope.x',
    'N        Q\n<nil>    <none>\n<none>   <none>\n<none>   <none>\n<none>   <none>\n<none>   <none>\n',
  ],
])('%j prints %j', (spec, text) => {
  expect(run(spec)).toEqual({ text });
});

test.each([
  [
    'N:{metadata.name',
    "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
    '',
  ],
  ['N:.num,', 'unexpected custom-columns spec: , expected <header>:<json-path-expr>', ''],
  ['N', 'unexpected custom-columns spec: N, expected <header>:<json-path-expr>', ''],
  ['N:.list[0', 'unterminated array', 'N\n'],
  ['N:.num[0]', 'int64 is not array or slice', 'N\n'],
  [
    'N:{.num}{.q}',
    "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
    '',
  ],
  ['N:.num q', 'unrecognized identifier q', 'N\n'],
])('%j fails with %j after %j', (spec, error, text) => {
  expect(run(spec)).toEqual({ text, error });
});

test('without headers the columns are as wide as what is in them', () => {
  expect(run('LONGHEADER:.num,X:.q', ODD_LIST, true).text).toBe(
    '3        10Gi\n20       900Mi\n<none>   1e3\n5        abc\n5        <none>\n',
  );
});

test('a single object is a row', () => {
  expect(run('NAME:metadata.name,NUM:{num}', ODD_OBJECTS[1])).toEqual({ text: 'NAME   NUM\nb      20\n' });
});
