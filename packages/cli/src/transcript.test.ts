/** A session with the commands that a course on DaemonSets teaches, in their order, asked of a run. */
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { parseTraceText } from '@everynode/trace/ndjson';
import { readFileSync } from 'node:fs';
import { buildCli, Sandbox } from './testing/builtCli.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const ROOT = resolve(import.meta.dirname, '../../..');
const box = new Sandbox();

beforeAll(() => {
  buildCli();
  box.run('run', join(ROOT, 'scenarios/tour/transcript.yaml'), '--out', 'run');
});
afterAll(() => box.remove());

/** What a command prints at a moment; nothing goes to stderr, and it ends well. */
function ask(at: string, ...words: string[]): string {
  const { code, stdout, stderr } = box.run(...words, '--run', 'run', '--at', at);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return `\n${stdout}`;
}

/** What the steps of the scenario answered, as the trace has it. */
function answersOf(step: string): readonly string[] {
  const records = parseTraceText(readFileSync(join(box.path, 'run/trace.ndjson'), 'utf8'));
  return records.flatMap((record) =>
    record.kind === 'event' && record.object === `step/${step}` && record.type === 'step.said'
      ? [String(record.data?.['message'])]
      : [],
  );
}

test('the session goes as it would at a terminal', () => {
  expect(ask('1m', 'get', 'daemonset')).toMatchInlineSnapshot(`
    "
    NAME      DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE
    fluentd   3         3         3       3            3           <none>          60s
    "
  `);
  expect(ask('1m', 'get', 'pods', '-l', 'app=fluentd')).toMatchInlineSnapshot(`
    "
    NAME            READY   STATUS    RESTARTS   AGE
    fluentd-4qqfk   1/1     Running   0          60s
    fluentd-fqpdw   1/1     Running   0          60s
    fluentd-kdffb   1/1     Running   0          60s
    "
  `);
  expect(ask('3m10s', 'rollout', 'status', 'daemonset/fluentd')).toMatchInlineSnapshot(`
    "
    Waiting for daemon set "fluentd" rollout to finish: 2 of 3 updated pods are available...
    daemon set "fluentd" successfully rolled out
    "
  `);
  expect(ask('10m', 'rollout', 'history', 'daemonset/fluentd')).toMatchInlineSnapshot(`
    "
    daemonset.apps/fluentd 
    REVISION  CHANGE-CAUSE
    1         first release
    2         new parser
    3         smaller buffers

    "
  `);
  // The manifest was applied, so the client warns that the next apply will not know of the step back.
  const wentBack = [
    expect.stringMatching(/^Warning: .* previously managed with 'kubectl apply'/),
    'daemonset.apps/fluentd rolled back',
  ];
  expect(answersOf('undo')).toEqual(wentBack);
  expect(ask('14m', 'rollout', 'history', 'daemonset/fluentd')).toMatchInlineSnapshot(`
    "
    daemonset.apps/fluentd 
    REVISION  CHANGE-CAUSE
    1         first release
    3         smaller buffers
    4         new parser

    "
  `);
  expect(answersOf('undo-to-the-first')).toEqual(wentBack);
  expect(ask('19m', 'rollout', 'history', 'daemonset/fluentd')).toMatchInlineSnapshot(`
    "
    daemonset.apps/fluentd 
    REVISION  CHANGE-CAUSE
    3         smaller buffers
    4         new parser
    5         first release

    "
  `);
  expect(ask('19m', 'get', 'nodes', '--show-labels')).toMatchInlineSnapshot(`
    "
    NAME        STATUS   ROLES    AGE   VERSION   LABELS
    storage-0   Ready    <none>   19m   v1.36.0   beta.kubernetes.io/arch=amd64,beta.kubernetes.io/os=linux,disktype=ssd,everynode.dev/pool=storage,kubernetes.io/arch=amd64,kubernetes.io/hostname=storage-0,kubernetes.io/os=linux
    worker-0    Ready    <none>   19m   v1.36.0   beta.kubernetes.io/arch=amd64,beta.kubernetes.io/os=linux,everynode.dev/pool=worker,kubernetes.io/arch=amd64,kubernetes.io/hostname=worker-0,kubernetes.io/os=linux
    worker-1    Ready    <none>   19m   v1.36.0   beta.kubernetes.io/arch=amd64,beta.kubernetes.io/os=linux,everynode.dev/pool=worker,kubernetes.io/arch=amd64,kubernetes.io/hostname=worker-1,kubernetes.io/os=linux
    "
  `);
  const taints = '{range.items[*]}{.metadata.name}{"\\t"}{.spec.taints[*].key}{"\\n"}{end}';
  expect(ask('19m', 'get', 'nodes', '-o', `jsonpath=${taints}`)).toMatchInlineSnapshot(`
    "
    storage-0	dedicated
    worker-0	
    worker-1	
    "
  `);
});
