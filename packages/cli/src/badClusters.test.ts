import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildCli, Sandbox } from './testing/builtCli.ts';

// Each command is a process of its own; on a busy machine one takes seconds.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const box = new Sandbox();
beforeAll(() => buildCli());
afterAll(() => box.remove());

interface Odd {
  readonly pool?: string;
  readonly podSpec?: string;
  readonly timeline?: string;
  readonly cel?: string;
  readonly duration?: string;
}

const EXISTS = 'operator: Exists, effect: NoExecute';

/** A DaemonSet on one pool, and what must be true at the end. */
function scenario({ pool = 'count: 2', podSpec = '', timeline = '', cel = 'true', duration = '8m' }: Odd): string {
  return `apiVersion: everynode.dev/v1alpha1
kind: Scenario
metadata: { name: odd }
spec:
  seed: 1
  duration: ${duration}
  cluster:
    nodePools:
      - { name: worker, ${pool} }
  manifests:
    - inline:
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: { name: agent, namespace: default }
        spec:
          selector: { matchLabels: { app: agent } }
          template:
            metadata: { labels: { app: agent } }
            spec: { ${podSpec}containers: [{ name: agent, image: "example/agent:v1", resources: { requests: { cpu: 100m } } }] }
  timeline: [${timeline}]
  expect:
    final: [{ id: as-upstream, cel: "${cel}" }]
`;
}

const PENDING = "pods.size() == 2 && pods.all(p, p.nodeName == '' && p.phase == 'Pending')";
const UP = 'pods.size() == 2 && pods.all(p, p.ready)';
const TAINT = '{ id: t, at: 3m, taint: { nodes: { names: [worker-0] }, taint: "m:NoExecute" } }';
const tolerating = (seconds: string): string => `tolerations: [{ key: m, ${EXISTS}, tolerationSeconds: ${seconds} }], `;

describe('odd numbers are taken as upstream takes them, and every run comes to its end', () => {
  test.each<[string, Odd]>([
    [
      'a cluster without nodes: nothing is desired',
      { pool: 'count: 0', cel: 'nodes.size() == 0 && daemonSets.all(d, d.desired == 0)' },
    ],
    ['a single node', { pool: 'count: 1', cel: 'pods.size() == 1 && pods.all(p, p.ready)' }],
    ['15,000 nodes', { pool: 'count: 15000', duration: '1s', cel: 'nodes.size() == 15000' }],
    [
      'room for nothing: pods stay Pending (S-4)',
      { pool: 'count: 2, capacity: { cpu: \\"0\\", memory: \\"0\\", pods: 0 }'.replaceAll('\\"', '"'), cel: PENDING },
    ],
    ['no room for a single pod', { pool: 'count: 2, capacity: { pods: 0 }', cel: PENDING }],
    ['less than a thousandth of a core is rounded up', { pool: 'count: 2, capacity: { cpu: "0.0001" }', cel: PENDING }],
    [
      'a stay of less than nothing is none: evicted at once, again and again (T-3)',
      { podSpec: tolerating('-1'), timeline: TAINT, cel: "!pods.exists(p, p.nodeName == 'worker-0' && p.ready)" },
    ],
    [
      'a stay of nothing is the same',
      { podSpec: tolerating('0'), timeline: TAINT, cel: "!pods.exists(p, p.nodeName == 'worker-0' && p.ready)" },
    ],
    [
      'a stay of 146 years: beyond 292 the nanoseconds wrap around (T-3)',
      { podSpec: tolerating('9007199254740991'), timeline: TAINT, cel: UP },
    ],
    [
      'a stay that wraps around to a negative time has no limit',
      { podSpec: tolerating('9223372037'), timeline: TAINT, cel: UP },
    ],
    [
      'no new node, and all old ones gone',
      {
        timeline:
          '{ id: none, at: 2m, addNodes: { pool: worker, count: 0 } }, { id: all, at: 3m, removeNodes: { nodes: { pool: worker } } }',
        cel: 'nodes.size() == 0 && pods.size() == 0',
      },
    ],
    [
      'a fault of years',
      {
        timeline:
          '{ id: long, at: 3m, fault: { type: NodeFlap, for: 90000h, period: 90000h, down: 80000h, targets: { nodes: { names: [worker-0] } } } }',
        cel: 'nodes.exists(n, !n.ready)',
      },
    ],
    [
      'a fault in steps of nothing',
      {
        timeline:
          '{ id: zero, at: 3m, mayBeVacuous: true, fault: { type: NodeFlap, for: 5m, period: "0", down: "0", targets: { nodes: { names: [worker-0] } } } }',
        cel: UP,
      },
    ],
    [
      'an upgrade of nothing at a time, in no time',
      {
        timeline:
          '{ id: zero, at: 3m, fault: { type: RollingNodeUpgrade, for: 5m, maxUnavailable: 0, away: "0", targets: { nodes: { pool: worker } } } }',
        cel: UP,
      },
    ],
  ])('%s', (_what, odd) => {
    box.write('odd.yaml', scenario(odd));
    const { code, stdout, stderr } = box.run('run', 'odd.yaml', '--out', 'out');
    expect({ code, stderr, failed: /FAIL[^]*/.exec(stdout)?.[0] }).toEqual({ code: 0, stderr: '', failed: undefined });
  });
});

