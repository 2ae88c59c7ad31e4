/** `kubectl delete`. Rules, DS-D1, DS-D2. */
import type { ObjectKey } from '@everynode/core/api/meta';
import type { Kind } from '@everynode/core/api/objects';
import { choice, count, daemonSet, optional, text, withDefault } from '../params.ts';
import { quotedNameOf, sayOutcome } from '../kubectl/words.ts';
import { type AnyOperation, defineOperation } from './operation.ts';

export const deleteObject: AnyOperation = defineOperation({
  summary: 'Deletes a DaemonSet, a pod, a Node object or a whole namespace, as `kubectl delete` does.',
  params: {
    daemonSet: optional(daemonSet()),
    pod: optional(text('a pod, as namespace/name')),
    node: optional(text('a Node object; its machine runs on (K-40)')),
    namespace: optional(text('a namespace, with all that is in it; nothing is created in it from then on (A-17)')),
    cascade: withDefault(
      choice('what becomes of the DaemonSet’s pods: deleted after it, deleted before it, or left alone', [
        'background',
        'foreground',
        'orphan',
      ]),
      'background',
    ),
    gracePeriodSeconds: optional(count('instead of the pod’s own; 0 takes the object at once, while the pod runs on')),
  },
  perform: ({ params, send, say }) => {
    const propagation = PROPAGATION[params.cascade];
    const grace = params.gracePeriodSeconds;
    const all: readonly (readonly [Kind, ObjectKey | undefined])[] = [
      ['DaemonSet', params.daemonSet],
      ['Pod', params.pod],
      ['Node', params.node],
      ['Namespace', params.namespace],
    ];
    for (const [kind, key] of all) {
      if (key === undefined) continue;
      const options = {
        ...(kind === 'DaemonSet' ? { propagation } : {}),
        ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
      };
      send({ verb: 'delete', kind, key, ...options }, sayOutcome(say, `${quotedNameOf(kind, key)} deleted`));
    }
  },
});

const PROPAGATION = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan' } as const;
