/** The order in which YAML writes the fields of a map: numbers inside names count as numbers, `port2` before `port10`. Twin: goyaml.v2 sorter.go. */

export function compareNaturally(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at += 1) {
    if (left[at] !== right[at]) return compareFrom(left, right, at);
  }
  return left.length - right.length;
}

/** The names differ at `at` and not before. */
function compareFrom(left: readonly string[], right: readonly string[], at: number): number {
  const [a = '', b = ''] = [left[at], right[at]];
  if (isLetter(a) && isLetter(b)) return compareCharacters(a, b);
  // Whatever is no letter comes before letters.
  if (isLetter(a) || isLetter(b)) return isLetter(b) ? -1 : 1;
  const prefix = isInsideNumber(left, right, at) ? '1' : '';
  const [aDigits, bDigits] = [digitsFrom(left, at), digitsFrom(right, at)];
  const [aNumber, bNumber] = [BigInt(`${prefix}${aDigits}` || '0'), BigInt(`${prefix}${bDigits}` || '0')];
  if (aNumber !== bNumber) return aNumber < bNumber ? -1 : 1;
  return aDigits.length === bDigits.length ? compareCharacters(a, b) : aDigits.length - bDigits.length;
}

/** A zero behind other digits is no leading one: `105` and `110` differ inside a number. */
function isInsideNumber(left: readonly string[], right: readonly string[], at: number): boolean {
  if (left[at] !== '0' && right[at] !== '0') return false;
  for (let before = at - 1; before >= 0 && isDigit(left[before]); before -= 1) {
    if (left[before] !== '0') return true;
  }
  return false;
}

function digitsFrom(characters: readonly string[], from: number): string {
  let to = from;
  while (to < characters.length && isDigit(characters[to])) to += 1;
  return characters.slice(from, to).join('');
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

function isLetter(character: string): boolean {
  return /\p{L}/u.test(character);
}

function compareCharacters(a: string, b: string): number {
  return (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0);
}
