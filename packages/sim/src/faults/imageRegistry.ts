/** A registry that is slow, or has too many customers. Rules: K-15, V-12. */
import { count, draw, optional, text } from '../params.ts';
import { type AnyFault, defineFault, liftAll } from './fault.ts';

export const slowImagePull: AnyFault = defineFault({
  summary: 'Makes image pulls on nodes take longer; what is on a node already is not pulled.',
  targets: 'nodes',
  bends: ['machines'],
  rules: ['K-15', 'V-12'],
  example: { for: '10m', delay: '2m', targets: { nodes: { pool: 'worker' } } },
  instant: false,
  params: {
    image: optional(text('only pulls of this image, as the manifest names it')),
    delay: draw('how much longer each pull takes'),
  },
  begin: ({ seams, params, nodes }) => {
    return liftAll(nodes.map((node) => seams.machine.slowImagePull(node, params.image, params.delay)));
  },
});

export const registryLimit: AnyFault = defineFault({
  summary:
    'Lets the registry serve only so many image pulls at a time, over all nodes; the others wait in their order.',
  targets: 'none',
  bends: ['machines'],
  rules: ['K-15'],
  example: { for: '3m', concurrency: 1 },
  instant: false,
  params: { concurrency: count('how many at a time; 0: none') },
  begin: ({ seams, params }) => seams.machine.limitRegistry(params.concurrency),
});
