/** Pictures of the cluster that grow old, or break off. Rules: A-21…A-24, I-3, I-4. */
import type { Kind } from '@everynode/core/api/objects';
import { client, draw, duration, kind, optional } from '../params.ts';
import type { ClientMatch } from '../seams/seams.ts';
import { type AnyFault, defineFault } from './fault.ts';

export const watchLag: AnyFault = defineFault({
  summary: 'Holds back watch events on their way to one client, so that its picture of the cluster grows old.',
  targets: 'none',
  bends: ['watches'],
  rules: ['A-20', 'A-24'],
  example: { for: '2m', client: 'daemonset-controller', kind: 'Pod', delay: '8s' },
  instant: false,
  params: {
    client: client('whose watches lag, such as daemonset-controller or kubelet/worker-3'),
    kind: optional(kind('only watches of this kind')),
    delay: draw('how long each event is held; the order of a stream stays'),
  },
  begin: ({ seams, params }) => seams.watch.delay(matchOf(params), params.delay),
});

export const staleList: AnyFault = defineFault({
  summary:
    'Answers the lists with which a client begins, or begins again, from a cache that lags: it starts in the past and acts on it. From 1.35 on it waits for a cache that has caught up.',
  targets: 'none',
  bends: ['watches'],
  rules: ['A-19', 'I-1', 'DS-X29'],
  example: { for: '10s', client: 'daemonset-controller', kind: 'Pod', behind: '30s' },
  instant: false,
  params: {
    client: optional(client('whose lists; absent: everybody’s')),
    kind: optional(kind('only lists of this kind')),
    behind: duration('how old the picture is; at most a minute or so is remembered'),
  },
  begin: ({ seams, params }) => seams.watch.serveOld(matchOf(params), params.behind),
});

export const watchBreak: AnyFault = defineFault({
  summary: 'Closes watches once with 410 Gone: the client must list again, and sees only where things ended.',
  targets: 'none',
  bends: ['watches'],
  rules: ['A-22', 'I-3', 'I-4'],
  example: { client: 'daemonset-controller', kind: 'Node' },
  instant: true,
  params: {
    client: optional(client('whose watches break; absent: everybody’s')),
    kind: optional(kind('only watches of this kind')),
  },
  begin: ({ seams, params }) => seams.watch.cut(matchOf(params)),
});

function matchOf(params: { readonly client?: string; readonly kind?: string }): ClientMatch {
  return {
    ...(params.client === undefined ? {} : { client: params.client }),
    ...(params.kind === undefined ? {} : { kind: params.kind as Kind }),
  };
}
