/** Plans of undisturbed rollouts: what is left to chance is the order that Go leaves open, and how long things take. */
import { KNOWN_VERSIONS } from '@everynode/core/profile';
import { DEFAULT_LIMITS, type Plan, PLAN_VERSION, type PlanStep } from '@everynode/sim/plan';
import fc from 'fast-check';
import { AGENT, arbitraryDaemonSet } from './randomDaemonSet.ts';
import { minutes } from './testScale.ts';

/** Long enough for each rollout to be over before the next one begins. */
const BETWEEN_MS: number = minutes(40);

/** A cluster, a DaemonSet that comes up, and one to three new images one after the other, with or without surge. */
export function arbitraryRollout(): fc.Arbitrary<Plan> {
  return fc
    .record({
      seed: fc.nat(1_000_000).map(String),
      kubernetesVersion: fc.constantFrom(...KNOWN_VERSIONS),
      workers: fc.integer({ min: 2, max: 12 }),
      tainted: fc.integer({ min: 0, max: 2 }),
      agent: arbitraryDaemonSet('agent'),
      updates: fc.integer({ min: 1, max: 3 }),
      latencyPercent: fc.constantFrom(0, 100),
    })
    .map(({ seed, kubernetesVersion, workers, tainted, agent, updates, latencyPercent }): Plan => {
      const taints = [{ key: 'dedicated', value: 'edge', effect: 'NoSchedule' as const }];
      const pools = [
        { name: 'worker', count: workers, capacity: {}, labels: { disk: 'ssd' } },
        ...(tainted === 0 ? [] : [{ name: 'edge', count: tainted, capacity: {}, taints }]),
      ];
      const steps = Array.from({ length: updates }, (_, i): PlanStep => ({
        step: 'operation',
        id: `roll-${i}`,
        type: 'update',
        atMs: BETWEEN_MS * (i + 1),
        params: { daemonSet: AGENT, setImage: { main: `agent:v${i + 3}` } },
      }));
      return {
        version: PLAN_VERSION,
        scenario: 'rollout',
        seed,
        kubernetesVersion,
        settings: { latencyPercent },
        params: {},
        durationMs: BETWEEN_MS * (updates + 1),
        // With surge a rollout may sleep before its last step where pods have to be ready for a while (DS-T5, DS-T6).
        objects: [{ ...agent, spec: { ...agent.spec, minReadySeconds: 0 } }],
        pools,
        models: [],
        steps,
        expectations: [],
        thresholds: [],
        limits: { ...DEFAULT_LIMITS, events: 2_000_000 },
        explore: false,
      };
    });
}
