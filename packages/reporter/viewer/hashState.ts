/** The place of the viewer as the page's fragment: what a link carries. Read by whitelist, numbers clamped, never thrown. */

/** Absent parts keep what they are. */
export interface HashState {
  readonly atMs?: number;
  readonly seq?: number;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly node?: string;
  readonly query?: string;
  readonly daemonSet?: string;
  readonly theme?: Theme;
  /** First eight digits of the digest of the trace that the link was made for. */
  readonly digest?: string;
}

export type Theme = 'auto' | 'light' | 'dark';

const TEXT_MAX = 300;
const THEMES: readonly string[] = ['auto', 'light', 'dark'];

/** Undefined: the fragment is none of ours (an anchor of the page). */
export function parseHash(hash: string): HashState | undefined {
  const text = hash.replace(/^#/, '');
  if (!text.includes('=')) return undefined;
  const params = new URLSearchParams(text);
  return {
    ...moment(params.get('t')),
    ...range(params.get('v')),
    ...words('node', params.get('n')),
    ...words('query', params.get('q')),
    ...words('daemonSet', params.get('ds')),
    ...words('digest', params.get('d')),
    ...theme(params.get('theme')),
  };
}

/** `#d=ab12cd34&t=1864250@48211&v=…`: what differs from the viewer's start. */
export function formatHash(state: HashState): string {
  const params = new URLSearchParams();
  if (state.digest !== undefined) params.set('d', state.digest);
  if (state.atMs !== undefined)
    params.set('t', state.seq === undefined ? `${state.atMs}` : `${state.atMs}@${state.seq}`);
  if (state.fromMs !== undefined && state.toMs !== undefined) params.set('v', `${state.fromMs}-${state.toMs}`);
  if (state.node !== undefined) params.set('n', state.node);
  if (state.query !== undefined && state.query !== '') params.set('q', state.query);
  if (state.daemonSet !== undefined) params.set('ds', state.daemonSet);
  if (state.theme !== undefined && state.theme !== 'auto') params.set('theme', state.theme);
  // `@` and `/` may stand in a fragment as they are, and are easier to read.
  return `#${params.toString().replaceAll('%40', '@').replaceAll('%2F', '/')}`;
}

function moment(text: string | null): HashState {
  const match = /^(\d{1,15})(?:@(\d{1,10}))?$/.exec(text ?? '');
  if (match === null) return {};
  const atMs = Number(match[1]);
  return match[2] === undefined ? { atMs } : { atMs, seq: Number(match[2]) };
}

function range(text: string | null): HashState {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? '');
  if (match === null) return {};
  const [fromMs, toMs] = [Number(match[1]), Number(match[2])];
  return toMs > fromMs ? { fromMs, toMs } : {};
}

function words(key: 'node' | 'query' | 'daemonSet' | 'digest', text: string | null): HashState {
  return text === null || text === '' ? {} : { [key]: text.slice(0, TEXT_MAX) };
}

function theme(text: string | null): HashState {
  return text !== null && THEMES.includes(text) ? { theme: text as Theme } : {};
}
