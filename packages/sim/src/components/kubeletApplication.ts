/**
 * Draws what the application in a container will do from its start on: when it answers its probes, when it stops to,
 * when it exits. Drawn once for each start, so that a kubelet that comes later finds the same application.
 * Rules: K-14, K-24…K-28, V-21.
 */
import type { LifecycleHandler } from '@everynode/core/api/pod';
import type { Rng } from '../engine/rng.ts';
import type { Draw, FailingSpells } from '../plan.ts';
import type { ApplicationConduct, FailingSpell } from '../seams/machine.ts';
import type { KubeletContainer } from './kubeletPod.ts';
import type { PodBehaviour } from './podModels.ts';

const NO_SPELLS: ApplicationConduct['spells'] = { startup: [], readiness: [], liveness: [] };

/** Two streams, so that models of probes and of init containers do not move the draws of everything else. */
export interface ConductStreams {
  readonly containers: Rng;
  readonly models: () => Rng;
}

export function drawConduct(
  behaviour: PodBehaviour,
  container: KubeletContainer,
  streams: ConductStreams,
): ApplicationConduct {
  const { startup, readiness, crash, probes } = behaviour;
  const { spec, role } = container;
  if (role === 'init') return initConduct(behaviour, container, streams);
  const rng = streams.containers;
  const answersAfterMs = rng.draw(startup);
  // `readiness` delays a probe's answers; without a probe nobody asks (K-28).
  const readyAfterMs = answersAfterMs + (spec.readinessProbe === undefined ? 0 : rng.draw(readiness));
  const spells = probes === undefined ? NO_SPELLS : drawSpells(probes, streams.models());
  if (crash === undefined || role !== 'main') return { answersAfterMs, readyAfterMs, spells };
  return { answersAfterMs, readyAfterMs, spells, exit: { afterMs: rng.draw(crash.after), exitCode: crash.exitCode } };
}

/** So many of its runs fail, then one goes well. */
function initConduct(
  { init }: PodBehaviour,
  { restarts }: KubeletContainer,
  streams: ConductStreams,
): ApplicationConduct {
  const idle = { answersAfterMs: 0, readyAfterMs: 0, spells: NO_SPELLS };
  if (init === undefined) return idle;
  const exitCode = restarts < init.failures ? init.exitCode : 0;
  return { ...idle, exit: { afterMs: streams.models().draw(init.takes), exitCode } };
}

/** How long a hook runs: a `sleep` as long as it says, any other as its model says. */
export function hookMs({ sleep }: LifecycleHandler, model: Draw, models: () => Rng): number {
  if (sleep !== undefined) return sleep.seconds * 1000;
  return 'fixed' in model ? model.fixed : models().draw(model);
}

function drawSpells(probes: NonNullable<PodBehaviour['probes']>, rng: Rng): ApplicationConduct['spells'] {
  const [all, readiness, liveness] = [probes.all, probes.readiness, probes.liveness].map((each) =>
    each === undefined ? [] : spellsOf(each, rng),
  ) as [FailingSpell[], FailingSpell[], FailingSpell[]];
  return { startup: all, readiness: [...all, ...readiness], liveness: [...all, ...liveness] };
}

function spellsOf({ failsAfter, recoversAfter, times, answersIn }: FailingSpells, rng: Rng): FailingSpell[] {
  const spells: FailingSpell[] = [];
  let atMs = 0;
  for (let i = 0; i < times && atMs < Infinity; i += 1) {
    const fromMs = atMs + rng.draw(failsAfter);
    const untilMs = recoversAfter === undefined ? Infinity : fromMs + rng.draw(recoversAfter);
    spells.push({ fromMs, untilMs, ...(answersIn === undefined ? {} : { answersInMs: rng.draw(answersIn) }) });
    atMs = untilMs;
  }
  return spells;
}
