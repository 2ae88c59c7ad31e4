/** What the seams of a run act on. */
import { keyOf } from '@everynode/core/api/meta';
import { type SeamWorld, stepStream } from '../seams/worldSeams.ts';
import { replaceMachine } from './cluster.ts';
import { daemonSetOf } from './podModelTable.ts';
import { outsideClient, type World } from './world.ts';

export function seamWorld(world: World): SeamWorld {
  const { streams, bites, rules, processes, machines, hub, store, leaders } = world;
  return {
    streams,
    bites,
    rules,
    processes,
    machines,
    acting: (name) => leaders.get(name) ?? name,
    cutWatches: (match) => hub.cut(match),
    handOf: (stepId) => {
      const { engine, journal } = world;
      const name = stepStream(stepId);
      const client = outsideClient(world, name);
      return {
        nowMs: () => engine.nowMs,
        schedule: (delayMs, run) => void engine.schedule(delayMs, name, run),
        send: (request, done) => client.send(request, done),
        say: (message) =>
          void journal.event({ type: 'step.said', actor: name, object: `step/${stepId}`, data: { message } }),
        draw: (distribution) => streams.of(`${name}/draw`).draw(distribution),
      };
    },
    replaceMachine: (node) => replaceMachine(world, node),
    deletePods: (client, node, daemonSet, gracePeriodSeconds) => {
      const pods = store.podsOnNode(node).filter((pod) => daemonSet === undefined || daemonSetOf(pod) === daemonSet);
      const hand = outsideClient(world, client);
      for (const pod of pods) {
        const grace = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
        hand.send({ verb: 'delete', kind: 'Pod', key: keyOf(pod), ...grace });
      }
      return pods.length;
    },
  };
}
