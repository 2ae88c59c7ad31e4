import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { AGENT, BREAKS, buildCli, HOLDS, REGRESSES, Sandbox, scenarioWith } from './testing/builtCli.ts';

// Each command is a process of its own; on a busy machine one takes seconds.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const box = new Sandbox();
beforeAll(() => {
  buildCli();
  box.write('agent.yaml', AGENT);
  box.write('holds.yaml', scenarioWith(HOLDS));
  box.write('breaks.yaml', scenarioWith(BREAKS, [['name: small', 'name: breaks']]));
  box.write('regresses.yaml', scenarioWith(REGRESSES));
});
afterAll(() => box.remove());

/** Names in a folder, in the order of the system, which sorts none. */
function filesIn(folder: string): ReadonlySet<string> {
  return new Set(readdirSync(join(box.path, folder)));
}

describe('one exit code for each outcome', () => {
  test('0: everything holds; the folder has four whole files and no others', () => {
    const { code, stdout } = box.run('run', 'holds.yaml', '--out', 'out0');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^PASS {2}1 passed · 0 failed · 1 scenario · 12m virtual · .* wall · seed 3$/,
    );
    expect(filesIn('out0')).toEqual(new Set(['junit.xml', 'plan.json', 'report.html', 'trace.ndjson']));
  });

  test('1: an assertion failed; the text names it, its time, its object, its fault, and how to repeat the run', () => {
    const { code, stdout } = box.run('run', 'breaks.yaml', '--out', 'out1');
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(18);
    expect(stdout).toMatch(/all-three .*at 04:/);
    expect(stdout).toContain('ds/default/agent');
    expect(stdout).toMatch(/crash/);
    expect(stdout).toContain('everynode run breaks.yaml --seed 3');
    expect(lines.at(-1)).toMatch(/^FAIL {2}0 passed · 1 failed/);
  });

  test('1: a fault that changes nothing makes the run vacuous, unless the step may be', () => {
    const idle = scenarioWith(HOLDS, [
      [
        'type: NodeCrash, for: 5m, targets: { nodes: { names: [worker-1] } }',
        'type: ApiError, for: 1m, client: daemonset-controller, verb: evict',
      ],
    ]);
    box.write('vacuous.yaml', idle);
    expect(box.run('run', 'vacuous.yaml', '--out', 'out1v')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/VACUOUS|vacuous/i),
    });
    box.write('allowed.yaml', idle.replace('id: crash,', 'id: crash, mayBeVacuous: true,'));
    expect(box.run('run', 'allowed.yaml', '--out', 'out1a').code).toBe(0);
  });

  test('2: usage, unknown command, nothing matched, a scenario that is wrong', () => {
    expect(box.run('run').code).toBe(2);
    expect(box.run('rnu')).toMatchObject({ code: 2, stderr: expect.stringMatching(/Did you mean run\?/) });
    expect(box.run('run', 'holds.yaml', '--seed', 'x').code).toBe(2);
    expect(box.run('run', 'holds.yaml', '-l', 'tier=other')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/none of 1 scenarios/),
    });
    expect(box.run('run', 'holds.yaml', '--row', '7').code).toBe(2);
    box.write('wrong.yaml', scenarioWith(HOLDS, [['for: 5m', 'for: 5']]));
    const { code, stdout, stderr } = box.run('run', 'wrong.yaml', '--out', 'out2');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('wrong.yaml:10:59: 5 has no unit; write 5s (or 5ms, 5m, 5h)\n');
    expect(existsSync(join(box.path, 'out2'))).toBe(false);
  });

  test('3: a replay that does not come out the same names the first record that differs', () => {
    box.run('run', 'holds.yaml', '--out', 'out3');
    expect(box.run('replay', 'out3')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/the same digest: [0-9a-f]{64}/),
    });
    const path = join(box.path, 'out3/trace.ndjson');
    const lines = readFileSync(path, 'utf8').split('\n');
    const at = lines.findIndex((line) => line.includes('"type":"pod.created"'));
    lines[at] = (lines[at] ?? '').replace('daemonset-controller', 'somebody-else');
    writeFileSync(path, lines.join('\n'));
    const { code, stdout } = box.run('replay', 'out3');
    expect(code).toBe(3);
    expect(stdout).toMatch(/NOT THE SAME: record \d+ differs: recorded .*somebody-else/);
    expect(stdout).toMatch(/please report/);
  });

  test('3: a bug of ours says so in two lines, with the stack only on request', () => {
    box.run('run', 'holds.yaml', '--out', 'out3b');
    const path = join(box.path, 'out3b/plan.json');
    // No command writes such a plan, so whoever meets it has found a bug.
    writeFileSync(path, readFileSync(path, 'utf8').replace('"atMs": 240000', '"atMs": -1'));
    const { code, stderr } = box.run('replay', 'out3b');
    expect(code).toBe(3);
    expect(stderr).toMatch(/internal error: AssertionError: .*seed 3.*event/s);
    expect(stderr).toMatch(/please report/);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  test('4: nothing but a threshold failed', () => {
    expect(box.run('run', 'regresses.yaml', '--out', 'out4')).toMatchObject({ code: 4 });
  });

  test('130: Ctrl-C ends the run, and what was there by then is written whole', async () => {
    box.write('long.yaml', scenarioWith(HOLDS, [['duration: 12m', 'duration: 20000h']]));
    const child = box.start('run', 'long.yaml', '--out', 'out130');
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    await expect.poll(() => existsSync(join(box.path, 'out130/plan.json')), { timeout: 20_000 }).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 700));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(filesIn('out130')).toEqual(new Set(['junit.xml', 'plan.json', 'report.html', 'trace.ndjson']));
    const trace = readFileSync(join(box.path, 'out130/trace.ndjson'), 'utf8').trimEnd().split('\n');
    expect(JSON.parse(trace.at(-1) ?? '')).toMatchObject({ kind: 'end', verdict: 'interrupted' });
  });
});

