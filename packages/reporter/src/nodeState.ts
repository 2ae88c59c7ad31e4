/** The ten states in which a node can stand towards one DaemonSet: their words, and how to tell which one it is. */
import type { ObjectState } from '@everynode/trace/stateHash';

/** By severity: where several apply to one spot of the picture, the highest is shown. */
export const NODE_STATES: readonly { readonly word: string; readonly glyph: string }[] = [
  { word: 'not wanted', glyph: '–' },
  { word: 'updated', glyph: '✓' },
  { word: 'outdated', glyph: '○' },
  { word: 'settling', glyph: '◔' },
  { word: 'starting', glyph: '…' },
  { word: 'terminating', glyph: '×' },
  { word: 'not ready', glyph: '!' },
  { word: 'unreachable', glyph: '?' },
  { word: 'failed', glyph: '✕' },
  { word: 'missing', glyph: '∅' },
];

/** Index into `NODE_STATES`. */
export type NodeState = number;

export const NOT_WANTED: NodeState = 0;
export const UPDATED: NodeState = 1;
export const OUTDATED: NodeState = 2;
export const SETTLING: NodeState = 3;
export const STARTING: NodeState = 4;
export const TERMINATING: NodeState = 5;
const NOT_READY: NodeState = 6;
const UNREACHABLE: NodeState = 7;
export const FAILED: NodeState = 8;
export const MISSING: NodeState = 9;
/** The node does not exist (yet, or any more): no state of the ten. */
export const NO_NODE: NodeState = 255;

/** Why the controller wants no pod there; every other decision code means that it does. */
const NOT_WANTED_CODES: ReadonlySet<string> = new Set(['notWanted', 'sunset']);
const FAILING_WAITS = /BackOff$|^Err|^Invalid|Error$/;

/** What the judgement of a pod needs besides its own fields. */
export interface PodScene {
  readonly node: ObjectState | undefined;
  /** Hash of the current revision; undefined: there is none yet. */
  readonly hash: string | undefined;
  readonly minReadyMs: number;
  readonly nowMs: number;
  /** The pod has been ready before. */
  readonly wasReady: boolean;
}

/** The state of one pod, as fields of the trace tell it. */
export function podState(pod: ObjectState, scene: PodScene): NodeState {
  if (pod.get('deletedAtMs') !== undefined) return TERMINATING;
  if (pod.get('phase') === 'Failed' || FAILING_WAITS.test(String(pod.get('waiting') ?? ''))) return FAILED;
  if (scene.node?.get('ready') === 'Unknown' && pod.get('scheduled') === true) return UNREACHABLE;
  if (pod.get('ready') !== true) return scene.wasReady ? NOT_READY : STARTING;
  if (availableAtMs(pod, scene.minReadyMs) > scene.nowMs) return SETTLING;
  return pod.get('hash') === scene.hash || scene.hash === undefined ? UPDATED : OUTDATED;
}

/** The instant from which a ready pod counts as available. */
export function availableAtMs(pod: ObjectState, minReadyMs: number): number {
  const readyAtMs = pod.get('readyAtMs');
  return minReadyMs === 0 || typeof readyAtMs !== 'number' ? 0 : readyAtMs + minReadyMs;
}

/** Whether the controller's last decision for a node wants a pod there; undefined: it has not looked yet. */
export function isWanted(code: string | undefined): boolean | undefined {
  return code === undefined ? undefined : !NOT_WANTED_CODES.has(code);
}

/** The state of a node: its worst pod; without one, missing where a pod is wanted. */
export function nodeState(pods: readonly NodeState[], wanted: boolean | undefined): NodeState {
  if (pods.length > 0) return Math.max(...pods);
  return wanted === true ? MISSING : NOT_WANTED;
}
