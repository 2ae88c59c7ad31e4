/** What a probe that failed says of it, in the words of its own way of asking. Twin: prober.go, probe/http, exec, tcp, grpc. Rules: K-26. */
import type { ContainerPort, Probe } from '@everynode/core/api/pod';
import type { ProbeFailure, ProbeWorker } from './kubeletProbes.ts';
import { probeTimeoutSeconds } from './kubeletProbes.ts';

const TITLES = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' } as const;

/** Where the container is asked. */
export interface ProbeAddress {
  readonly podIP: string;
  readonly ports: readonly ContainerPort[];
}

/** Message of the event `Unhealthy`. */
export function unhealthyText(
  { kind, probe }: Pick<ProbeWorker, 'kind' | 'probe'>,
  failure: ProbeFailure,
  address: ProbeAddress,
): string {
  return `${TITLES[kind]} probe failed: ${outputOf(probe, failure, address)}`;
}

function outputOf(probe: Probe, failure: ProbeFailure, { podIP, ports }: ProbeAddress): string {
  // A port may go by its name.
  const numberOf = (port: number | string): number | string =>
    ports.find(({ name }) => name === port)?.containerPort ?? port;
  const { httpGet, tcpSocket, grpc, exec } = probe;
  const seconds = probeTimeoutSeconds(probe);
  if (httpGet !== undefined) {
    const { scheme = 'HTTP', host = podIP, path = '/' } = httpGet;
    const port = numberOf(httpGet.port);
    if (failure === 'bad') return 'HTTP probe failed with statuscode: 503';
    const get = `Get "${scheme.toLowerCase()}://${host}:${port}${path}"`;
    return failure === 'late'
      ? `${get}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
      : `${get}: dial tcp ${host}:${port}: connect: connection refused`;
  }
  if (tcpSocket !== undefined) {
    const { host = podIP } = tcpSocket;
    const port = numberOf(tcpSocket.port);
    return `dial tcp ${host}:${port}: ${failure === 'late' ? 'i/o timeout' : 'connect: connection refused'}`;
  }
  if (grpc !== undefined) {
    if (failure === 'bad') return 'service unhealthy (responded with "NOT_SERVING")';
    return `timeout: failed to connect service "${podIP}:${grpc.port}" within ${seconds}s: context deadline exceeded`;
  }
  // What a command prints is its own; one that fails without a word leaves nothing here.
  return failure === 'late'
    ? `command timed out: "${(exec?.command ?? []).join(' ')}" timed out after ${seconds}s`
    : '';
}
