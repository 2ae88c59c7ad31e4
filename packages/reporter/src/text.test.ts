/** What a terminal shows: the object, the time, the rule and the fault, in 15 lines at most. */
import type { TraceRecord } from '@everynode/trace/record';
import { expect, test } from 'vitest';
import { zoneOutageTrace } from './testing/zoneOutageTrace.ts';
import { toReport } from './reportModel.ts';
import { renderText } from './text.ts';

test('a failed run names the object, the virtual time, the broken rule, the fault behind it and the command', () => {
  expect(renderText(toReport(zoneOutageTrace()))).toMatchInlineSnapshot(`
    "✕ FAIL zone-lost-during-rollout  seed 20240210 · Kubernetes 1.31 · 90 nodes · 45m virtual · maxUnavailable: 10% · digest 3c02eee3
      The rollout of node-agent stopped at 05:38.765 with 44 of 90 updated; rollout-finishes failed at 31:00.000.
      Then 30 of 90 nodes had no available pod: 17 terminating, 13 unreachable; the budget is 9. First cause: ZoneOutage zone-b (30 nodes), 05:00.000 to the end.
      ✕ rollout-finishes (rollout-complete) at 31:00.000, to the end
        kube-system/node-agent is not rolled out, demanded within 28m of step rollout
        object  ds/kube-system/node-agent
        fault   outage: ZoneOutage zone-b (30 nodes), since 05:00.000
        because 05:00.000 fault/outage: outage fault begins
                05:40.000 node-lifecycle: worker-7 Ready Unknown, reason NodeStatusUnknown, taints node.kubernetes.io/unreachable:NoExecute
                05:40.020 daemonset-controller: node-agent roll · desired 90, maxUnavailable 9, numUnavailable 16, creates 0, deletes 4
                05:40.020 daemonset-controller: node-agent-c5o5 deletion asked for, grace ends 06:10.000
      repeat  npx everynode run scenarios/tour/zone-lost.yaml --seed 20240210"
  `);
});

test('the text of a run that passed is three lines, without a command', () => {
  const text = renderText(toReport(withVerdict('pass')));
  expect(text.split('\n')).toHaveLength(3);
  expect(text).toContain('✓ PASS zone-lost-during-rollout');
  expect(text).toContain('Both assertions and all 3 laws held.');
});

test('colours come from the caller alone', () => {
  const mark =
    (tag: string) =>
    (text: string): string =>
      `<${tag}>${text}</${tag}>`;
  const style = { bold: mark('b'), dim: mark('d'), good: mark('g'), bad: mark('x'), remark: mark('r') };
  expect(renderText(toReport(zoneOutageTrace()), style)).toContain('<x>✕ FAIL</x> <b>zone-lost-during-rollout</b>');
});

test('hostile names can neither move the cursor nor turn the direction, and cannot add lines', () => {
  const hostile = zoneOutageTrace({ nameOf: (kind, number) => `${kind}-${number}\u001B[2J\u202E\nPASS` });
  const text = renderText(toReport(hostile));
  // oxlint-disable-next-line no-control-regex -- they are what must not be there
  expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001F\u202A-\u202E]/);
  expect(text.split('\n').length).toBeLessThanOrEqual(15);
  expect(text).not.toMatch(/^PASS/m);
});

test('a run that was cut off says so', () => {
  const text = renderText(toReport(zoneOutageTrace().slice(0, 400)));
  expect(text).toContain('! INTERRUPTED');
  expect(text).toContain('The trace has no end: the run was cut off.');
});

test.each([
  [
    'limit',
    'events 50000000, busiest daemonset-controller',
    'A limit was reached at 45:00.000: events 50000000, busiest daemonset-controller.',
  ],
  ['interrupted', 'Ctrl-C', 'The run was stopped at 45:00.000, before its end.'],
  ['vacuous', 'outage', 'outage.'],
] as const)('the verdict %s says why', (verdict, reason, sentence) => {
  expect(renderText(toReport(withVerdict(verdict, reason)))).toContain(sentence);
});

test('a fault without effect is named, with what to do about it', () => {
  const records = withVerdict('vacuous', 'outage').map((record) =>
    record.kind === 'faultEnd' ? { ...record, bites: 0 } : record,
  );
  const [what, why] = toReport(records).reason;
  expect(what).toBe('outage (ZoneOutage zone-b (30 nodes)) had no effect, so the run proves nothing about it.');
  expect(why).toBe('Aim the fault at something that is there, or write `mayBeVacuous: true` in its step.');
});

/** The outage with another verdict, and without what was broken. */
function withVerdict(verdict: 'pass' | 'limit' | 'interrupted' | 'vacuous', reason = ''): readonly TraceRecord[] {
  return zoneOutageTrace()
    .filter((record) => record.kind !== 'violation' && !(record.kind === 'assertion' && record.result === 'failed'))
    .map((record) => (record.kind === 'end' ? { ...record, verdict, reason } : record));
}
