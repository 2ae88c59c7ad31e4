/** Processes that die, stand still, or read a wrong clock. Rules: L-2…L-5, V-23. */
import { client, duration, withDefault } from '../params.ts';
import { type AnyFault, defineFault } from './fault.ts';

const CONTROLLER = 'daemonset-controller';

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

export const clockSkew: AnyFault = defineFault({
  summary:
    'Sets the clock of a process ahead; heartbeats are judged by one clock alone and do not mind, ages and times of transition do.',
  targets: 'none',
  instant: false,
  params: {
    component: withDefault(client('whose clock, such as daemonset-controller or kubelet/worker-3'), CONTROLLER),
    by: duration('how far ahead'),
  },
  begin: ({ seams, params }) => seams.process.skewClock(params.component, params.by),
});
