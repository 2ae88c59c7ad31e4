/** `exists` and `all` over pods or nodes, element by element: a change costs one look, and the one that decides has a name. */
import { compareKeys, keyOf, type ObjectKey } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { objectRef } from '@everynode/core/api/objects';
import type { Pod } from '@everynode/core/api/pod';
import type { Change, WorldView } from '@everynode/sim/cluster/worldView';
import type { Finding, Judgement } from '../expectation.ts';
import type { Quantified } from './celExpression.ts';
import { nodeView, podView } from './celViews.ts';

export class Elements {
  readonly #quantified: Quantified;
  readonly #kind: 'Pod' | 'Node';
  /** Those that decide the whole: of `exists` the ones of which the condition is true, of `all` the others. */
  readonly #deciding = new Set<ObjectKey>();
  readonly #problems = new Map<ObjectKey, string>();
  /** Only where a change of a node may change what is said of its pods. */
  readonly #podsByNode = new Map<string, Set<ObjectKey>>();
  #hasBegun = false;

  constructor(quantified: Quantified) {
    this.#quantified = quantified;
    this.#kind = quantified.over === 'pods' ? 'Pod' : 'Node';
  }

  observe(change: Change, view: WorldView): void {
    if (!this.#hasBegun) return;
    if (change.kind === this.#kind) this.#look(change.key, change.before as Pod | Node | undefined, view);
    else if (change.kind === 'Node') {
      for (const key of this.#podsByNode.get(change.key) ?? []) this.#look(key, undefined, view);
    }
  }

  judge(view: WorldView, isNever: boolean): Judgement {
    if (!this.#hasBegun) for (const object of view.list(this.#kind)) this.#look(keyOf(object), undefined, view);
    this.#hasBegun = true;
    return { findings: this.#findings(view, isNever) };
  }

  #look(key: ObjectKey, before: Pod | Node | undefined, view: WorldView): void {
    const object = view.get(this.#kind, key);
    if (this.#kind === 'Pod' && this.#quantified.asksNode) this.#moveTo(key, nodeNameOf(before), nodeNameOf(object));
    this.#deciding.delete(key);
    this.#problems.delete(key);
    if (object === undefined) return;
    const answer = this.#quantified.ask(object.kind === 'Pod' ? podView(object) : nodeView(object), view);
    if (typeof answer === 'object') this.#problems.set(key, answer.problem);
    else if (answer === (this.#quantified.macro === 'exists')) this.#deciding.add(key);
  }

  #moveTo(key: ObjectKey, from: string | undefined, to: string | undefined): void {
    if (from !== undefined && from !== to) this.#podsByNode.get(from)?.delete(key);
    if (to === undefined) return;
    const pods = this.#podsByNode.get(to);
    if (pods === undefined) this.#podsByNode.set(to, new Set([key]));
    else pods.add(key);
  }

  #findings(view: WorldView, isNever: boolean): readonly Finding[] {
    const { macro, over, body } = this.#quantified;
    const isTrue = this.#deciding.size > 0 === (macro === 'exists');
    const decider = leastOf(this.#deciding);
    if (decider === undefined && this.#problems.size > 0) {
      const key = leastOf(this.#problems.keys()) ?? '';
      return [this.#tell(key, `${body} cannot be told: ${this.#problems.get(key) ?? ''}`, view)];
    }
    if (isTrue !== isNever) return [];
    if (decider === undefined) {
      const subject = macro === 'exists' ? `of none of the ${over}` : `of all ${over}`;
      return [{ message: `${body} is true ${subject}` }];
    }
    const others = this.#deciding.size - 1;
    const more = others === 0 ? '' : ` (and of ${others} more)`;
    return [this.#tell(decider, `${body} is ${macro === 'exists' ? 'true' : 'false'}${more}`, view)];
  }

  #tell(key: ObjectKey, fact: string, view: WorldView): Finding {
    const object = view.get(this.#kind, key);
    const node = object?.kind === 'Pod' ? nodeNameOf(object) : key;
    const where = this.#kind === 'Pod' && node !== undefined ? ` on ${node}` : '';
    const message = `of ${objectRef(this.#kind, key)}${where}, ${fact}`;
    return { message, object: objectRef(this.#kind, key), ...(node === undefined ? {} : { node }) };
  }
}

function nodeNameOf(object: Pod | Node | undefined): string | undefined {
  const nodeName = object?.kind === 'Pod' ? object.spec.nodeName : undefined;
  return nodeName === '' ? undefined : nodeName;
}

function leastOf(keys: Iterable<ObjectKey>): ObjectKey | undefined {
  let least: ObjectKey | undefined;
  for (const key of keys) if (least === undefined || compareKeys(key, least) < 0) least = key;
  return least;
}
