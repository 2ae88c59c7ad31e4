import { expect, test } from 'vitest';
import { jsonPathPrinter } from './jsonPath.ts';

/** What the real client says. */
test.each([
  ['{..*}', "unrecognized character in action: U+002A '*'"],
  ['{....name}', 'invalid multiple recursive descent'],
  ['{.items[0].list[-]}', 'array index - is not a number'],
  ['{.items[0].list[x]}', 'invalid array index x'],
  ['{.items[0].list["a"]}', 'invalid array index "a"'],
  ['{.items[0].list[99999999999999999999]}', 'array index 99999999999999999999 is not a number'],
  ['{.items[0].metadata["labels"]}', 'invalid array index "labels"'],
  ['{.items[?(@.q=~"1.*")].metadata.name}', "unrecognized character in action: U+007E '~'"],
  ['{.items[0].nested[?(@.n==1].n}', 'unterminated filter'],
  ['{.items[0].nested[?(@.n==1)}', 'unclosed array expect ]'],
  ['{.items[0].nested[?(@.n==1', 'unterminated filter'],
  ['{1.5.2}', 'cannot parse number 1.5.2'],
  ['{-}', 'cannot parse number -'],
  ['{"\\\'"}', 'unquote string "\\\'" error invalid syntax'],
  ["{'\\\"'}", "unquote string '\\\"' error invalid syntax"],
  ['{"\\q"}', 'unquote string "\\q" error invalid syntax'],
  ['{"\\\\"}', 'unterminated quoted string'],
  ['{"unterminated}', 'unterminated quoted string'],
  ["{'a\nb'}", 'unterminated quoted string'],
  ['{\t.kind}', 'unrecognized character in action: U+0009'],
  ['{.kind,}', "unrecognized character in action: U+002C ','"],
  ['{{.kind}}', "unrecognized character in action: U+007B '{'"],
  ['{.kind', 'unclosed action'],
  ['{#}', "unrecognized character in action: U+0023 '#'"],
  ['{(.kind)}', "unrecognized character in action: U+0028 '('"],
  ['{.items[*]', 'unclosed action'],
  ['{.items[', 'unterminated array'],
  ['{.items]}', "unrecognized character in action: U+005D ']'"],
  ['{[kind]}', 'invalid array index kind'],
])('%j cannot be parsed: %s', (template, problem) => {
  const error = `error parsing jsonpath ${template}, ${problem}\n`;
  expect(jsonPathPrinter(template, { allowMissingKeys: true, minor: 36 })).toEqual({ ok: false, error });
});
