/** HTML that is safe by construction: whatever is put into the template is text, unless it is such HTML itself. */
import { visible } from './visible.ts';

/** Made by `html` alone; a plain string is never markup. */
export class Html {
  readonly #markup: string;

  private constructor(markup: string) {
    this.#markup = markup;
  }

  /** The one door from text to markup: literal parts as they are, values escaped. */
  static template(parts: TemplateStringsArray, values: readonly HtmlValue[]): Html {
    let markup = parts[0] ?? '';
    values.forEach((value, i) => {
      markup += markupOf(value) + (parts[i + 1] ?? '');
    });
    return new Html(markup);
  }

  toString(): string {
    return this.#markup;
  }
}

/** Undefined and false leave nothing; lists are put one after the other. */
export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

/** Tagged template: values in text and in quoted attributes are escaped, hidden characters made visible. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return Html.template(parts, values);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text between tags and in quoted attributes, in HTML and XML alike. */
export function escapeText(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function markupOf(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  return value.map(markupOf).join('');
}
