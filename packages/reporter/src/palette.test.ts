/** The colours keep their promises: told apart by every kind of eye, and readable on the page. */
import { expect, test } from 'vitest';
// oxlint-disable no-restricted-properties -- colour science needs them, and no byte of a report depends on this file
import { NODE_STATES } from './nodeState.ts';
import { DARK, inkOn, LIGHT, luminance, type Palette } from './palette.ts';

type Triple = readonly [number, number, number];

/** Machado, Oliveira, Fernandes 2009, severity 1, for linear RGB. */
const EYES: Readonly<Record<string, readonly Triple[]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linearRgb(colour: string): Triple {
  const channel = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function times(matrix: readonly Triple[], [a, b, c]: Triple): Triple {
  const row = (i: number): number => {
    const [x, y, z] = matrix[i] ?? [0, 0, 0];
    return Math.min(1, Math.max(0, x * a + y * b + z * c));
  };
  return [row(0), row(1), row(2)];
}

function lab([r, g, b]: Triple): Triple {
  const f = (t: number): number => (t > 216 / 24_389 ? Math.cbrt(t) : ((24_389 / 27) * t + 16) / 116);
  const [x, y, z] = [
    f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047),
    f(0.2126729 * r + 0.7151522 * g + 0.072175 * b),
    f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883),
  ];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIEDE2000 (Sharma, Wu, Dalal 2005). */
function difference([l1, a1, b1]: Triple, [l2, a2, b2]: Triple): number {
  const degrees = Math.PI / 180;
  const mean = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const g = 0.5 * (1 - Math.sqrt(mean ** 7 / (mean ** 7 + 25 ** 7)));
  const [x1, x2] = [a1 * (1 + g), a2 * (1 + g)];
  const [c1, c2] = [Math.hypot(x1, b1), Math.hypot(x2, b2)];
  const hue = (x: number, b: number): number => (x === 0 && b === 0 ? 0 : (Math.atan2(b, x) / degrees + 360) % 360);
  const [h1, h2] = [hue(x1, b1), hue(x2, b2)];
  const turn = h2 - h1 > 180 ? -360 : h2 - h1 < -180 ? 360 : 0;
  const dh = c1 * c2 === 0 ? 0 : h2 - h1 + turn;
  const [dl, dc, dH] = [l2 - l1, c2 - c1, 2 * Math.sqrt(c1 * c2) * Math.sin((dh / 2) * degrees)];
  const [lm, cm] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const hm =
    c1 * c2 === 0 ? h1 + h2 : Math.abs(h1 - h2) <= 180 ? (h1 + h2) / 2 : (h1 + h2 + (h1 + h2 < 360 ? 360 : -360)) / 2;
  const cos = (angle: number): number => Math.cos(angle * degrees);
  const t = 1 - 0.17 * cos(hm - 30) + 0.24 * cos(2 * hm) + 0.32 * cos(3 * hm + 6) - 0.2 * cos(4 * hm - 63);
  const rc = 2 * Math.sqrt(cm ** 7 / (cm ** 7 + 25 ** 7));
  const rt = -Math.sin(60 * Math.exp(-(((hm - 275) / 25) ** 2)) * degrees) * rc;
  const [sl, sc, sh] = [
    1 + (0.015 * (lm - 50) ** 2) / Math.sqrt(20 + (lm - 50) ** 2),
    1 + 0.045 * cm,
    1 + 0.015 * cm * t,
  ];
  return Math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dH / sh) ** 2 + rt * (dc / sc) * (dH / sh));
}

/** WCAG 2, by the exact curve. */
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [a, b]
    .map((colour) => {
      const [red, green, blue] = linearRgb(colour);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    })
    .sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

test('the difference formula gives the published value of a known pair', () => {
  expect(difference([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4);
});

const THEMES: readonly (readonly [string, Palette])[] = [
  ['light', LIGHT],
  ['dark', DARK],
];

test.each(THEMES.flatMap(([theme, palette]) => Object.keys(EYES).map((eye) => [theme, eye, palette] as const)))(
  'in the %s theme any two of the states 1 to 9 differ by ΔE2000 of 10 or more for %s eyes',
  (_, eye, { states }) => {
    const seen = states.slice(1).map((colour) => lab(times(EYES[eye] ?? [], linearRgb(colour))));
    const smallest = Math.min(...seen.flatMap((a, i) => seen.slice(i + 1).map((b) => difference(a, b))));
    expect(smallest).toBeGreaterThanOrEqual(10);
  },
);

test.each(THEMES)('in the %s theme problem states stand out from the page by 3:1, texts by 4.5:1', (_, palette) => {
  for (const state of palette.states.slice(5)) expect(contrast(state, palette.page)).toBeGreaterThanOrEqual(3);
  for (const ink of [palette.text, palette.secondary, palette.accent, palette.fail, palette.pass, palette.warn]) {
    expect(contrast(ink, palette.page)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(ink, palette.panel)).toBeGreaterThanOrEqual(4.5);
  }
});

test('the glyph on a state can be read: black or white gives 4.5:1 everywhere', () => {
  for (const [, { states }] of THEMES) {
    expect(states).toHaveLength(NODE_STATES.length);
    for (const state of states) expect(contrast(state, inkOn(state))).toBeGreaterThanOrEqual(4.5);
  }
});

test('the luminance without powers is that of the exact curve to two digits', () => {
  for (const colour of [...LIGHT.states, ...DARK.states, '#000000', '#FFFFFF']) {
    const [red, green, blue] = linearRgb(colour);
    expect(luminance(colour)).toBeCloseTo(0.2126 * red + 0.7152 * green + 0.0722 * blue, 2);
  }
});
