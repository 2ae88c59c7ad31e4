import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Progress } from './progress.ts';

/** As much of a terminal as the line needs. */
function terminal(isTTY: boolean): { readonly stream: NodeJS.WriteStream; readonly written: string[] } {
  const written: string[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  return { stream, written };
}

beforeEach(() => {
  vi.stubEnv('CI', '');
  vi.stubEnv('TERM', 'xterm');
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

test('a run of more than a second gets one line, at most five times a second, and none is left behind', () => {
  const { stream, written } = terminal(true);
  const progress = new Progress('outage', 2_700_000, stream);
  vi.advanceTimersByTime(900);
  progress.update(60_000, 10_000);
  expect(written).toEqual([]);
  vi.advanceTimersByTime(200);
  progress.update(750_400, 20_000);
  progress.update(751_000, 30_000);
  expect(written).toEqual(['\r\u001B[Koutage  12m30s of 45m  20000 events']);
  progress.clear();
  expect(written.at(-1)).toBe('\r\u001B[K');
});

test.each([
  ['without a terminal', false, '', 'xterm'],
  ['in CI', true, 'true', 'xterm'],
  ['on a dumb terminal', true, '', 'dumb'],
])('%s there is none', (_where, isTTY, ci, term) => {
  vi.stubEnv('CI', ci);
  vi.stubEnv('TERM', term);
  const { stream, written } = terminal(isTTY);
  const progress = new Progress('outage', 2_700_000, stream);
  vi.advanceTimersByTime(5_000);
  progress.update(60_000, 10_000);
  progress.clear();
  expect(written).toEqual([]);
});
