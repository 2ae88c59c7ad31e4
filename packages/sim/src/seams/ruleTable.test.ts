import { describe, expect, test } from 'vitest';
import { Bites } from './bites.ts';
import { RuleTable } from './ruleTable.ts';

const SUBJECT = { client: 'daemonset-controller', kind: 'Pod', verb: 'create' } as const;

describe('RuleTable', () => {
  test('rules match by every part that they name, and come in the order in which they were added', () => {
    const table = new RuleTable<string>(new Bites());
    expect(table.isEmpty).toBe(true);
    table.add('s1', {}, 'all');
    table.add('s2', { client: 'daemonset-controller', kind: 'Pod', verb: 'create' }, 'exact');
    table.add('s3', { client: 'kube-scheduler' }, 'another client');
    table.add('s4', { verb: 'delete' }, 'another verb');
    table.add('s5', { kind: 'Node' }, 'another kind');
    expect(table.matching(SUBJECT).map((rule) => rule.effect)).toEqual(['all', 'exact']);
  });

  test('a rule about a verb says nothing about watches, which have none', () => {
    const table = new RuleTable<string>(new Bites());
    table.add('s', { verb: 'create' }, 'x');
    expect(table.matching({ client: 'c', kind: 'Pod' })).toEqual([]);
  });

  test('a count runs out by bites, and every bite counts for its step', () => {
    const bites = new Bites();
    const table = new RuleTable<string>(bites);
    table.add('s', { count: 2 }, 'x');
    for (let i = 0; i < 5; i += 1) {
      const [rule] = table.matching(SUBJECT);
      if (rule !== undefined) table.bite(rule);
    }
    expect(bites.of('s')).toBe(2);
  });

  test('a lift takes out exactly its own rule, and lifting twice asserts', () => {
    const table = new RuleTable<string>(new Bites());
    const lift = table.add('s', {}, 'first');
    table.add('s', {}, 'second');
    lift();
    expect(table.matching(SUBJECT).map((rule) => rule.effect)).toEqual(['second']);
    expect(lift).toThrow('a rule of s was lifted twice');
  });
});
