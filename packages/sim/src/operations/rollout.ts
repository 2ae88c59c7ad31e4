/** `kubectl rollout undo`, `restart`, `pause` and `resume`. Rules: DS-K4, DS-K5, DS-K6. */
import type { ControllerRevision, DaemonSet } from '@everynode/core/api/daemonSet';
import {
  pauseError,
  planRestart,
  planUndo,
  ROLLED_BACK,
  skippedText,
  undoWarning,
} from '@everynode/core/daemonset/rollout';
import { count, daemonSet, withDefault } from '../params.ts';
import { nameOf, sayOutcome, serverError, withObject } from '../kubectl/words.ts';
import { type AnyOperation, defineOperation } from './operation.ts';

export const rollback: AnyOperation = defineOperation({
  summary: 'Goes back to an earlier template, as `kubectl rollout undo` does.',
  params: {
    daemonSet: daemonSet(),
    toRevision: withDefault(count('number in `rollout history`; 0: the one before the current'), 0),
  },
  perform: ({ params, minor, send, say }) =>
    withObject<DaemonSet>({ send, say }, 'DaemonSet', params.daemonSet, (ds) => {
      const warning = undoWarning(ds, minor).trimEnd();
      if (warning !== '') say(warning);
      const name = nameOf('DaemonSet', params.daemonSet);
      send({ verb: 'list', kind: 'ControllerRevision' }, (result) => {
        if (!result.ok) {
          say(serverError(result));
          return;
        }
        const revisions = (result.list?.items ?? []) as readonly ControllerRevision[];
        const plan = planUndo(ds, revisions, params.toRevision);
        if (plan.outcome === 'error') say(`error: ${plan.error}`);
        else if (plan.outcome === 'skip') say(`${name} ${skippedText(params.toRevision)}`);
        else {
          const done = sayOutcome(say, `${name} ${ROLLED_BACK}`, `failed restoring revision ${params.toRevision}`);
          send({ verb: 'patch', kind: 'DaemonSet', key: params.daemonSet, patch: plan.patch }, done);
        }
      });
    }),
});

export const restart: AnyOperation = defineOperation({
  summary: 'Replaces every pod by an equal one, as `kubectl rollout restart` does.',
  params: { daemonSet: daemonSet() },
  perform: ({ params, minor, send, say, nowMs }) =>
    withObject<DaemonSet>({ send, say }, 'DaemonSet', params.daemonSet, (ds) => {
      const plan = planRestart(ds, nowMs(), minor);
      if (!plan.ok) {
        say(`error: ${plan.error}`);
        return;
      }
      const done = sayOutcome(say, `${nameOf('DaemonSet', params.daemonSet)} restarted`, 'failed to patch');
      send({ verb: 'patch', kind: 'DaemonSet', key: params.daemonSet, patch: plan.patch }, done);
    }),
});

export const pause: AnyOperation = definePause('pausing', 'Asks for a pause as `kubectl rollout pause` does.');
export const resume: AnyOperation = definePause('resuming', 'Asks to go on as `kubectl rollout resume` does.');

function definePause(verb: 'pausing' | 'resuming', summary: string): AnyOperation {
  return defineOperation({
    summary: `${summary} DaemonSets have no such thing, so the answer is an error and nothing changes.`,
    params: { daemonSet: daemonSet() },
    perform: ({ params, send, say }) =>
      withObject<DaemonSet>({ send, say }, 'DaemonSet', params.daemonSet, ({ metadata }) =>
        say(pauseError(metadata.name, verb)),
      ),
  });
}
