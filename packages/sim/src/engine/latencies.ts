/**
 * How long things take in the simulated world, as integer quantiles in ms. One table for API server, components and
 * pod models; the values are model choices, see docs/fidelity.md. Rules: V-1…V-21.
 */
import type { Draw } from '../plan.ts';
import type { Rng } from './rng.ts';

type Quantiles = Extract<Draw, { readonly quantiles: unknown }>['quantiles'];

function table(p0: number, p50: number, p90: number, p99: number, p100: number): Quantiles {
  return { p0, p50, p90, p99, p100 };
}

export type LatencyName =
  | 'apiWrite'
  | 'apiRead'
  | 'watchEvent'
  | 'informerHandler'
  | 'queuePickUp'
  | 'schedulingCycle'
  | 'bind'
  | 'kubeletAdmission'
  | 'sandbox'
  | 'volumeMount'
  | 'imagePresent'
  | 'imagePull'
  | 'containerStart'
  | 'statusPatch'
  | 'containerStop'
  | 'podCleanup'
  | 'kubeletStart'
  | 'nodeReboot'
  | 'machineCreate'
  | 'garbageCollection'
  | 'applicationReady'
  | 'cloudCall'
  | 'routeCreate';

export const LATENCIES: Readonly<Record<LatencyName, Quantiles>> = {
  /** V-1: end to end; a leg is half of it. */
  apiWrite: table(3, 8, 25, 200, 1000),
  /** V-2 */
  apiRead: table(1, 4, 15, 100, 1000),
  /** V-3: commit → event at the client. */
  watchEvent: table(1, 5, 30, 200, 1000),
  /** V-4 */
  informerHandler: table(0, 0, 2, 20, 100),
  /** V-5 */
  queuePickUp: table(0, 0, 1, 10, 50),
  /** V-6: serial. */
  schedulingCycle: table(1, 3, 10, 50, 200),
  /** V-7 */
  bind: table(3, 10, 30, 200, 1000),
  /** V-8: serial per node. */
  kubeletAdmission: table(1, 10, 60, 300, 1000),
  /** V-9: sandbox and CNI. */
  sandbox: table(100, 400, 1200, 3000, 10_000),
  /** V-10 */
  volumeMount: table(20, 150, 800, 2500, 10_000),
  /** V-11 */
  imagePresent: table(1, 5, 20, 100, 500),
  /** V-12: 100 MB class. */
  imagePull: table(800, 4000, 12_000, 40_000, 120_000),
  /** V-13: create and start a container. */
  containerStart: table(50, 200, 600, 2000, 5000),
  /** V-14: status patch leaves the kubelet. */
  statusPatch: table(0, 20, 100, 500, 1000),
  /** V-15: stop on SIGTERM, well-behaved; capped by the grace period. */
  containerStop: table(10, 200, 2000, 8000, 30_000),
  /** V-16: from the last container's end to the grace-0 DELETE. */
  podCleanup: table(100, 500, 1500, 5000, 30_000),
  /** V-17: kubelet restart until its first node status. */
  kubeletStart: table(1000, 4000, 10_000, 25_000, 60_000),
  /** V-18 */
  nodeReboot: table(20_000, 60_000, 120_000, 240_000, 600_000),
  /** V-19: machine ordered until Node object. */
  machineCreate: table(20_000, 45_000, 90_000, 180_000, 600_000),
  /** V-20: owner gone → DELETE of its dependents. */
  garbageCollection: table(20, 200, 1000, 5000, 30_000),
  /** V-21: application ready after start. */
  applicationReady: table(0, 1000, 5000, 20_000, 60_000),
  /** One question to the API of a cloud, such as whether an instance exists; a choice of the model. */
  cloudCall: table(50, 200, 600, 2000, 10_000),
  /** A route to a node's pods, where a cloud makes them; a choice of the model. */
  routeCreate: table(1000, 4000, 10_000, 30_000, 60_000),
};

/** A distribution of the table with its spread around the median cut to `percent` (`settings.latencyPercent`). */
export function latencyDraw(name: LatencyName, percent: number): Draw {
  const { p0, p50, p90, p99, p100 } = LATENCIES[name];
  if (percent === 0) return { fixed: p50 };
  if (percent === 100) return { quantiles: LATENCIES[name] };
  const scaled = (value: number): number => Math.max(0, p50 + Math.trunc(((value - p50) * percent) / 100));
  return { quantiles: { p0: scaled(p0), p50, p90: scaled(p90), p99: scaled(p99), p100: scaled(p100) } };
}

/** Whole ms of one occurrence. */
export function drawLatency(rng: Rng, name: LatencyName, percent: number): number {
  return rng.draw(latencyDraw(name, percent));
}
