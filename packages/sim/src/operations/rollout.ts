/** `kubectl rollout undo` and `restart`. Rules: DS-K4, DS-K5. */
import type { ControllerRevision, DaemonSet } from '@everynode/core/api/daemonSet';
import { planUndo, restartPatch } from '@everynode/core/daemonset/rollout';
import { count, daemonSet, withDefault } from '../params.ts';
import { nameOf, sayOutcome, serverError, withObject } from './kubectl.ts';
import { type AnyOperation, defineOperation } from './operation.ts';

export const rollback: AnyOperation = defineOperation({
  summary: 'Goes back to an earlier template, as `kubectl rollout undo` does.',
  params: {
    daemonSet: daemonSet(),
    toRevision: withDefault(count('number in `rollout history`; 0: the one before the current'), 0),
  },
  perform: ({ params, send, say }) =>
    withObject<DaemonSet>({ send, say }, 'DaemonSet', params.daemonSet, (ds) => {
      send({ verb: 'list', kind: 'ControllerRevision' }, (result) => {
        if (!result.ok) {
          say(serverError(result));
          return;
        }
        const revisions = (result.list?.items ?? []) as readonly ControllerRevision[];
        const plan = planUndo(ds, revisions, params.toRevision);
        if (plan.outcome === 'error') say(`error: ${plan.error}`);
        else if (plan.outcome === 'skip') say(plan.message);
        else
          send(
            { verb: 'patch', kind: 'DaemonSet', key: params.daemonSet, patch: plan.patch },
            sayOutcome(say, plan.message),
          );
      });
    }),
});

export const restart: AnyOperation = defineOperation({
  summary: 'Replaces every pod by an equal one, as `kubectl rollout restart` does.',
  params: { daemonSet: daemonSet() },
  perform: ({ params, send, say, nowMs }) => {
    const done = sayOutcome(say, `${nameOf('DaemonSet', params.daemonSet)} restarted`);
    send({ verb: 'patch', kind: 'DaemonSet', key: params.daemonSet, patch: restartPatch(nowMs()) }, done);
  },
});
