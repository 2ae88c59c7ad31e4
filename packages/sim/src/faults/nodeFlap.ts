/** Nodes that go away and come back, again and again. Rules: K-37…K-39, N-8…N-14, N-21. */
import { choice, count, draw, duration, optional, withDefault } from '../params.ts';
import type { Draw } from '../plan.ts';
import type { Lift, Seams } from '../seams/seams.ts';
import { type AnyFault, defineFault, liftAll } from './fault.ts';

/** Between coming back and going away again at least this much passes, however short the period. */
const REST_MS = 1000;

export const nodeFlap: AnyFault = defineFault({
  summary:
    'Takes nodes away and gives them back, again and again: each time for as long as `down` says, once in a `period`; a node that is away for less than the grace of node-lifecycle never looks NotReady.',
  targets: 'nodes',
  bends: ['machines'],
  rules: ['K-37', 'K-38', 'K-39', 'N-8', 'N-21'],
  example: { for: '20m', down: '1m', period: '5m', targets: { nodes: { names: ['worker-0'] } } },
  instant: false,
  params: {
    link: withDefault(
      choice('what each node loses: the network to the control plane, or power', ['network', 'power']),
      'network',
    ),
    down: withDefault(draw('how long a node is away each time, drawn for each node and time'), { fixed: 60_000 }),
    period: withDefault(duration('from one going away to the next'), 300_000),
    count: optional(count('how many times; absent: until the fault ends')),
  },
  begin: ({ seams, params, nodes }) => liftAll(nodes.map((node) => flap(node, params, seams))),
});

interface Flapping {
  readonly link: 'network' | 'power';
  readonly down: Draw;
  readonly period: number;
  readonly count?: number;
}

/** Runs one node's rhythm until its lift. */
function flap(node: string, { link, down, period, count: times = Infinity }: Flapping, seams: Seams): Lift {
  const { hand, machine } = seams;
  let comeBack: Lift | undefined;
  let left = times;
  let isOver = false;
  const goAway = (): void => {
    if (isOver || left <= 0) return;
    left -= 1;
    const wentAtMs = hand.nowMs();
    comeBack = link === 'power' ? machine.powerOff(node) : machine.partition(node);
    hand.schedule(hand.draw(down), () => {
      if (isOver) return;
      comeBack?.();
      comeBack = undefined;
      hand.schedule(Math.max(REST_MS, wentAtMs + period - hand.nowMs()), goAway);
    });
  };
  goAway();
  return () => {
    isOver = true;
    comeBack?.();
  };
}