describe('run -o json', () => {
  test('prints one object for each run, one a line, and nothing else', () => {
    const { code, stdout } = box.run('run', 'holds.yaml', 'breaks.yaml', '-o', 'json', '--out', 'many');
    expect(code).toBe(1);
    const runs = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(runs.map(({ scenario, verdict, seed }) => ({ scenario, verdict, seed }))).toEqual([
      { scenario: 'small', verdict: 'pass', seed: '3' },
      { scenario: 'breaks', verdict: 'violated', seed: '3' },
    ]);
    expect(runs[1]).toMatchObject({
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      events: expect.any(Number),
      virtualMs: 720_000,
      wallMs: expect.any(Number),
    });
    const [assertion] = (runs[1]?.['assertions'] ?? []) as Record<string, unknown>[];
    expect(assertion).toMatchObject({ id: 'all-three', kind: 'always', result: 'failed' });
    expect(assertion?.['firstViolatedAtMs']).toBeGreaterThanOrEqual(240_000);
    expect(filesIn('many')).toEqual(new Set(['breaks', 'junit.xml', 'small']));
  });

  test('the same seed gives the same digest, from another folder too; another seed another one', () => {
    const digestOf = (...args: string[]): string =>
      (
        JSON.parse(box.run('run', ...args, '-o', 'json', '--trace', 'none', '--out', 'digest').stdout) as {
          digest: string;
        }
      ).digest;
    const first = digestOf('holds.yaml');
    expect(digestOf('holds.yaml')).toBe(first);
    expect(digestOf(join(box.path, 'holds.yaml'))).toBe(first);
    expect(digestOf('holds.yaml', '--seed', '4')).not.toBe(first);
    expect(existsSync(join(box.path, 'digest/trace.ndjson'))).toBe(false);
  });
});
