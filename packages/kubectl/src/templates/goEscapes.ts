/** Text made safe for other languages, by the functions of Go templates. Twin: text/template funcs.go, net/url QueryEscape. */
import { isPrintable } from './goQuote.ts';

export function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, (character) => HTML_ESCAPES[character] ?? character);
}

export function escapeJavaScript(text: string): string {
  return text.replace(/[\\'"<>&=]|[^ -\x7f]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x80 && isPrintable(character)) return character;
    const isPlain = character === '\\' || character === "'" || character === '"';
    return isPlain ? `\\${character}` : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

/** Blanks become plus signs. */
export function escapeQuery(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\uFFFD',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};
