/**
 * When the world is at rest: no fault in force, every node well, and nothing that matters changed for a long while.
 * What Kubernetes promises in the end (INV-10) may be asked for only then.
 */
import { findCondition, isTerminating } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { isDeepEqual } from '@everynode/core/api/canonicalJson';
import type { Change, WorldView } from '@everynode/sim/cluster/worldView';

/** Twice the longest backoff of a failed pod (15 min, waited for up to twice, DS-F3) and a minute. */
export const QUIET_MS = 1_860_000;

const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** Ready, without pressure, and not about to be deleted. */
function isNodeWell(node: Node): boolean {
  const conditions = node.status?.conditions;
  if (isTerminating(node) || findCondition(conditions, 'Ready')?.status !== 'True') return false;
  return PRESSURES.every((type) => findCondition(conditions, type)?.status !== 'True');
}

export class Rest {
  readonly #unwell = new Set<string>();
  readonly #faults = new Set<string>();
  #changedAtMs = 0;
  #hasBegun = false;

  observe(change: Change, view: WorldView): void {
    if (!this.#hasBegun) this.begin(view);
    switch (change.kind) {
      case 'Fault':
        if (change.begins) this.#faults.add(change.id);
        else this.#faults.delete(change.id);
        break;
      case 'Node': {
        const [before, after] = [change.before as Node | undefined, change.after as Node | undefined];
        this.#observeNode(change.key, after);
        if (isHeartbeat(before, after)) return;
        break;
      }
      case 'Pod':
      case 'DaemonSet':
        break;
      default:
        return;
    }
    this.#changedAtMs = view.nowMs;
  }

  begin(view: WorldView): void {
    this.#hasBegun = true;
    this.#changedAtMs = view.nowMs;
    for (const node of view.list('Node')) this.#observeNode(node.metadata.name, node);
    for (const fault of view.faultsInForce) this.#faults.add(fault.id);
  }

  /** Instant from which the world is at rest if nothing happens before; undefined while something is wrong with it. */
  get restAtMs(): number | undefined {
    return this.#faults.size > 0 || this.#unwell.size > 0 ? undefined : this.#changedAtMs + QUIET_MS;
  }

  #observeNode(name: string, node: Node | undefined): void {
    if (node === undefined || isNodeWell(node)) this.#unwell.delete(name);
    else this.#unwell.add(name);
  }
}

/** Kubelets report their status every few minutes: only the time of the report differs. */
function isHeartbeat(before: Node | undefined, after: Node | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  if (isTerminating(before) !== isTerminating(after)) return false;
  return (
    isDeepEqual(before.spec, after.spec) &&
    isDeepEqual(before.metadata.labels, after.metadata.labels) &&
    isDeepEqual(statuses(before), statuses(after))
  );
}

function statuses(node: Node): readonly (readonly [string, string])[] {
  return (node.status?.conditions ?? []).map(({ type, status }) => [type, status]);
}
