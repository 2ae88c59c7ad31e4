/** Processes that die, stand still, or read a wrong clock. Rules: L-2…L-5, K-35, S-11, V-23. */
import { choice, client, duration, odds, optional, withDefault } from '../params.ts';
import { type AnyFault, defineFault, liftAll } from './fault.ts';

const CONTROLLER = 'daemonset-controller';
const SCHEDULER = 'kube-scheduler';

export const controllerRestart: AnyFault = defineFault({
  summary:
    'Kills a process and starts it anew when the fault ends: its memory is gone, its writes in flight still land.',
  targets: 'none',
  instant: false,
  params: {
    component: withDefault(client('which process, such as daemonset-controller or kubelet/worker-3'), CONTROLLER),
  },
  begin: ({ seams, params }) => seams.process.crash(params.component),
});

export const controllerPause: AnyFault = defineFault({
  summary:
    'Stops a process without killing it, as a long collection of garbage does: what comes meanwhile waits, then all is worked off at once.',
  targets: 'none',
  instant: false,
  params: {
    component: withDefault(client('which process, such as daemonset-controller or kube-scheduler'), CONTROLLER),
  },
  begin: ({ seams, params }) => seams.process.pause(params.component),
});

export const schedulerStall: AnyFault = defineFault({
  summary:
    'Stops the work of the scheduler: new pods stay Pending, running ones notice nothing, and then all that has waited is placed at once.',
  targets: 'none',
  instant: false,
  params: {},
  begin: ({ seams }) => seams.process.pause(SCHEDULER),
});

export const kubeletRestart: AnyFault = defineFault({
  summary:
    'Kills the kubelets of nodes and starts them anew when the fault ends: containers run on, and the new kubelet knows only what API and machine show it.',
  targets: 'nodes',
  instant: false,
  params: {},
  begin: ({ seams, nodes }) => liftAll(nodes.map((node) => seams.process.crash(kubeletOf(node)))),
});

export const clockSkew: AnyFault = defineFault({
  summary:
    'Sets the clock of a process wrong: ages and times of transition go by it. Heartbeats do not mind a kubelet that is ahead; one that is set back renews its lease in vain until it has caught up.',
  targets: 'kubelets',
  instant: false,
  params: {
    component: optional(
      client(
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
