/** The indexes of all DaemonSets that a controller works on, and who hears of which change. Twin: none. Rules: DS-Q4. */
import { keyOf, type ObjectKey, splitKey } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod.ts';
import { NodeStateIndex } from './nodeStateIndex.ts';

export class NodeStateIndexes {
  readonly #byKey = new Map<ObjectKey, NodeStateIndex>();

  of(key: ObjectKey): NodeStateIndex {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const index = new NodeStateIndex();
    this.#byKey.set(key, index);
    return index;
  }

  podChanged(pod: Pod): void {
    this.#tell(pod, pod);
  }

  podGone(last: Pod): void {
    this.#tell(last, undefined);
  }

  nodeChanged(node: Node): void {
    for (const index of this.#byKey.values()) index.nodeChanged(node.metadata.name, node);
  }

  nodeGone(name: string): void {
    for (const index of this.#byKey.values()) index.nodeChanged(name, undefined);
  }

  forget(key: ObjectKey): void {
    this.#byKey.delete(key);
  }

  /** A DaemonSet owns pods of its own namespace alone. */
  #tell(pod: Pod, after: Pod | undefined): void {
    for (const [key, index] of this.#byKey) {
      if (splitKey(key).namespace === (pod.metadata.namespace ?? '')) index.podChanged(keyOf(pod), after);
    }
  }
}
