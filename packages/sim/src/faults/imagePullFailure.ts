/** A registry that does not answer, or an image that is not there. Rules: K-15, K-16. */
import { optional, text, withDefault } from '../params.ts';
import { type AnyFault, defineFault, liftAll } from './fault.ts';

const MESSAGE =
  'failed to pull and unpack image: failed to resolve reference: unexpected status from HEAD request: 503 Service Unavailable';

export const imagePullFailure: AnyFault = defineFault({
  summary: 'Lets image pulls on nodes fail; containers whose image is there already start as ever.',
  targets: 'nodes',
  bends: ['machines'],
  rules: ['K-15', 'K-16'],
  example: { for: '10m', image: 'registry.example/agent:v2', targets: { nodes: { pool: 'worker' } } },
  instant: false,
  params: {
    image: optional(text('only pulls of this image, as the manifest names it')),
    message: withDefault(text('what the registry says'), MESSAGE),
  },
  begin: ({ seams, params, nodes }) => {
    return liftAll(nodes.map((node) => seams.machine.failImagePull(node, params.image, params.message)));
  },
});
