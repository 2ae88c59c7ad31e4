/** Rows, pixels, filters and links without a browser: the parts of the viewer that only compute. */
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePayload } from '../src/payload.ts';
import { type LaneColumns, readPayload, type Run } from '../src/payloadReader.ts';
import { toReport } from '../src/reportModel.ts';
import { zoneOutageTrace } from '../src/testing/zoneOutageTrace.ts';
import { parseQuery } from './filterQuery.ts';
import { formatHash, parseHash } from './hashState.ts';
import { rasterRow, shareSteps } from './laneRaster.ts';
import { layoutRows, orderNodes } from './laneRows.ts';

const MODEL = toReport(zoneOutageTrace({ nodesPerZone: 6 }));
const RUN: Run = readPayload(new Uint8Array(gunzipSync(Buffer.from(encodePayload(MODEL), 'base64'))), (bytes) =>
  new TextDecoder().decode(bytes),
);

/** Lanes from `[atMs, state]` pairs, one list for each node. */
function lanesOf(...nodes: readonly (readonly (readonly [number, number])[])[]): LaneColumns {
  const all = nodes.flat();
  const starts = nodes.reduce<number[]>((sums, lane) => [...sums, (sums.at(-1) ?? 0) + lane.length], [0]);
  return {
    starts: Uint32Array.from(starts),
    atMs: Float64Array.from(all, ([at]) => at),
    seq: new Uint32Array(all.length),
    state: Uint8Array.from(all, ([, state]) => state),
  };
}

