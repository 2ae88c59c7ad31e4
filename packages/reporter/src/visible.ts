/** Text from clusters and files as it may safely be shown: what is invisible or turns the direction becomes visible. */

/** C0 and C1 controls, zero-width characters, and marks that reorder what a reader sees. */
// oxlint-disable-next-line no-control-regex -- they are what this file is about
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g;

/** `a⟨U+202E⟩b` instead of a character that would hide or reorder its neighbours. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => `⟨U+${codeOf(character)}⟩`);
}

export function hasHidden(text: string): boolean {
  return text.search(HIDDEN) >= 0;
}

function codeOf(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
}
