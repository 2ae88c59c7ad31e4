/** Quotas, from the API server's door and with the controller that counts. */
import { describe, expect, test } from 'vitest';
import { keyOf } from '@everynode/core/api/meta';
import type { ResourceList } from '@everynode/core/api/node';
import type { Pod, PodSpec } from '@everynode/core/api/pod';
import type { ApiResult } from '@everynode/core/api/requests';
import type { ResourceQuota } from '@everynode/core/api/resourceQuota';
import { createHouse, type House, objectOf, testPod } from '../cluster/testHouse.ts';
import { startProcess } from '../cluster/processes.ts';
import { resourceQuotaController } from './resourceQuotaController.ts';

function quota(hard: ResourceList, spec: { readonly scopes?: readonly string[] } = {}): ResourceQuota {
  const metadata = { name: 'compute', namespace: 'default' };
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard, ...spec } };
}

/** A house with a quota that its controller has counted. */
function houseWith(object: ResourceQuota): House {
  const house = createHouse();
  house.world.engine.withCause(0, () => startProcess(house.world, resourceQuotaController));
  house.ask({ verb: 'create', object });
  house.runFor(1000);
  return house;
}

function pod(name: string, requests: ResourceList, rest: Partial<PodSpec> = {}): Pod {
  const bare = testPod(name);
  return {
    ...bare,
    spec: { ...bare.spec, containers: [{ name: 'main', image: 'a', resources: { requests } }], ...rest },
  };
}

function create(house: House, object: Pod): ApiResult {
  return house.ask({ verb: 'create', object });
}

function messageOf(result: ApiResult): string {
  return result.ok ? '' : `${result.code} ${result.reason}: ${result.message}`;
}

function usedIn(house: House): ResourceList | undefined {
  return house.world.store.get('ResourceQuota', 'default/compute')?.status?.used;
}

describe('A-18: a quota', () => {
  test('refuses nothing until its controller has taken it over', () => {
    const house = createHouse();
    house.ask({ verb: 'create', object: quota({ pods: '0' }) });
    expect(create(house, testPod('early')).ok).toBe(true);
  });

  test('is charged in the request that creates, and refuses in upstream’s words what exceeds it', () => {
    const house = houseWith(quota({ pods: '2', 'requests.cpu': '1' }));
    expect(usedIn(house)).toEqual({ pods: '0', 'requests.cpu': '0' });
    create(house, pod('a', { cpu: '300m' }));
    expect(usedIn(house)).toEqual({ pods: '1', 'requests.cpu': '300m' });
    expect(messageOf(create(house, pod('b', { cpu: '800m' })))).toBe(
      '403 Forbidden: pods "b" is forbidden: exceeded quota: compute, requested: requests.cpu=800m, used: requests.cpu=300m, limited: requests.cpu=1',
    );
    create(house, pod('b', { cpu: '700m' }));
    expect(messageOf(create(house, pod('c', { cpu: '1m' })))).toBe(
      '403 Forbidden: pods "c" is forbidden: exceeded quota: compute, requested: pods=1,requests.cpu=1m, used: pods=2,requests.cpu=1, limited: pods=2,requests.cpu=1',
    );
    expect(usedIn(house)).toEqual({ pods: '2', 'requests.cpu': '1' });
  });

  test('on cpu or memory wants every container to say what it needs', () => {
    const house = houseWith(quota({ 'limits.memory': '1Gi', 'requests.cpu': '1' }));
    expect(messageOf(create(house, testPod('silent')))).toBe(
      '403 Forbidden: pods "silent" is forbidden: failed quota: compute: must specify limits.memory for: main; requests.cpu for: main',
    );
  });

  test('keeps the spelling of amounts: memory in Mi stays in Mi', () => {
    const house = houseWith(quota({ 'requests.memory': '1Gi' }));
    create(house, pod('a', { memory: '1000Mi' }));
    expect(messageOf(create(house, pod('b', { memory: '200Mi' })))).toContain(
      'requested: requests.memory=200Mi, used: requests.memory=1000Mi, limited: requests.memory=1Gi',
    );
  });

  test.each([
    ['BestEffort', 'best', true],
    ['BestEffort', 'burst', false],
    ['NotBestEffort', 'best', false],
    ['NotTerminating', 'best', true],
    ['Terminating', 'best', false],
  ])('of scope %s counts a %s pod: %s', (scope, kind, counts) => {
    const house = houseWith(quota({ pods: '0' }, { scopes: [scope] }));
    const object = kind === 'best' ? testPod('p') : pod('p', { cpu: '1' });
    expect(create(house, object).ok).toBe(!counts);
  });

  test('counts objects of any kind by count/, whatever became of them', () => {
    const house = houseWith(quota({ 'count/pods': '1' }));
    create(house, testPod('a'));
    expect(messageOf(create(house, testPod('b')))).toContain('requested: count/pods=1, used: count/pods=1');
  });

  test('gives nothing back by itself: a pod that is deleted counts until the controller has counted anew', () => {
    const house = houseWith(quota({ pods: '1' }));
    create(house, testPod('a'));
    house.runFor(1000);
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    expect(messageOf(create(house, testPod('b')))).toContain('used: pods=1');
    house.runFor(1000);
    expect(usedIn(house)).toEqual({ pods: '0' });
    expect(create(house, testPod('b')).ok).toBe(true);
  });

  test('is charged for what is then refused as taken, until the next count at five minutes', () => {
    const house = houseWith(quota({ pods: '2' }));
    create(house, testPod('a'));
    house.runFor(1000);
    expect(messageOf(create(house, testPod('a')))).toBe('409 AlreadyExists: pods "a" already exists');
    expect(usedIn(house)).toEqual({ pods: '2' });
    house.world.engine.runUntil(299_990);
    expect(usedIn(house)).toEqual({ pods: '2' });
    house.world.engine.runUntil(300_020);
    expect(usedIn(house)).toEqual({ pods: '1' });
  });

  test('a pod that ended makes room', () => {
    const house = houseWith(quota({ pods: '1' }));
    const made = objectOf('Pod', create(house, testPod('a')));
    house.runFor(1000);
    house.ask({ verb: 'updateStatus', object: { ...made, status: { ...made.status, phase: 'Succeeded' } } });
    house.runFor(1000);
    expect(usedIn(house)).toEqual({ pods: '0' });
  });

  test('a larger limit counts at once, a change of the status written by admission does not', () => {
    const house = houseWith(quota({ pods: '0' }));
    expect(create(house, testPod('a')).ok).toBe(false);
    const stored = house.world.store.get('ResourceQuota', 'default/compute') as ResourceQuota;
    house.ask({ verb: 'update', object: { ...stored, spec: { hard: { pods: '3' } } } });
    house.runFor(100);
    expect(house.world.store.get('ResourceQuota', keyOf(stored))?.status).toEqual({
      hard: { pods: '3' },
      used: { pods: '0' },
    });
  });

  test.each([
    [{ pods: '1.5' }, 'spec.hard[pods]: Invalid value: "1.5": must be an integer'],
    [{ pods: '-1' }, 'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0'],
    [{ podz: '1' }, 'spec.hard[podz]: Invalid value: "podz": must be a standard resource for quota'],
  ])('with %j is invalid', (hard, message) => {
    const house = createHouse();
    expect(messageOf(house.ask({ verb: 'create', object: quota(hard) }))).toContain(message);
  });
});
