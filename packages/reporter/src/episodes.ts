/** Violations as a reader counts them: breaches of one assertion that follow each other closely are one episode. */
import type { Block, Severity, ViolationRecord } from '@everynode/trace/record';

/** Two breaches of one assertion with a shorter pause between them are one episode. */
export const EPISODE_GAP_MS = 30_000;

/** One or more breaches of one assertion. */
export interface Episode {
  readonly id: string;
  readonly invariant: string;
  readonly block: Block;
  readonly severity: Severity;
  readonly fromMs: number;
  /** null: still broken at the end. */
  readonly toMs: number | null;
  /** Last record at the moment of the first breach. */
  readonly seq: number;
  /** Of the first breach. */
  readonly message: string;
  readonly object?: string;
  readonly node?: string;
  /** Step ids of the faults in force at the first breach. */
  readonly faults: readonly string[];
  readonly breaches: number;
  /** All nodes that its breaches name. */
  readonly nodes: readonly string[];
}

const SEVERITY_RANK: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, observation: 2 };

/** Episodes by severity, then by their beginning. */
export function mergeEpisodes(violations: readonly ViolationRecord[]): readonly Episode[] {
  const byId = new Map<string, ViolationRecord[]>();
  for (const violation of violations) {
    const group = byId.get(violation.id);
    if (group === undefined) byId.set(violation.id, [violation]);
    else group.push(violation);
  }
  const episodes = [...byId.values()].flatMap((group) => mergeGroup(group.sort(byBeginning)));
  return episodes.sort(
    (a, b) => SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] || a.fromMs - b.fromMs || a.seq - b.seq,
  );
}

function mergeGroup(violations: readonly ViolationRecord[]): readonly Episode[] {
  const episodes: Episode[] = [];
  for (const violation of violations) {
    const last = episodes.at(-1);
    if (last !== undefined && (last.toMs === null || violation.fromMs - last.toMs < EPISODE_GAP_MS)) {
      episodes[episodes.length - 1] = extended(last, violation);
    } else {
      const { kind: _, ...fields } = violation;
      episodes.push({ ...fields, breaches: 1, nodes: violation.node === undefined ? [] : [violation.node] });
    }
  }
  return episodes;
}

function extended(episode: Episode, { node, toMs }: ViolationRecord): Episode {
  const nodes = node === undefined || episode.nodes.includes(node) ? episode.nodes : [...episode.nodes, node];
  const open = episode.toMs === null || toMs === null;
  return {
    ...episode,
    breaches: episode.breaches + 1,
    nodes,
    toMs: open ? null : Math.max(episode.toMs ?? 0, toMs ?? 0),
  };
}

function byBeginning(a: ViolationRecord, b: ViolationRecord): number {
  return a.fromMs - b.fromMs || a.seq - b.seq;
}