describe('what no cluster could be is refused with its place', () => {
  test.each<[string, Odd, RegExp]>([
    [
      'a taint without a key',
      { pool: 'count: 2, taints: [{ effect: NoSchedule }]' },
      /^odd\.yaml:9:44: "key" is missing/,
    ],
    [
      'an empty key',
      { pool: 'count: 2, taints: [{ key: "", effect: NoSchedule }]' },
      /^odd\.yaml:9:51: `key` is ""; write some text/,
    ],
    [
      'a key that is none',
      { pool: 'count: 2, taints: [{ key: "a b", effect: NoSchedule }]' },
      /^odd\.yaml:9:51: no node could register like this: metadata\.taints\[0\]\.key: Invalid value: "a b": name part must consist of/,
    ],
    [
      'two taints of one key and effect',
      { pool: 'count: 2, taints: [{ key: a, effect: NoSchedule }, { key: a, effect: NoSchedule }]' },
      /^odd\.yaml:9:76: no node could register like this: metadata\.taints\[1\]: Duplicate value/,
    ],
    [
      'a start taint',
      { pool: 'count: 2, bootstrap: { startTaints: [{ key: "-", effect: NoSchedule }] }' },
      /^odd\.yaml:9:69: no node could register like this: metadata\.taints\[0\]\.key/,
    ],
    [
      'a label',
      { pool: 'count: 2, labels: { a: "b c" }' },
      /^odd\.yaml:9:43: no node could register like this: metadata\.labels: Invalid value: "b c"/,
    ],
    [
      'a zone',
      { pool: 'count: 2, spread: { topologyKey: zone, values: [a, "b c"] }' },
      /^odd\.yaml:9:76: no node could register like this: metadata\.labels: Invalid value: "b c"/,
    ],
    [
      'less than no room',
      { pool: 'count: 2, capacity: { cpu: "-1" }' },
      /^odd\.yaml:9:52: no node could register like this: status\.capacity\.cpu: Invalid value: "-1": must be greater than or equal to 0/,
    ],
    [
      'fewer than no nodes',
      { pool: 'count: -1' },
      /^odd\.yaml:9:32: `count` is -1; write a whole number from 0 to 20000/,
    ],
    [
      'a stay beyond what is kept exactly',
      { podSpec: tolerating('9007199254740992') },
      /^odd\.yaml:\d+:\d+: 9007199254740992 is more than is kept exactly here; write a whole number up to 9007199254740991/,
    ],
    [
      'a stay for a taint that evicts nobody',
      { podSpec: 'tolerations: [{ key: m, operator: Exists, effect: NoSchedule, tolerationSeconds: 5 }], ' },
      /effect must be 'NoExecute' when `tolerationSeconds` is set/,
    ],
    [
      'a step that taints without a key',
      { timeline: '{ id: t, at: 3m, taint: { nodes: { names: [worker-0] }, taint: ":NoExecute" } }' },
      /^odd\.yaml:\d+:\d+: `taint` is ":NoExecute"; write a taint such as key=value:NoSchedule or key:NoExecute/,
    ],
    [
      'a fault aimed at nobody',
      {
        pool: 'count: 0',
        timeline: '{ id: f, at: 3m, fault: { type: NodeFlap, for: 1m, targets: { nodes: { pool: worker } } } }',
      },
      /^odd\.yaml:\d+:\d+: no node matches this target/,
    ],
    [
      'routes without a cloud',
      { pool: 'count: 2, cloudRoutes: true' },
      /^odd\.yaml:9:48: routes are made by the cloud controller; write `cloudProvider: external` beside it/,
    ],
  ])('%s', (_what, odd, message) => {
    box.write('odd.yaml', scenario(odd));
    const { code, stderr } = box.run('validate', 'odd.yaml');
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
