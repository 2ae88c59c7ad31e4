import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { AGENT, buildCli, HOLDS, Sandbox, scenarioWith } from './testing/builtCli.ts';

// Each command is a process of its own; on a busy machine one takes seconds.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const box = new Sandbox();
beforeAll(() => {
  buildCli();
  box.write('agent.yaml', AGENT);
  box.write(
    'matrix.yaml',
    scenarioWith(HOLDS, [
      ['  cluster:', '  parameters: { length: { default: 5m } }\n  matrix: { length: [5m, 6m] }\n  cluster:'],
      ['for: 5m', 'for: "${params.length}"'],
      ['names: [worker-1]', 'pick: { mode: one }'],
    ]),
  );
});
afterAll(() => box.remove());

describe('init', () => {
  test('writes a scenario that passes as it is, and never overwrites', () => {
    expect(box.run('init', 'first').code).toBe(0);
    const { code, stdout } = box.run('run', 'first/scenario.yaml', '--out', 'first-out');
    expect({ code, last: stdout.trimEnd().split('\n').at(-1)?.slice(0, 14) }).toEqual({
      code: 0,
      last: 'PASS  1 passed',
    });
    const before = readFileSync(join(box.path, 'first/scenario.yaml'), 'utf8');
    expect(box.run('init', 'first')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/first\/scenario\.yaml exists and is not overwritten/),
    });
    expect(readFileSync(join(box.path, 'first/scenario.yaml'), 'utf8')).toBe(before);
  });
});

describe('versions', () => {
  const lineOf = (text: string, name: string): string => text.split('\n').find((line) => line.startsWith(name)) ?? '';

  test('lists what differs between releases, with the releases of the backports', () => {
    const { code, stdout } = box.run('versions');
    expect(code).toBe(0);
    expect(lineOf(stdout, 'count-old-unavailable')).toMatch(
      /^count-old-unavailable +1\.31\.0 +1\.30\.6, 1\.29\.10, 1\.28\.15 +#123233, .* {2}old unavailable pods use up maxUnavailable$/,
    );
    expect(lineOf(stdout, 'failed-pod-backoff')).toMatch(/^failed-pod-backoff +before 1\.26 \(1\.12\) /);
    const json = JSON.parse(box.run('versions', '-o', 'json').stdout) as readonly unknown[];
    expect(json).toHaveLength(stdout.trimEnd().split('\n').length - 1);
    expect(json).toContainEqual({
      name: 'staleness',
      behaviour: "no sync before the caches show the controller's own writes",
      from: '1.36.0',
      backportedTo: [],
      gate: 'StaleControllerConsistencyDaemonSet (from 1.36 on)',
      reference: 'KEP-5647, #134937',
      rules: ['DS-Q14'],
    });
  });

  test('says which of it one release does', () => {
    const stateIn = (version: string): string =>
      lineOf(box.run('versions', version).stdout, 'count-old-unavailable').split(/ +/)[1] ?? '';
    expect(['1.30.5', 'v1.30.6', '1.30', '1.27'].map(stateIn)).toEqual(['off', 'on', 'off', 'off']);
    const { version, switches } = JSON.parse(box.run('versions', 'v1.36', '-o', 'json').stdout) as {
      readonly version: string;
      readonly switches: readonly { readonly name: string; readonly on: boolean }[];
    };
    expect([version, switches.filter(({ on }) => !on).map(({ name }) => name)]).toEqual([
      '1.36',
      ['toleration-compare', 'crashloop-1s', 'manager-releases-lease'],
    ]);
  });

  test('tells the releases that it knows when asked for another', () => {
    expect(box.run('versions', '1.25')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^everynode: Kubernetes 1\.25 is not known; write one of 1\.26, .*, 1\.36, or a patch release/,
      ),
    });
  });
});

describe('plan', () => {
  test('shows the victims and times that the run then has, without running', () => {
    const planned = box.run('plan', 'matrix.yaml', '-o', 'json').stdout.trimEnd().split('\n');
    expect(planned).toHaveLength(2);
    expect(existsSync(join(box.path, 'reports'))).toBe(false);
    box.run('run', 'matrix.yaml', '--out', 'planned');
    for (const [at, text] of planned.entries()) {
      const run = JSON.parse(readFileSync(join(box.path, `planned/row-${at + 1}/plan.json`), 'utf8')) as unknown;
      expect(JSON.parse(text)).toEqual(run);
    }
    const { stdout } = box.run('plan', 'matrix.yaml', '--row', '2');
    expect(stdout).toMatch(
      /^small row 2 {2}seed 3 · Kubernetes 1\.36 · 3 nodes · 12m · length: 6m\n {2}4m–10m {2}crash {2}NodeCrash on worker-\d\n/,
    );
  });
});

