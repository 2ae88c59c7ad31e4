/** Which ports of its node a pod takes, and when two pods cannot share a node for it. Rules: S-3 NodePorts, K-10. */
import type { Pod, PodSpec } from '../api/pod.ts';

export interface HostPort {
  /** Empty and 0.0.0.0 mean every address. */
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

const ANY_ADDRESS = '0.0.0.0';
const portsOf = new WeakMap<PodSpec, readonly HostPort[]>();

/** With hostNetwork every container port is one of the node, as the server fills it in. */
export function hostPorts({ spec }: Pod): readonly HostPort[] {
  const known = portsOf.get(spec);
  if (known !== undefined) return known;
  const ports: HostPort[] = [];
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    for (const { hostPort, containerPort, hostIP, protocol } of container.ports ?? []) {
      const port = hostPort ?? (spec.hostNetwork === true ? containerPort : 0);
      if (port > 0)
        ports.push({
          ip: hostIP === undefined || hostIP === '' ? ANY_ADDRESS : hostIP,
          protocol: protocol ?? 'TCP',
          port,
        });
    }
  }
  portsOf.set(spec, ports);
  return ports;
}

/** Whether some port of the one is taken by the other; every address conflicts with any. */
export function portsConflict(a: readonly HostPort[], b: readonly HostPort[]): boolean {
  return a.some((one) =>
    b.some(
      (other) =>
        one.port === other.port &&
        one.protocol === other.protocol &&
        (one.ip === other.ip || one.ip === ANY_ADDRESS || other.ip === ANY_ADDRESS),
    ),
  );
}
