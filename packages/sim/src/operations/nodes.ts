/** Machines that come, go, and give way to others. Rules. */
import { count, draw, flag, nodes, optional, text, withDefault } from '../params.ts';
import { namesIn } from '../kubectl/words.ts';
import { type AnyOperation, defineOperation } from './operation.ts';

export const addNodes: AnyOperation = defineOperation({
  summary: 'Adds nodes to a pool: machines boot, and their kubelets register them.',
  params: {
    pool: text('which pool'),
    count: withDefault(count('how many'), 1),
    over: optional(draw('time until each machine is up; absent: as long as clouds take, 20 s to some minutes')),
  },
  perform: ({ params, addNode, draw: drawMs, say }) => {
    const { pool, over } = params;
    for (let i = 0; i < params.count; i += 1) addNode(pool, over === undefined ? undefined : drawMs(over));
    say(`${params.count} nodes of pool ${pool} ordered`);
  },
});

export const removeNodes: AnyOperation = defineOperation({
  summary:
    'Takes machines away without a drain, as a cloud does with spot instances. Their Node objects go at once; in a pool with a cloud controller they go when it finds out.',
  params: { nodes: nodes('which nodes') },
  perform: ({ params, removeNode, say }) => {
    const names = namesIn(params.nodes);
    for (const name of names) removeNode(name);
    say(`${names.join(', ')} removed`);
  },
});

export const replaceNodes: AnyOperation = defineOperation({
  summary:
    'Replaces machines by new ones of the same name, as on bare metal: nothing is on their disks, and the pods that are bound to the name are started there afresh.',
  params: {
    nodes: nodes('which nodes'),
    over: optional(draw('time until each new machine is up; absent: as long as clouds take, 20 s to some minutes')),
    deleteNode: withDefault(
      flag('delete the Node object too, so that the new kubelet makes another one; else it takes over the old one'),
      false,
    ),
  },
  perform: ({ params, replaceNode, send, draw: drawMs, say }) => {
    const names = namesIn(params.nodes);
    for (const name of names) {
      replaceNode(name, params.over === undefined ? undefined : drawMs(params.over));
      if (params.deleteNode) send({ verb: 'delete', kind: 'Node', key: name });
    }
    say(`${names.join(', ')} replaced`);
  },
});
