import { describe, expect, test } from 'vitest';
import { AGENT, compileText, errorOf, OUTAGE } from './testing/fixtures.ts';

/** The scenario with a piece of its text replaced; a piece that is not there would make the test say nothing. */
function edited(from: string, to: string): string {
  if (!OUTAGE.includes(from)) throw new Error(`the fixture has no ${from}`);
  return OUTAGE.replace(from, to);
}

describe('a scenario that compiles', () => {
  test('is the fixture as it stands', () => {
    expect(errorOf(() => compileText(OUTAGE))).toBe('no error');
  });
});

describe('bad input is told with file:line:column, what is wrong and what to write instead', () => {
  test.each([
    ['a syntax error', edited('  seed: 7', '  seed: [7'), /^s\.yaml:6:3: flow sequence .*; check indentation/],
    ['an empty file', '', /^s\.yaml:1:1: the file is empty; write a scenario, or let `everynode init` write one$/],
    ['comments only', '# later\n', /^s\.yaml:1:1: the file is empty/],
    ['a second document', `${OUTAGE}---\na: 1\n`, /^s\.yaml:\d+:1: a second document; keep one scenario in a file$/],
    [
      'a manifest',
      AGENT,
      /^s\.yaml:2:7: this is a DaemonSet, not a scenario; write a scenario that names this file under spec\.manifests$/,
    ],
    ['a list', '- 1\n', /^s\.yaml:1:1: this is no mapping; write a scenario/],
    [
      'another version',
      edited('v1alpha1', 'v2'),
      /^s\.yaml:1:13: "everynode\.dev\/v2" is not known here; write everynode\.dev\/v1alpha1/,
    ],
    [
      'an unknown key',
      edited('  timeline:', '  timelines:'),
      /^s\.yaml:15:3: unknown key "timelines"; did you mean timeline\? \(keys: description, seed/,
    ],
    [
      'a missing key',
      edited('  duration: 45m\n', ''),
      /^s\.yaml:5:3: "duration" is missing; write `duration:` with a duration such as/,
    ],
    [
      'an unknown fault',
      edited('type: ZoneOutage', 'type: ZoneOutag'),
      /^s\.yaml:18:22: unknown fault "ZoneOutag"; did you mean ZoneOutage\? \(faults: ZoneOutage, DiskPressure/,
    ],
    [
      'an unknown parameter of a fault',
      edited('for: 20m,', 'for: 20m, evict: true,'),
      /^s\.yaml:18:44: unknown key "evict"; write one of the known keys \(keys: type, for, targets\)/,
    ],
    [
      'an unknown invariant',
      edited('daemonset-available', 'daemonset-avialable'),
      /^s\.yaml:26:20: unknown invariant "daemonset-avialable"; did you mean daemonset-available\?/,
    ],
    [
      'a kind of object that no run has',
      `${OUTAGE}      - { id: other, object: { kind: Deployment } }\n`,
      /^s\.yaml:\d+:38: unknown kind "Deployment"; write one of the known kinds \(kinds: Pod, Node, DaemonSet/,
    ],
    [
      'an unknown parameter of an invariant',
      edited('gte:', 'gt:'),
      /^s\.yaml:27:47: unknown key "gt"; did you mean gte\?/,
    ],
    [
      'an unknown operation',
      edited('      update:', '      updat:'),
      /s\.yaml:21:7: unknown key "updat"; did you mean update\?/,
    ],
    [
      'a bare number as duration',
      edited('for: 20m', 'for: 30'),
      /^s\.yaml:18:39: 30 has no unit; write 30s \(or 30ms, 30m, 30h\)$/,
    ],
    ['a bare number in quotes', edited('at: 5m', 'at: "5"'), /^s\.yaml:17:11: "5" has no unit; write 5s/],
    [
      'a text as duration',
      edited('at: 5m', 'at: soon'),
      /^s\.yaml:17:11: `at` is "soon"; write a duration such as 500ms, 30s, 5m or 1h30m$/,
    ],
    [
      'a duration finer than a millisecond',
      edited('at: 5m', 'at: 0.0001s'),
      /^s\.yaml:17:11: "0\.0001s" is no duration in whole milliseconds/,
    ],
    [
      'an unknown step in a window',
      edited('from: rollout', 'from: rollot'),
      /^s\.yaml:25:25: unknown step "rollot"; did you mean rollout\? \(steps: outage, rollout\)$/,
    ],
    [
      'a duplicate step id',
      edited('id: rollout', 'id: outage'),
      /s\.yaml:19:11: step id "outage" is taken \(line 16\); write another one/,
    ],
    [
      'a zone without nodes',
      edited('default: zone-b, enum: [zone-a, zone-b, zone-c]', 'default: zone-d'),
      /^s\.yaml:18:70: unknown zone "zone-d"; did you mean zone-a\? \(zones: zone-a, zone-b, zone-c\)/,
    ],
    [
      'a target that matches no node',
      edited('nodes: { zone:', 'nodes: { names: [worker-0], zone:'),
      /^s\.yaml:18:62: no node matches this target; write one that does \(pools: worker, zones: zone-a, zone-b, zone-c\)$/,
    ],
    [
      'two deeds in one step',
      edited('      update:', '      removeNodes: { nodes: {} }\n      update:'),
      /^s\.yaml:21:7: .* exclude each other; keep one of them$/,
    ],
    [
      'no deed in a step',
      edited('      update: { daemonSet: kube-system/agent, setImage: { agent: "example/agent:v2" } }\n', ''),
      /^s\.yaml:19:7: none of fault, update, addNodes, removeNodes is given; write one of them$/,
    ],
    [
      'a step without a time',
      edited('      at: 7m\n', ''),
      /^s\.yaml:19:7: none of at, after, every is given; write one of them$/,
    ],
    [
      'a step after the end',
      edited('at: 7m', 'at: 46m'),
      /^s\.yaml:20:11: step rollout is at 46m, after the end of the run at 45m; write a longer `duration` or an earlier step/,
    ],
    [
      'a step that waits for itself',
      edited('at: 7m', 'after: { step: rollout }'),
      /^s\.yaml:20:14: step rollout waits, by way of `after`, for itself/,
    ],
    [
      'an unknown step to wait for',
      edited('at: 7m', 'after: { step: outge.end }'),
      /^s\.yaml:20:22: unknown step "outge"; did you mean outage\?/,
    ],
    [
      'an unknown parameter',
      edited('params.floor', 'params.flor'),
      /^s\.yaml:27:52: unknown parameter "flor"; did you mean floor\? .*; declare it under spec\.parameters$/,
    ],
    [
      'a reference inside a text',
      edited('"${params.zone}"', '"x-${params.zone}"'),
      /^s\.yaml:18:70: "x-\$\{params\.zone\}" has a reference inside a text; make the whole value a parameter/,
    ],
    [
      'an unquoted reference',
      edited('"${params.zone}"', '${params.zone}'),
      /^s\.yaml:18:\d+: .*; write a reference inside \{ \} or \[ \] in quotes: "\$\{params\.name\}"/,
    ],
    [
      'a parameter of the wrong type',
      edited('floor: { default: 5 }', 'floor: { default: five }'),
      /^s\.yaml:27:52: `gte` is "five"; write a whole number from 0 \(\$\{params\.floor\} is "five" in this row\)$/,
    ],
    [
      'a default outside its enum',
      edited('default: zone-b', 'default: zone-x'),
      /^s\.yaml:9:22: the default is not in the enum; write one of zone-a, zone-b, zone-c$/,
    ],
    [
      'an unknown DaemonSet',
      edited('with: { daemonSet: kube-system/agent', 'with: { daemonSet: kube-system/agnet'),
      /^s\.yaml:27:28: unknown DaemonSet "kube-system\/agnet"; did you mean kube-system\/agent\?/,
    ],
    [
      'a number as version',
      edited('  seed: 7', '  kubernetes: { version: 1.31 }'),
      /^s\.yaml:5:26: the version is a number here, and YAML reads 1\.30 as 1\.3; write it in quotes: "1\.31"$/,
    ],
    [
      'a version that YAML cut short',
      edited('  seed: 7', '  kubernetes: { version: 1.30 }'),
      /^s\.yaml:5:26: the version is a number here, and YAML reads 1\.30 as 1\.3; write it in quotes: "1\.30"$/,
    ],
    [
      'a word as version',
      edited('  seed: 7', '  kubernetes: { version: latest }'),
      /^s\.yaml:5:26: "latest" is no version; write a minor such as "1\.31", or a patch release of one such as "1\.31\.4" \(versions: 1\.26, .*, 1\.36\)$/,
    ],
    [
      'an unknown feature gate',
      edited('  seed: 7', '  kubernetes: { featureGates: { RetryGeneratedName: true } }'),
      /^s\.yaml:5:33: unknown key "RetryGeneratedName"; did you mean RetryGenerateName\? \(keys: .*StaleControllerConsistencyDaemonSet.*\)$/,
    ],
    [
      'a feature gate that the release does not know',
      edited(
        '  seed: 7',
        '  kubernetes: { version: "1.34.2", featureGates: { TaintTolerationComparisonOperators: true } }',
      ),
      /^s\.yaml:5:88: 1\.34 does not know TaintTolerationComparisonOperators, which came with 1\.35; leave it out$/,
    ],
    [
      'a feature gate that can no longer be turned off',
      edited('  seed: 7', '  kubernetes: { version: "1.32", featureGates: { RetryGenerateName: false } }'),
      /^s\.yaml:5:69: RetryGenerateName is always on from 1\.32 on; leave it out$/,
    ],
    [
      'an unknown version',
      edited('  seed: 7', '  kubernetes: { version: "1.99" }'),
      /^s\.yaml:5:26: unknown version "1\.99"; did you mean 1\.29\?/,
    ],
    [
      'more time for critical pods than there is',
      edited('  seed: 7', '  kubernetes: { settings: { shutdownGracePeriodCriticalPods: 10s } }'),
      /^s\.yaml:5:62: critical pods have more than all of shutdownGracePeriod; write at most that/,
    ],
    [
      'an unknown setting',
      edited('  seed: 7', '  kubernetes: { settings: { nodeMonitorGrace: 40s } }'),
      /^s\.yaml:5:29: unknown key "nodeMonitorGrace"; did you mean nodeMonitorPeriod\?|nodeMonitorGracePeriod/,
    ],
    [
      'too many nodes',
      edited('count: 9', 'count: 20001'),
      /^s\.yaml:12:32: `count` is 20001; write a whole number from 0 to 20000$/,
    ],
    [
      'a CEL expression with an unknown field',
      edited('invariant: daemonset-available', 'cel: "pods.all(p, p.redy)"').replace(
        /\n +with: \{ daemonSet.*\n/,
        '\n',
      ),
      /^s\.yaml:26:14: in this CEL expression, at "redy" \(character 15\): unknown field "redy"; did you mean ready\?/,
    ],
    [
      'a CEL expression that ends too early',
      edited('invariant: daemonset-available', 'cel: "pods.all(p,"').replace(/\n +with: \{ daemonSet.*\n/, '\n'),
      /^s\.yaml:26:14: in this CEL expression, at its end: unexpected token: EOF; write an expression such as/,
    ],
    [
      'a CEL expression that is a number',
      edited('invariant: daemonset-available', 'cel: "pods.size()"').replace(/\n +with: \{ daemonSet.*\n/, '\n'),
      /^s\.yaml:26:14: in this CEL expression, at "pods\.size\(\)" \(character 1\): gives int, not true or false/,
    ],
    [
      'cel beside an invariant',
      edited('invariant: daemonset-available', 'cel: "true"\n        invariant: daemonset-available'),
      /^s\.yaml:\d+:\d+: .* exclude each other; keep one of them$/,
    ],
    [
      'when on a step',
      edited('at: 7m', 'when: params.floor > 1'),
      /^s\.yaml:20:7: `when` on a step is not supported yet; write `at`, `after` or `every`$/,
    ],
    [
      'a window that closes before it opens',
      edited('from: rollout', 'from: rollout, until: outage'),
      /^s\.yaml:25:41: the window closes before it opens; swap its ends$/,
    ],
    [
      'two openings of a window',
      edited('from: rollout', 'from: rollout, after: outage.end'),
      /^s\.yaml:25:25: `after`, `from` and `during` each open a window; keep one of them$/,
    ],
    [
      'within beyond the end',
      edited('always:', 'eventually:').replace('window: { from: rollout }', 'within: 1h'),
      /^s\.yaml:25:17: its time is up at 1h5m, after the end of the run at 45m/,
    ],
    [
      'a duplicate assertion id',
      `${OUTAGE}      - { id: floor, object: { kind: Node } }\n`,
      /^s\.yaml:28:15: assertion id "floor" is taken \(line 24\); write another one$/,
    ],
  ])('%s', (_what, text, message) => {
    expect(errorOf(() => compileText(text))).toMatch(message);
  });

  test('a manifest that is missing is told where the scenario names it', () => {
    expect(errorOf(() => compileText(OUTAGE, { files: {} }))).toBe(
      's.yaml:14:13: manifest agent.yaml does not exist; write the path of a file, seen from this file',
    );
  });

  test('a matrix of a million rows is refused with the number, and quickly', () => {
    const axes = ['a', 'b', 'c', 'd', 'e', 'f'];
    const parameters = axes.map((name) => `    ${name}: { default: 0 }\n`).join('');
    const matrix = axes.map((name) => `    ${name}: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n`).join('');
    const text = edited('  parameters:\n', `  matrix:\n${matrix}  parameters:\n${parameters}`);
    expect(errorOf(() => compileText(text))).toBe(
      's.yaml:7:3: the matrix has 1000000 rows; write at most 10000, or fewer values on its axes',
    );
  });

  test('several mistakes are told at once, each in a line of its own', () => {
    const text = edited('type: ZoneOutage', 'type: ZoneOutag')
      .replace('daemonset-available', 'daemonset-avialable')
      .replace('duration: 45m', 'duration: 45');
    expect(
      errorOf(() => compileText(text))
        .split('\n')
        .map((line) => line.split(';')[0]),
    ).toEqual([
      's.yaml:6:13: 45 has no unit',
      's.yaml:18:22: unknown fault "ZoneOutag"',
      's.yaml:26:20: unknown invariant "daemonset-avialable"',
    ]);
  });
});
