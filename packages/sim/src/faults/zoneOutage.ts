/** A whole zone goes: dark, or only out of reach. Rules: N-19…N-23. */
import { choice, withDefault } from '../params.ts';
import { type AnyFault, defineFault, liftAll } from './fault.ts';

export const zoneOutage: AnyFault = defineFault({
  summary: 'Takes power or link from every node of a zone.',
  targets: 'zone',
  bends: ['machines'],
  rules: ['N-19', 'N-20', 'N-21', 'N-23'],
  example: { for: '10m', link: 'network', targets: { nodes: { zone: 'zone-b' } } },
  instant: false,
  params: {
    link: withDefault(
      choice('what the zone loses: power, or the network to the control plane', ['power', 'network']),
      'power',
    ),
  },
  begin: ({ seams, params, nodes }) => {
    const { powerOff, partition } = seams.machine;
    return liftAll(nodes.map((node) => (params.link === 'network' ? partition(node) : powerOff(node))));
  },
});
