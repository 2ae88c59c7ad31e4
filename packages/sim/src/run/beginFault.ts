/** Begins a fault of the registry in a test's house, with its defaults, and caused by a record of its own as in a run. */
import type { House } from '../cluster/testHouse.ts';
import type { FaultDefinition } from '../faults/fault.ts';
import { faultRegistry } from '../faults/registry.ts';
import type { Json } from '../plan.ts';
import type { Lift } from '../seams/seams.ts';

/** `id` counts its bites; the lift runs with the same cause. */
export function beginFault(
  house: Pick<House, 'world' | 'seams'>,
  id: string,
  name: string,
  params: Readonly<Record<string, Json>>,
  nodes: readonly string[],
): Lift {
  const { engine, journal } = house.world;
  const definition = faultRegistry[name] as FaultDefinition;
  const defaults = Object.entries(definition.params).flatMap(([key, { defaultValue }]) =>
    defaultValue === undefined ? [] : [[key, defaultValue] as const],
  );
  const given = { ...Object.fromEntries(defaults), ...params } as never;
  const seq = journal.event({ type: 'fault.begin', actor: `fault/${id}` });
  const lift = engine.withCause(seq, () => definition.begin({ seams: house.seams(id), params: given, nodes }));
  return () => engine.withCause(seq, lift);
}
