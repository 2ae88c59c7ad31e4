/** What the seams of a run act on. */
import { keyOf } from '@everynode/core/api/meta';
import type { SeamWorld } from '../seams/worldSeams.ts';
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
