/** A fleet of nodes that is upgraded: so many at a time are drained, taken away, and awaited. Rules: D-1…D-3, K-37, X-8. */
import { findCondition } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { parseTime } from '@everynode/core/api/time';
import { cordonNode, cordonPatch, drainNode } from '../kubectl/draining.ts';
import { choice, count, draw, duration, flag, withDefault } from '../params.ts';
import type { Draw } from '../plan.ts';
import type { Lift, Seams } from '../seams/seams.ts';
import { type AnyFault, defineFault } from './fault.ts';

/** How often it is looked whether a node is Ready again. */
const POLL_MS = 5000;

export const rollingNodeUpgrade: AnyFault = defineFault({
  summary:
    'Upgrades nodes one after the other: cordons, drains and reboots each, or replaces its machine by a new one of the same name, waits until it is Ready, and uncordons it. Daemon pods are not drained; they go down with the machine.',
  targets: 'nodes',
  bends: ['a user’s hand', 'machines'],
  rules: ['D-1', 'D-2', 'D-3', 'K-37', 'X-8'],
  example: { for: '30m', how: 'reboot', maxUnavailable: 1, targets: { nodes: { pool: 'worker' } } },
  instant: false,
  params: {
    how: withDefault(
      choice('reboot: the disk stays, and so does the Node object; replace: neither does', ['reboot', 'replace']),
      'reboot',
    ),
    away: withDefault(draw('how long each machine is away'), { fixed: 120_000 }),
    maxUnavailable: withDefault(count('how many nodes are worked on at a time; 0 stands for 1'), 1),
    force: withDefault(flag('drain pods that nobody would replace, too'), true),
    drainTimeout: withDefault(
      duration('after this long a machine goes although it is not drained; 0: never'),
      3_600_000,
    ),
    pause: withDefault(duration('time between a node that is Ready again and the next one'), 0),
  },
  begin: ({ seams, params, nodes }) => new Upgrade(nodes, params, seams).begin(),
});

interface UpgradeOptions {
  readonly how: 'reboot' | 'replace';
  readonly away: Draw;
  readonly maxUnavailable: number;
  readonly force: boolean;
  readonly drainTimeout: number;
  readonly pause: number;
}

/** One upgrade in progress; after its lift nothing that is under way goes on. */
class Upgrade {
  readonly #options: UpgradeOptions;
  readonly #seams: Seams;
  readonly #waiting: string[];
  /** Machines that are away, by node. */
  readonly #away = new Map<string, Lift>();
  /** Nodes that are cordoned by this upgrade. */
  readonly #cordoned = new Set<string>();
  #open = 0;
  #isOver = false;

  constructor(nodes: readonly string[], options: UpgradeOptions, seams: Seams) {
    this.#waiting = [...nodes];
    this.#options = options;
    this.#seams = seams;
  }

  begin(): Lift {
    for (let i = 0; i < Math.max(1, this.#options.maxUnavailable); i += 1) this.#next();
    return () => this.#stop();
  }

  #next(): void {
    const node = this.#waiting.shift();
    if (this.#isOver || node === undefined) return;
    this.#open += 1;
    const { hand } = this.#seams;
    const { force, drainTimeout } = this.#options;
    this.#cordoned.add(node);
    cordonNode(node, hand, () => {
      if (this.#isOver) return;
      const options = { ignoreDaemonSets: true, force, timeout: drainTimeout, isOver: () => this.#isOver };
      drainNode(node, options, hand, () => this.#takeAway(node));
    });
  }

  #takeAway(node: string): void {
    if (this.#isOver) return;
    const { hand, machine } = this.#seams;
    const { how, away } = this.#options;
    this.#away.set(node, how === 'replace' ? machine.replace(node) : machine.powerOff(node));
    const wait = (): void =>
      hand.schedule(hand.draw(away), () => {
        if (this.#isOver) return;
        this.#giveBack(node);
        this.#awaitReady(node);
      });
    // The new machine must not find the old Node, nor lose its own to a late deletion.
    if (how === 'replace') hand.send({ verb: 'delete', kind: 'Node', key: node }, wait);
    else wait();
  }

  #giveBack(node: string): void {
    this.#away.get(node)?.();
    this.#away.delete(node);
  }

  /** A node that nobody has heard of since it was given back has an old Ready: its heartbeat must be newer. */
  #awaitReady(node: string): void {
    const { hand } = this.#seams;
    const backAtMs = hand.nowMs();
    const look = (): void => {
      if (this.#isOver) return;
      hand.send({ verb: 'get', kind: 'Node', key: node }, (result) => {
        if (this.#isOver) return;
        if (result.ok && result.object?.kind === 'Node' && isReadySince(result.object, backAtMs)) this.#finish(node);
        else hand.schedule(POLL_MS, look);
      });
    };
    look();
  }

  #finish(node: string): void {
    const { hand } = this.#seams;
    this.#cordoned.delete(node);
    hand.send(cordonPatch(node, false));
    hand.say(`node/${node} upgraded`);
    this.#open -= 1;
    if (this.#open === 0 && this.#waiting.length === 0) hand.say('all nodes upgraded');
    hand.schedule(this.#options.pause, () => this.#next());
  }

  #stop(): void {
    this.#isOver = true;
    for (const giveBack of this.#away.values()) giveBack();
    this.#away.clear();
    for (const node of this.#cordoned) this.#seams.hand.send(cordonPatch(node, false));
  }
}

/** Ready, by a report that came after the machine was given back. */
function isReadySince({ status }: Node, sinceMs: number): boolean {
  const ready = findCondition(status?.conditions, 'Ready');
  return ready?.status === 'True' && (parseTime(ready.lastHeartbeatTime ?? undefined) ?? 0) >= sinceMs;
}
