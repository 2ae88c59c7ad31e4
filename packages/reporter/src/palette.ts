/**
 * The colours of the report. Healthy recedes and trouble stands out; blue, not green, is healthy; every pair of states
 * differs by ΔE2000 ≥ 10 for normal, protan, deutan and tritan eyes, and every problem state by 3:1 from the page.
 */

/** Colours of one theme: the ten states in the order of `NODE_STATES`, then the page's own. */
export interface Palette {
  readonly states: readonly string[];
  readonly page: string;
  readonly panel: string;
  readonly text: string;
  readonly secondary: string;
  readonly accent: string;
  readonly fail: string;
  readonly pass: string;
  readonly warn: string;
  readonly hairline: string;
  readonly fault: string;
  /** How much of the fault's colour lies over what it covers, as CSS opacity. */
  readonly faultOpacity: string;
}

export const LIGHT: Palette = {
  states: [
    '#EEF0F3',
    '#92D3FF',
    '#D8DEE8',
    '#65B5AF',
    '#F7F185',
    '#A052C1',
    '#C66215',
    '#516981',
    '#992741',
    '#080808',
  ],
  page: '#FFFFFF',
  panel: '#F7F8FA',
  text: '#16181D',
  secondary: '#59606B',
  accent: '#0B57D0',
  fail: '#B3261E',
  pass: '#0B5E3B',
  warn: '#7A4A00',
  hairline: '#D9DDE3',
  fault: '#C66215',
  faultOpacity: '0.13',
};

export const DARK: Palette = {
  states: [
    '#181C22',
    '#305891',
    '#404040',
    '#138B89',
    '#8C6D00',
    '#BD81DF',
    '#EC9736',
    '#ABC0D6',
    '#FC4063',
    '#F9F9F9',
  ],
  page: '#0F1216',
  panel: '#151A20',
  text: '#E8EAED',
  secondary: '#A2AAB5',
  accent: '#8AB4F8',
  fail: '#FF8A80',
  pass: '#7BD8A5',
  warn: '#FFC46B',
  hairline: '#2A3038',
  fault: '#EC9736',
  faultOpacity: '0.19',
};

/** The palette as CSS custom properties: `--page`, `--state-0` … `--state-9`. */
export function paletteProperties({ states, ...rest }: Palette): string {
  const named = Object.entries(rest).map(
    ([name, value]) => `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}:${value}`,
  );
  const fills = states.flatMap((colour, i) => [`--state-${i}:${colour}`, `--on-state-${i}:${inkOn(colour)}`]);
  return [...named, ...fills].join(';');
}

/** Black or white, whichever stands out more from a colour: its luminance decides (WCAG 2). */
export function inkOn(colour: string): string {
  return luminance(colour) > 0.179 ? '#000000' : '#FFFFFF';
}

/** Relative luminance of `#RRGGBB`, from 0 to 1. */
export function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(colour.slice(at, at + 2), 16) / 255),
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The sRGB curve, with its exponent 2.4 as a polynomial: `Math.pow` may differ between engines. */
function linear(channel: number): number {
  if (channel <= 0.04045) return channel / 12.92;
  return channel * (channel * (channel * 0.305306011 + 0.682171111) + 0.012522878);
}