describe('rows and parameters', () => {
  test('a row or a parameter chooses one run; what does not exist is told with what does', () => {
    const params = (...args: string[]): unknown[] =>
      box
        .run('plan', 'matrix.yaml', '-o', 'json', ...args)
        .stdout.trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { params: unknown }).params);
    expect(params('--row', '2')).toEqual([{ length: '6m' }]);
    expect(params('--param', 'length=90s')).toEqual([{ length: '90s' }]);
    expect(box.run('plan', 'matrix.yaml', '--param', 'lenght=1m')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/has no parameter "lenght"; write --param name=value with one of length/),
    });
    expect(box.run('plan', 'matrix.yaml', '--param', 'length=soon')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/`for` is "soon".*params\.length/),
    });
  });
});

describe('list', () => {
  test.each(['faults', 'expectations', 'operations', 'metrics'])('%s come with a summary each, as JSON too', (what) => {
    const rows = JSON.parse(box.run('list', what, '-o', 'json').stdout) as { name: string; summary: string }[];
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.every(({ name, summary }) => name !== '' && summary.length > 10)).toBe(true);
    const text = box.run('list', what).stdout;
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual(rows.map(({ name, summary }) => [name, summary]));
  });

  test('scenarios are found in folders and by label; another word is told what can be listed', () => {
    const rows = JSON.parse(box.run('list', 'scenarios', '.', '-l', 'tier=test', '-o', 'json').stdout) as {
      name: string;
      rows: number;
    }[];
    expect(rows).toMatchObject([{ name: 'small', rows: 2 }]);
    expect(box.run('list', 'fautls')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/write one of faults, expectations/),
    });
  });
});

describe('validate', () => {
  test('says what is valid, how many runs there are, and what will do nothing', () => {
    box.write('noted.yaml', scenarioWith(HOLDS).replace('./agent.yaml', './noted-agent.yaml'));
    box.write('noted-agent.yaml', AGENT.replace('      containers', '      hostPID: true\n      containers'));
    expect(box.run('validate', 'matrix.yaml', 'noted.yaml').stdout).toBe(
      'matrix.yaml: valid, 2 runs\nnoted.yaml: valid, 1 run\n  note: carried along, but nothing here acts on: spec.template.spec.hostPID\n',
    );
  });
});

test('help and version end with 0', () => {
  expect(box.run('--help')).toMatchObject({ code: 0, stdout: expect.stringMatching(/Usage: everynode/) });
  expect(box.run('run', '--help')).toMatchObject({ code: 0, stdout: expect.stringMatching(/--trace <level>/) });
  expect(box.run('version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe('get and rollout', () => {
  beforeAll(() => {
    box.write('asked.yaml', scenarioWith(HOLDS, []));
    box.run('run', 'asked.yaml', '--out', 'asked');
  });

  const ask = (...words: string[]): ReturnType<Sandbox['run']> => box.run(...words, '--run', 'asked');

  test('show the objects of the end, or of any moment before', () => {
    const names = ask('get', 'nodes', '-o', 'name').stdout;
    expect(names.split('\n').filter((line) => line.startsWith('node/'))).toHaveLength(3);
    const ready = ['get', 'ds', '-A', '-o', 'jsonpath={.items[*].status.numberReady}'];
    expect([ask(...ready, '--at', '0s').stdout, ask(...ready).stdout]).toEqual(['', '3']);
    expect(ask('rollout', 'status', 'ds/agent').stdout).toBe('daemon set "agent" successfully rolled out\n');
    expect(ask('get', 'events').stdout).toMatch(/ +Normal +SuccessfulCreate +daemonset\/agent +Created pod: agent-/);
  });

  test('say what kubectl says where it finds nothing, and end as it does', () => {
    expect(ask('get', 'ds', 'nope')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Error from server (NotFound): daemonsets.apps "nope" not found\n',
    });
    expect(ask('get', 'pods', '-l', 'a=(b')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Error from server \(BadRequest\): /),
    });
    expect(ask('get', 'nodes', '-o', 'jsonpath={.items[')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/unterminated array/),
    });
  });

  test('change nothing: a write is refused with the way to do it', () => {
    const { code, stderr } = ask('rollout', 'restart', 'ds/agent');
    expect(code).toBe(1);
    expect(stderr).toMatch(/a run that is over cannot be changed; write what you want as a step of its scenario/);
  });

  test.each([
    [['--run', 'nowhere'], /cannot read nowhere: it does not exist; name the folder of a run/],
    [['--run', 'asked.yaml'], /asked\.yaml is no JSON; name the folder of a run/],
    [['--run', 'asked', '--at', '9h'], /the run ends at 12m; write --at with an earlier instant/],
    [['--run', 'asked', '--at', 'noon'], /"noon" is no instant; write --at with a duration such as 12m/],
    [[], /there is no run below reports; write --run with the folder/],
  ])('%j is a mistake of usage', (words, message) => {
    expect(box.run('get', 'ds', ...words)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(message),
    });
  });
});
