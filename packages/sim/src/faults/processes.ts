/** Processes that die, stand still, or read a wrong clock. Rules: L-2…L-5, K-35, S-11, V-23. */
import { choice, duration, odds, optional, process, withDefault } from '../params.ts';
import { type AnyFault, defineFault, liftAll } from './fault.ts';

const CONTROLLER = 'daemonset-controller';
const SCHEDULER = 'kube-scheduler';

const GROUPS = 'kube-controller-manager and kube-scheduler mean the replica that leads';

export const controllerRestart: AnyFault = defineFault({
  summary:
    'Ends a process and starts it anew when the fault ends: its memory is gone, its writes in flight still land. A leader that gives its lease back as it ends is followed within seconds.',
  targets: 'none',
  bends: ['a process'],
  rules: ['L-2', 'L-4', 'L-5'],
  example: { for: '2s', component: 'kube-scheduler' },
  instant: false,
  params: {
    component: withDefault(
      process(`which process, such as daemonset-controller or kubelet/worker-3; ${GROUPS}`),
      CONTROLLER,
    ),
  },
  begin: ({ seams, params }) => seams.process.shutDown(params.component),
});

export const controllerCrash: AnyFault = defineFault({
  summary:
    'Kills a process of the control plane with all controllers in it: the lease stays until it is 15 s old in the eyes of a standby, or of the same process when it is back at the end of the fault.',
  targets: 'none',
  bends: ['a process'],
  rules: ['L-1', 'L-4', 'L-5'],
  example: { for: '1m', component: 'kube-controller-manager' },
  instant: false,
  params: {
    component: withDefault(
      process(`which process; ${GROUPS}, and kube-scheduler/1 one of them`),
      'kube-controller-manager',
    ),
  },
  begin: ({ seams, params }) => seams.process.crash(params.component),
});

export const controllerPause: AnyFault = defineFault({
  summary:
    'Stops a process without killing it, as SIGSTOP or a long collection of garbage does: what comes meanwhile waits, then all is worked off at once. A leader that stands still too long is followed by a standby, and may still act beside it when it goes on.',
  targets: 'none',
  bends: ['a process'],
  rules: ['L-2', 'L-3'],
  example: { for: '30s', component: 'kube-controller-manager' },
  instant: false,
  params: {
    component: withDefault(process(`which process, such as daemonset-controller; ${GROUPS}`), CONTROLLER),
  },
  begin: ({ seams, params }) => seams.process.pause(params.component),
});

export const schedulerStall: AnyFault = defineFault({
  summary:
    'Stops the work of the scheduler: new pods stay Pending, running ones notice nothing, and then all that has waited is placed at once.',
  targets: 'none',
  bends: ['a process'],
  rules: ['S-6', 'S-11'],
  example: { for: '3m' },
  instant: false,
  params: {},
  begin: ({ seams }) => seams.process.stall(SCHEDULER),
});

export const kubeletRestart: AnyFault = defineFault({
  summary:
    'Kills the kubelets of nodes and starts them anew when the fault ends: containers run on, and the new kubelet knows only what API and machine show it.',
  targets: 'nodes',
  bends: ['a process'],
  rules: ['K-11', 'K-24', 'K-35', 'K-36'],
  example: { for: '5s', targets: { nodes: { pool: 'worker' } } },
  instant: false,
  params: {},
  begin: ({ seams, nodes }) => liftAll(nodes.map((node) => seams.process.crash(kubeletOf(node)))),
});

export const clockSkew: AnyFault = defineFault({
  summary:
    'Sets the clock of a process wrong: ages and times of transition go by it. Heartbeats do not mind a kubelet that is ahead; one that is set back renews its lease in vain until it has caught up.',
  targets: 'kubelets',
  bends: ['a process'],
  rules: ['N-3', 'V-23', 'DS-X30'],
  example: { for: '10m', by: '5m', direction: 'behind', targets: { nodes: { names: ['worker-0'] } } },
  instant: false,
  params: {
    component: optional(
      process(
        'whose clock, such as daemonset-controller or kubelet/worker-3; absent, without targets: the controller’s',
      ),
    ),
    by: duration('how far off it is at once'),
    direction: withDefault(choice('whether it is set ahead or back', ['ahead', 'behind']), 'ahead'),
    drift: optional(
      odds('how much it gains beside that, or loses when it is behind, such as 1/1000: a second in 1000'),
    ),
  },
  begin: ({ seams, params, nodes }) => {
    const { component = CONTROLLER, by, direction, drift } = params;
    const sign = direction === 'ahead' ? 1 : -1;
    const clock = {
      byMs: sign * by,
      ...(drift === undefined ? {} : { drift: { ...drift, numerator: sign * drift.numerator } }),
    };
    const names = nodes.length > 0 ? nodes.map(kubeletOf) : [component];
    return liftAll(names.map((name) => seams.process.skewClock(name, clock)));
  },
});

/** A kubelet's name, as process and as API client. */
function kubeletOf(node: string): string {
  return `kubelet/${node}`;
}
