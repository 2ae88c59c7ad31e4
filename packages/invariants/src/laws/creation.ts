/** What the controller may create, and how much of anything in one pass. Rules: DS-R1, DS-M2, DS-S1; INV-1, INV-2, INV-3. */
import { isTerminating, keyOf } from '@everynode/core/api/meta';
import { objectRef } from '@everynode/core/api/objects';
import { isTerminal } from '@everynode/core/api/pod';
import { compilePlacement } from '@everynode/core/daemonset/placement';
import type { SyncPass } from '@everynode/core/daemonset/syncContext';
import { allowsSurge } from '../census.ts';
import type { Finding, LawDefinition } from '../expectation.ts';

/** DS-S1: what one pass may create, and what it may delete. */
const BURST_MAX = 250;

export const createsOnlyWhereWanted: LawDefinition = {
  name: 'INV-1',
  summary: 'a pod is created only for a node that should run one, by what the controller sees',
  watches: ['Pass'],
  create: () => ({
    observe(change, view) {
      if (change.kind !== 'Pass') return undefined;
      const { pass } = change;
      if (!isActing(pass)) return undefined;
      // A surge of older releases asks of no node whether it should run a pod (`sw:surge-sunset`).
      if (pass.pass === 'rollingUpdate' && !view.profile.surgeSunset) return undefined;
      const { ds, fleet, createOn } = pass;
      if (createOn.length === 0) return [];
      const placement = compilePlacement(ds, view.profile.tolerationCompare);
      return createOn.flatMap((name): readonly Finding[] => {
        const node = fleet.nodeOf(name);
        if (node !== undefined && placement(node) === 'run') return [];
        const why = node === undefined ? 'which is not in its list of nodes' : 'which should not run one';
        return [finding(pass, name, `creates a pod for ${name}, ${why}`)];
      });
    },
  }),
};

export const createsOnlyWhereNoneIs: LawDefinition = {
  name: 'INV-2',
  summary: 'without surge no pod is created for a node that has one, by what the controller sees',
  watches: ['Pass'],
  create: () => ({
    observe(change) {
      if (change.kind !== 'Pass') return undefined;
      const { pass } = change;
      if (!isActing(pass)) return undefined;
      if (allowsSurge(pass.ds)) return undefined;
      return pass.createOn.flatMap((name): readonly Finding[] => {
        const pods = pass.fleet.podsByNode.get(name) ?? [];
        const [pod] = pods.filter((each) => !(isTerminal(each) && isTerminating(each)));
        if (pod === undefined) return [];
        return [finding(pass, name, `creates a pod for ${name}, which has ${pod.metadata.name}`)];
      });
    },
  }),
};

export const staysWithinBurst: LawDefinition = {
  name: 'INV-3',
  summary: `one pass creates at most ${BURST_MAX} pods and deletes at most ${BURST_MAX}`,
  watches: ['Pass'],
  create: () => ({
    observe(change) {
      if (change.kind !== 'Pass') return undefined;
      const { pass } = change;
      if (!isActing(pass)) return undefined;
      const counts = [
        ['creates', pass.createOn.length],
        ['deletes', pass.deletePods.length],
      ] as const;
      return counts.flatMap(([verb, got]): readonly Finding[] =>
        got <= BURST_MAX
          ? []
          : [{ ...finding(pass, undefined, `${verb} ${got} pods in one pass, at most ${BURST_MAX} are allowed`), got }],
      );
    },
  }),
};

type ActingPass = Extract<SyncPass, { readonly pass: 'manage' | 'rollingUpdate' }>;

function isActing(pass: SyncPass): pass is ActingPass {
  return pass.pass === 'manage' || pass.pass === 'rollingUpdate';
}

function finding({ ds, pass }: ActingPass, node: string | undefined, fact: string): Finding {
  const object = objectRef('DaemonSet', keyOf(ds));
  return {
    message: `the controller's ${pass} pass for ${keyOf(ds)} ${fact}`,
    object,
    ...(node === undefined ? {} : { node }),
  };
}
