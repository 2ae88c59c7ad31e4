/** The five verdicts in the words of the report. */
import type { Verdict } from '@everynode/trace/record';

export interface VerdictWord {
  readonly word: string;
  readonly glyph: string;
  /** Which colour it takes: only a broken assertion is red. */
  readonly tone: 'good' | 'bad' | 'remark';
}

export const VERDICTS: Readonly<Record<Verdict, VerdictWord>> = {
  pass: { word: 'PASS', glyph: '✓', tone: 'good' },
  violated: { word: 'FAIL', glyph: '✕', tone: 'bad' },
  vacuous: { word: 'VACUOUS', glyph: '!', tone: 'remark' },
  limit: { word: 'LIMIT', glyph: '!', tone: 'remark' },
  interrupted: { word: 'INTERRUPTED', glyph: '!', tone: 'remark' },
};
