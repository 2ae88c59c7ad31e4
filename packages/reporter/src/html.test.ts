/** Text can never become markup, and what is invisible becomes visible. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeText, html } from './html.ts';
import { shellCommand } from './shellCommand.ts';
import { hasHidden, visible } from './visible.ts';

test('values are escaped in text and in attributes, markup made by the template is not escaped again', () => {
  const name = `</script><img src=x onerror='alert("1")'>&`;
  expect(
    html`<p title="${name}">${html`<b>${name}</b>`}${[1, html`<i>2</i>`]}${undefined}${false}</p>`.toString(),
  ).toBe(
    '<p title="&lt;/script&gt;&lt;img src=x onerror=&#39;alert(&quot;1&quot;)&#39;&gt;&amp;"><b>&lt;/script&gt;&lt;img src=x onerror=&#39;alert(&quot;1&quot;)&#39;&gt;&amp;</b>1<i>2</i></p>',
  );
});

test('no text leaves a character that HTML could read as markup', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escapeText(text)).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
    }),
  );
});

test.each([
  ['a\u202Eb', 'a⟨U+202E⟩b'],
  ['nul\u0000', 'nul⟨U+0000⟩'],
  ['line\nend', 'line⟨U+000A⟩end'],
  ['\u200B\u2066\u009F', '⟨U+200B⟩⟨U+2066⟩⟨U+009F⟩'],
  ['größer 日本 \u{1F600}', 'größer 日本 \u{1F600}'],
])('%j is shown as %s', (text, shown) => {
  expect(visible(text)).toBe(shown);
  expect(hasHidden(text)).toBe(text !== shown);
});

test('a copied command splits back into the same arguments in a real shell', () => {
  const argument = fc
    .string({ unit: 'grapheme-ascii', maxLength: 12 })
    .filter((text) => text !== '' && !hasHidden(text));
  fc.assert(
    fc.property(fc.array(argument, { minLength: 1, maxLength: 4 }), (argv) => {
      const line = shellCommand(argv) ?? '';
      const output = execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' });
      expect(output.split('\n').slice(0, -1)).toEqual(argv);
    }),
    { numRuns: 25, examples: [[["it's", '$(id)', '`id`', '=cmd', '~', '*', '', '-n']]] },
  );
});

test('a command with a control or bidi character is refused', () => {
  expect(shellCommand(['npx', 'a\nrm -rf'])).toBeUndefined();
  expect(shellCommand(['npx', 'a\u202Eb'])).toBeUndefined();
});
