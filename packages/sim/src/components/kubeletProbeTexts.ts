/** What a probe that failed says of it, in the words of its own way of asking. Twin: prober.go, probe/http, exec, tcp, grpc. Rules: K-26. */
import type { Probe } from '@everynode/core/api/pod';
import type { ProbeFailure, ProbeWorker } from './kubeletProbes.ts';
import { probeTimeoutSeconds } from './kubeletProbes.ts';

const TITLES = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' } as const;

/** Message of the event `Unhealthy`. */
export function unhealthyText({ kind, probe }: ProbeWorker, failure: ProbeFailure, podIP: string | undefined): string {
  return `${TITLES[kind]} probe failed: ${outputOf(probe, failure, podIP ?? '')}`;
}

function outputOf(probe: Probe, failure: ProbeFailure, podIP: string): string {
  const { httpGet, tcpSocket, grpc, exec } = probe;
  const seconds = probeTimeoutSeconds(probe);
  if (httpGet !== undefined) {
    const { scheme = 'HTTP', host = podIP, port, path = '/' } = httpGet;
    if (failure === 'bad') return 'HTTP probe failed with statuscode: 503';
    const get = `Get "${scheme.toLowerCase()}://${host}:${port}${path}"`;
    return failure === 'late'
      ? `${get}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
      : `${get}: dial tcp ${host}:${port}: connect: connection refused`;
  }
  if (tcpSocket !== undefined) {
    const { host = podIP, port } = tcpSocket;
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