describe('pixels', () => {
  test('the worst state within a pixel wins, and even one tick of it gets a whole pixel', () => {
    const out = new Uint8Array(10);
    rasterRow(
      lanesOf([
        [0, 1],
        [500_000, 9],
        [500_001, 1],
      ]),
      [0],
      { fromMs: 0, toMs: 1_000_000 },
      out,
    );
    expect([...out]).toEqual([2, 2, 2, 2, 2, 10, 2, 2, 2, 2]);
  });

  test('of several nodes in one row the worst is shown, and a node that is not there shows nothing', () => {
    const out = new Uint8Array(4);
    rasterRow(
      lanesOf(
        [[0, 1]],
        [
          [50, 5],
          [75, 255],
        ],
      ),
      [0, 1],
      { fromMs: 0, toMs: 100 },
      out,
    );
    expect([...out]).toEqual([2, 2, 6, 2]);
    rasterRow(lanesOf([[50, 1]]), [0], { fromMs: 0, toMs: 100 }, out);
    expect([...out]).toEqual([0, 0, 2, 2]);
  });

  test('a state that did not last any time is not painted', () => {
    const out = new Uint8Array(2);
    rasterRow(
      lanesOf([
        [0, 9],
        [0, 1],
      ]),
      [0],
      { fromMs: 0, toMs: 100 },
      out,
    );
    expect([...out]).toEqual([2, 2]);
  });

  test('zoomed in, the state before the view holds from its edge', () => {
    const out = new Uint8Array(4);
    rasterRow(
      lanesOf([
        [0, 2],
        [1_000, 4],
      ]),
      [0],
      { fromMs: 998, toMs: 1_002 },
      out,
    );
    expect([...out]).toEqual([3, 3, 5, 5]);
  });

  test('every pixel shows the worst state of its interval, compared with a scan of every millisecond', () => {
    const lane = fc.array(fc.tuple(fc.integer({ min: 0, max: 199 }), fc.integer({ min: 0, max: 9 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(lane, (entries) => {
        const sorted = [...new Map(entries).entries()].sort(([a], [b]) => a - b);
        const out = new Uint8Array(50);
        rasterRow(lanesOf(sorted), [0], { fromMs: 0, toMs: 200 }, out);
        const stateAt = (at: number): number => 1 + (sorted.filter(([from]) => from <= at).at(-1)?.[1] ?? -1);
        const wanted = [...out].map((_, x) => Math.max(...[0, 1, 2, 3].map((ms) => stateAt(x * 4 + ms))));
        expect([...out]).toEqual(wanted);
      }),
    );
  });

  test('the shares of a zone are exact: at every change the counts add up to the nodes that exist', () => {
    const lanes = RUN.daemonSets[0]?.lanes;
    const steps = lanes === undefined ? undefined : shareSteps(lanes, [0, 3, 6]);
    const last = steps?.counts.subarray(-10);
    expect(last?.reduce((sum, each) => sum + each, 0)).toBe(3);
    expect([...(steps?.atMs ?? [])]).toEqual([...(steps?.atMs ?? [])].sort((a, b) => a - b));
  });
});

describe('rows', () => {
  test('zones come by name; within them chronic failures first, then the order of the rollout, then the name', () => {
    const names = ['b-10', 'b-9', 'a-1', 'a-2', 'a-3'];
    const nodes = names.map((name) => ({ name, zone: name.slice(0, 1) }));
    const lanes = lanesOf(
      [[0, 1]],
      [[0, 1]],
      [
        [0, 1],
        [60, 5],
      ],
      [
        [0, 1],
        [20, 5],
      ],
      [[0, 8]],
    );
    const zones = orderNodes(nodes, lanes, 100);
    expect([...zones].map(([zone, order]) => [zone, order.map((i) => names[i])])).toEqual([
      ['a', ['a-3', 'a-2', 'a-1']],
      ['b', ['b-9', 'b-10']],
    ]);
  });

  test('rows fit the space while they can, share pixels where there are too many nodes, and leave none out', () => {
    for (const count of [5, 90, 5_000]) {
      const zones = new Map([['a', Array.from({ length: count }, (_, i) => i)]]);
      const layout = layoutRows(zones, 'fit', 500);
      const rows = layout.rows.filter((row) => row.kind === 'nodes');
      expect(rows.flatMap((row) => row.nodes)).toHaveLength(count);
      expect(layout.height).toBeLessThanOrEqual(540);
      expect(layout.nodesPerRow > 1).toBe(count === 5_000);
    }
    expect(layoutRows(new Map([['a', [1, 2]]]), 20, 500).rows.map(({ height }) => height)).toEqual([26, 20, 20]);
  });
});

describe('filter', () => {
  const count = (query: string): number => {
    const { filter, problem } = parseQuery(query, RUN);
    expect(problem).toBeUndefined();
    return MODEL.log.filter((_, i) => filter(i)).length;
  };
  const scan = (wanted: (entry: (typeof MODEL.log)[number]) => boolean): number => MODEL.log.filter(wanted).length;

  test('each key counts what a scan of the records counts', () => {
    expect(count('')).toBe(MODEL.log.length);
    expect(count('kind:decision')).toBe(scan((entry) => entry.kind === 'decision'));
    expect(count('actor:kubelet')).toBe(scan((entry) => entry.actor.startsWith('kubelet')));
    expect(count('zone:zone-b')).toBe(
      scan((entry) => MODEL.nodes.find((node) => node.name === entry.node)?.zone === 'zone-b'),
    );
    expect(count('after:5m before:6m')).toBe(scan((entry) => entry.atMs >= 300_000 && entry.atMs < 360_000));
    expect(count('!kind:decision object:"node-agent"')).toBe(
      scan((entry) => entry.kind === 'event' && entry.object?.includes('node-agent') === true),
    );
    expect(count('"grace ends"')).toBe(
      scan(
        (entry) =>
          entry.kind === 'event' &&
          entry.patch?.some(([path, value]) => path === 'deletedAtMs' && value !== null) === true,
      ),
    );
    expect(count('~GRACE')).toBe(count('grace'));
  });

  test('causes of an event are its chain, and effects are all that name it, near or far', () => {
    const fault = MODEL.faults[0]?.seq ?? 0;
    const effect = MODEL.log.findIndex((entry) => entry.cause !== undefined && MODEL.log[entry.cause]?.cause === fault);
    expect(count(`cause-of:${effect}`)).toBe(3);
    const reached = new Set([fault]);
    for (const entry of MODEL.log) if (entry.cause !== undefined && reached.has(entry.cause)) reached.add(entry.seq);
    expect(count(`effect-of:@${fault}`)).toBe(reached.size);
  });

  test.each([
    ['nod:x', 'Unknown key "nod". Did you mean node?'],
    ['after:soon', '"soon" is no time. Write 5m41.020s or 05:41.020.'],
    ['cause-of:x', '"x" is no number of an event. Write cause-of:48211.'],
  ])('the query %s is answered: %s', (query, problem) => {
    expect(parseQuery(query, RUN).problem).toBe(problem);
  });
});

describe('links', () => {
  test('what a link says reads back', () => {
    const state = {
      digest: 'ab12cd34',
      atMs: 1_864_250,
      seq: 48_211,
      fromMs: 10,
      toMs: 20,
      node: 'a&b=c #1',
      query: 'kind:pod. "x"',
      daemonSet: 'ds/ns/agent',
      theme: 'dark',
    } as const;
    expect(parseHash(formatHash(state))).toEqual(state);
    expect(formatHash({ digest: 'ab12cd34', atMs: 5, seq: 7, theme: 'auto' })).toBe('#d=ab12cd34&t=5@7');
  });

  test('whatever the fragment is, reading it never throws and never lets a number through that is none', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webFragments(),
          fc.string().map((text) => `t=${text}&v=${text}-${text}`),
        ),
        (text) => {
          const state = parseHash(`#${text}`);
          for (const key of ['atMs', 'seq', 'fromMs', 'toMs'] as const)
            expect(state?.[key] ?? 0).toSatisfy(Number.isSafeInteger);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('an anchor of the page is no link of ours', () => {
    expect(parseHash('#timeline')).toBeUndefined();
    expect(parseHash('')).toBeUndefined();
  });
});
