/**
 * The pods of one DaemonSet by the node that they are meant for, kept as watch events come in; and those that a claim
 * pass would have to adopt or release first. Twin: daemon_controller.go getNodesToDaemonPods. Rules: DS-D5, DS-M1, DS-P9.
 */
import type { DaemonSet } from '../api/daemonSet.ts';
import { compareKeys, isTerminating, keyOf, type ObjectKey } from '../api/meta.ts';
import { isTerminal, type Pod } from '../api/pod.ts';
import { compileLabelSelector, type LabelMatcher } from '../match/selectors.ts';
import { decideClaim } from './decideClaim.ts';
import { targetNodeName } from './podTemplate.ts';

export class ClaimedPodIndex {
  readonly #ds: DaemonSet;
  readonly #includeDeletedTerminal: boolean;
  readonly #selector: LabelMatcher | undefined;
  readonly #byNode = new Map<string, readonly Pod[]>();
  readonly #homes = new Map<ObjectKey, string>();
  readonly #strays = new Set<ObjectKey>();

  constructor(ds: DaemonSet, includeDeletedTerminal: boolean) {
    this.#ds = ds;
    this.#includeDeletedTerminal = includeDeletedTerminal;
    const { selector } = ds.spec;
    this.#selector = selector === undefined ? undefined : compileLabelSelector(selector);
  }

  /** Each node's pods in key order. */
  get byNode(): ReadonlyMap<string, readonly Pod[]> {
    return this.#byNode;
  }

  get hasStrays(): boolean {
    return this.#strays.size > 0;
  }

  /** Takes over one change; undefined: the pod is gone. Returns the names of the nodes whose pods changed. */
  change(key: ObjectKey, pod: Pod | undefined): readonly string[] {
    const left = this.#takeOut(key);
    const joined = pod === undefined ? undefined : this.#takeIn(key, pod);
    return [left, joined].filter((name) => name !== undefined);
  }

  #takeIn(key: ObjectKey, pod: Pod): string | undefined {
    const claim = this.#selector === undefined ? 'notOurs' : decideClaim(this.#ds, pod, this.#selector);
    if (claim === 'adopt' || claim === 'release') this.#strays.add(key);
    if (claim !== 'ours') return undefined;
    if (!this.#includeDeletedTerminal && isTerminal(pod) && isTerminating(pod)) return undefined;
    const home = targetNodeName(pod);
    if (home === undefined) return undefined;
    this.#homes.set(key, home);
    const others = this.#byNode.get(home);
    const pods = others === undefined ? [pod] : [...others, pod].sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
    this.#byNode.set(home, pods);
    return home;
  }

  #takeOut(key: ObjectKey): string | undefined {
    this.#strays.delete(key);
    const home = this.#homes.get(key);
    if (home === undefined) return undefined;
    this.#homes.delete(key);
    const left = (this.#byNode.get(home) ?? []).filter((pod) => keyOf(pod) !== key);
    if (left.length === 0) this.#byNode.delete(home);
    else this.#byNode.set(home, left);
    return home;
  }
}
