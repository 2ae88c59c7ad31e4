/** Cuts a Go template into text and the words of its actions. Twin: text/template/parse lex.go. */

export interface Token {
  /** `field` is `.name`, `variable` is `$` or `$name`; a mark is any of `( ) | , = :=` and a lone dot. */
  readonly kind: 'field' | 'variable' | 'word' | 'string' | 'number' | 'mark' | 'space' | 'end';
  readonly text: string;
  readonly at: number;
}

export type Piece =
  | { readonly piece: 'text'; readonly text: string }
  | { readonly piece: 'action'; readonly tokens: readonly Token[]; readonly at: number };

export class GoTemplateError extends Error {}

const ACTION = /\{\{(- )?/g;
const PATTERNS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ['number', /[-+]?(?:0[xX][0-9a-fA-F]+|[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+)|'(?:[^'\\\n]|\\.)'/y],
  ['field', /\.[_\p{L}][_\p{L}\p{Nd}]*/uy],
  ['variable', /\$(?:[_\p{L}][_\p{L}\p{Nd}]*)?/uy],
  ['word', /[_\p{L}][_\p{L}\p{Nd}]*/uy],
  ['mark', /:=|[().|,=]/y],
];

/** Throws `GoTemplateError`. */
export function cutGoTemplate(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let isTrimmed = false;
  const addText = (written: string): void => {
    const shown = isTrimmed ? written.replace(/^[ \t\r\n]+/, '') : written;
    if (shown !== '') pieces.push({ piece: 'text', text: shown });
  };
  for (;;) {
    ACTION.lastIndex = at;
    const opening = ACTION.exec(text);
    if (opening === null) {
      addText(text.slice(at));
      return pieces;
    }
    const before = text.slice(at, opening.index);
    addText(opening[1] === undefined ? before : before.replace(/[ \t\r\n]+$/, ''));
    const closed = readAction(text, opening.index + opening[0].length);
    if (closed.tokens.length > 0 || !closed.isComment) {
      pieces.push({ piece: 'action', tokens: closed.tokens, at: opening.index + 2 });
    }
    ({ at, isTrimmed } = closed);
  }
}

interface Closed {
  readonly tokens: readonly Token[];
  readonly isComment: boolean;
  readonly at: number;
  readonly isTrimmed: boolean;
}

function readAction(text: string, from: number): Closed {
  const tokens: Token[] = [];
  let at = from;
  const comment = /\/\*[^]*?\*\//y;
  comment.lastIndex = at;
  const [written = ''] = comment.exec(text) ?? [];
  at += written.length;
  for (;;) {
    const closing = / -\}\}|\}\}/y;
    closing.lastIndex = at;
    const [end] = closing.exec(text) ?? [];
    if (end !== undefined) {
      return { tokens, isComment: written !== '', at: at + end.length, isTrimmed: end.length > 2 };
    }
    if (written !== '') throw problem(text, at, 'comment ends before closing delimiter');
    if (at >= text.length) throw problem(text, at, 'unclosed action');
    const token = readToken(text, at);
    tokens.push(token);
    at += token.text.length;
  }
}

function readToken(text: string, at: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    // `1` behind a word is a number, a sign alone is nothing.
    if (found !== undefined) return { kind, text: found, at };
  }
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (character === '"') throw problem(text, at, 'unterminated quoted string');
  if (character === '`') throw problem(text, at, 'unterminated raw quoted string');
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw problem(text, at, `unexpected bad character U+${code} '${character}' in command`);
}

/** As Go puts it while it reads a template. */
export function problem(text: string, at: number, message: string): GoTemplateError {
  const line = text.slice(0, at).split('\n').length;
  return new GoTemplateError(`template: output:${line}: ${message}`);
}
