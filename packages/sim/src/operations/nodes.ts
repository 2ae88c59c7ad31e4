/** Machines that come and go. Rules. */
import { count, draw, nodes, optional, text, withDefault } from '../params.ts';
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
  summary: 'Takes machines away without a drain, and then their Node objects, as a cloud does with spot instances.',
  params: { nodes: nodes('which nodes') },
  perform: ({ params, removeNode, say }) => {
    const names = namesIn(params.nodes);
    for (const name of names) removeNode(name);
    say(`${names.join(', ')} removed`);
  },
});
