import { describe, expect, test } from 'vitest';
import { unhealthyText } from './kubeletProbeTexts.ts';

describe('K-26: what a probe that failed says', () => {
  const address = { podIP: '10.0.0.7', ports: [{ name: 'web', containerPort: 8080 }] };
  const http = { httpGet: { path: '/healthz', port: 'web' } };
  const get = 'Get "http://10.0.0.7:8080/healthz"';

  test.each([
    ['refused', http, `Readiness probe failed: ${get}: dial tcp 10.0.0.7:8080: connect: connection refused`],
    ['bad', http, 'Readiness probe failed: HTTP probe failed with statuscode: 503'],
    [
      'late',
      http,
      `Readiness probe failed: ${get}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    ],
    [
      'refused',
      { httpGet: { port: 9443, host: 'a.example', scheme: 'HTTPS' } },
      'Readiness probe failed: Get "https://a.example:9443/": dial tcp a.example:9443: connect: connection refused',
    ],
    ['refused', { tcpSocket: { port: 1 } }, 'Readiness probe failed: dial tcp 10.0.0.7:1: connect: connection refused'],
    ['late', { tcpSocket: { port: 'web' } }, 'Readiness probe failed: dial tcp 10.0.0.7:8080: i/o timeout'],
    ['bad', { grpc: { port: 5 } }, 'Readiness probe failed: service unhealthy (responded with "NOT_SERVING")'],
    [
      'late',
      { grpc: { port: 5 }, timeoutSeconds: 3 },
      'Readiness probe failed: timeout: failed to connect service "10.0.0.7:5" within 3s: context deadline exceeded',
    ],
    ['bad', { exec: { command: ['ask', 'it'] } }, 'Readiness probe failed: '],
    [
      'late',
      { exec: { command: ['ask', 'it'] } },
      'Readiness probe failed: command timed out: "ask it" timed out after 1s',
    ],
  ] as const)('%s: case %#', (failure, probe, expected) => {
    expect(unhealthyText({ kind: 'readiness', probe }, failure, address)).toBe(expected);
  });
});
