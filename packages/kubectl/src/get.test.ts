import { describe, expect, test } from 'vitest';
import { kubectl } from './kubectl.ts';
import type { ServedObject, Server } from './server.ts';
import type { Output } from './surroundings.ts';

const CREATED = '2026-01-01T00:00:00Z';
const NOW_MS = 3 * 86_400_000;

function daemonSet(name: string, namespace: string): ServedObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace, creationTimestamp: CREATED, labels: { app: name } },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        spec: { nodeSelector: { 'kubernetes.io/os': 'linux', a: 'b' }, containers: [{ name: 'c', image: 'i:1' }] },
      },
    },
    status: { desiredNumberScheduled: 12, currentNumberScheduled: 11, numberReady: 10, updatedNumberScheduled: 9 },
  };
}

function pod(name: string, namespace: string, nodeName: string): ServedObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, creationTimestamp: '2026-01-03T23:58:30Z', managedFields: [{ manager: 'm' }] },
    spec: { nodeName, containers: [{ name: 'c' }], readinessGates: [{ conditionType: 'g' }] },
    status: {
      phase: 'Running',
      podIP: '10.0.0.1',
      conditions: [{ type: 'g', status: 'True' }],
      containerStatuses: [{ name: 'c', ready: true, restartCount: 0, state: { running: {} } }],
    },
  };
}

const NODE: ServedObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'node-1',
    creationTimestamp: CREATED,
    labels: { 'node-role.kubernetes.io/control-plane': '', 'kubernetes.io/role': 'edge', 'x.io/zone': 'z1' },
  },
  spec: { unschedulable: true },
  status: {
    conditions: [{ type: 'Ready', status: 'Unknown' }],
    addresses: [{ type: 'InternalIP', address: '192.168.0.1' }],
    nodeInfo: { kubeletVersion: 'v1.36.4', osImage: 'Linux' },
  },
};
const EVENT: ServedObject = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'agent.17', namespace: 'default' },
  involvedObject: { kind: 'DaemonSet', name: 'agent', fieldPath: 'spec' },
  type: 'Normal',
  reason: 'SuccessfulCreate',
  message: 'Created pod: agent-x\nand more ',
  source: { component: 'daemonset-controller', host: 'h' },
  firstTimestamp: '2026-01-03T23:50:00Z',
  lastTimestamp: '2026-01-03T23:59:00Z',
  count: 3,
};
const REVISION: ServedObject = {
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: {
    name: 'agent-5d',
    namespace: 'default',
    creationTimestamp: CREATED,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'u', controller: true }],
  },
  revision: 4,
};

const OBJECTS: readonly ServedObject[] = [
  daemonSet('agent', 'default'),
  daemonSet('other', 'logging'),
  pod('agent-a', 'default', 'node-1'),
  pod('agent-b', 'default', ''),
  pod('other-a', 'logging', 'node-1'),
  NODE,
  EVENT,
  REVISION,
];

const SERVER: Server = {
  list: (kind) => OBJECTS.filter((object) => object.kind === kind),
  later: () => [],
  endsAtMs: NOW_MS,
  ended: 'over',
};

function run(line: string, minor = 36): Output {
  return kubectl(line.split(' '), { server: SERVER, minor, nowMs: NOW_MS });
}

function printed(line: string): string {
  const { stdout, stderr, exitCode } = run(line);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return stdout;
}

describe('a table', () => {
  test('of DaemonSets shows a status that is not there as 0', () => {
    expect(printed('get ds')).toMatchInlineSnapshot(`
      "NAME    DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR                AGE
      agent   12        11        10      9            0           a=b,kubernetes.io/os=linux   3d
      "
    `);
  });

  test('is wide on demand', () => {
    expect(printed('get ds,po,no,controllerrevisions -o wide')).toMatchInlineSnapshot(`
      "NAME                   DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR                AGE   CONTAINERS   IMAGES   SELECTOR
      daemonset.apps/agent   12        11        10      9            0           a=b,kubernetes.io/os=linux   3d    c            i:1      app=agent

      NAME          READY   STATUS    RESTARTS   AGE   IP         NODE     NOMINATED NODE   READINESS GATES
      pod/agent-a   1/1     Running   0          90s   10.0.0.1   node-1   <none>           1/1
      pod/agent-b   1/1     Running   0          90s   10.0.0.1   <none>   <none>           1/1

      NAME          STATUS                        ROLES                AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE   KERNEL-VERSION   CONTAINER-RUNTIME
      node/node-1   NotReady,SchedulingDisabled   control-plane,edge   3d    v1.36.4   192.168.0.1   <none>        Linux      <unknown>        <unknown>

      NAME                               CONTROLLER             REVISION   AGE
      controllerrevision.apps/agent-5d   daemonset.apps/agent   4          3d
      "
    `);
    expect(printed('get events -o wide')).toMatchInlineSnapshot(`
      "LAST SEEN   TYPE     REASON             OBJECT            SUBOBJECT   SOURCE                    MESSAGE                   FIRST SEEN   COUNT   NAME
      60s         Normal   SuccessfulCreate   daemonset/agent   spec        daemonset-controller, h   Created pod: agent-x...   10m          3       agent.17
      "
    `);
  });

  test('of events has the first line of a message', () => {
    expect(printed('get ev')).toMatchInlineSnapshot(`
      "LAST SEEN   TYPE     REASON             OBJECT            MESSAGE
      60s         Normal   SuccessfulCreate   daemonset/agent   Created pod: agent-x...
      "
    `);
  });

  test('of all namespaces names them, and once it has, in the tables behind it too', () => {
    expect(printed('get no,ds,no -A')).toMatchInlineSnapshot(`
      "NAME          STATUS                        ROLES                AGE   VERSION
      node/node-1   NotReady,SchedulingDisabled   control-plane,edge   3d    v1.36.4

      NAMESPACE   NAME                   DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR                AGE
      default     daemonset.apps/agent   12        11        10      9            0           a=b,kubernetes.io/os=linux   3d
      logging     daemonset.apps/other   12        11        10      9            0           a=b,kubernetes.io/os=linux   3d
      "
    `);
    expect(printed('get po,no -A --no-headers')).toMatchInlineSnapshot(`
      "default   pod/agent-a   1/1   Running   0     90s
      default   pod/agent-b   1/1   Running   0     90s
      logging   pod/other-a   1/1   Running   0     90s
            node/node-1   NotReady,SchedulingDisabled   control-plane,edge   3d    v1.36.4
      "
    `);
  });

  test('shows labels as columns, and all of them in the last', () => {
    expect(printed('get no -L x.io/zone,nope --show-labels')).toMatchInlineSnapshot(`
      "NAME     STATUS                        ROLES                AGE   VERSION   ZONE   NOPE   LABELS
      node-1   NotReady,SchedulingDisabled   control-plane,edge   3d    v1.36.4   z1            kubernetes.io/role=edge,node-role.kubernetes.io/control-plane=,x.io/zone=z1
      "
    `);
  });

  test('of objects asked for by name is shared by neighbours of one type', () => {
    expect(printed('get pod/agent-b pod/agent-a ds/agent')).toMatchInlineSnapshot(`
      "NAME          READY   STATUS    RESTARTS   AGE
      pod/agent-b   1/1     Running   0          90s
      pod/agent-a   1/1     Running   0          90s

      NAME                   DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR                AGE
      daemonset.apps/agent   12        11        10      9            0           a=b,kubernetes.io/os=linux   3d
      "
    `);
  });

  test('without the server’s columns has names and ages', () => {
    expect(printed('get po --server-print=false')).toMatchInlineSnapshot(`
      "NAME      AGE
      agent-a   90s
      agent-b   90s
      "
    `);
  });
});

describe('nothing found', () => {
  test.each([
    ['get po -n empty', 'No resources found in empty namespace.\n'],
    ['get po,ds -l nope', 'No resources found in default namespace.\n'],
    ['get po -A -l nope', 'No resources found\n'],
    ['get no -l nope', 'No resources found\n'],
    ['get po,no -l nope', 'No resources found\n'],
    ['get po -n empty --ignore-not-found', ''],
    ['get po nope --ignore-not-found', ''],
    ['get po -n empty -o name', ''],
  ])('makes `%s` say %j, and no error', (line, stderr) => {
    expect(run(line)).toEqual({ stdout: '', stderr, exitCode: 0 });
  });
});

describe('an error', () => {
  const find = 'Unable to find "/v1, Resource=pods" that match label selector';
  test.each([
    ['get po nope', 'Error from server (NotFound): pods "nope" not found\n'],
    [
      'get ds a b',
      'Error from server (NotFound): daemonsets.apps "a" not found\nError from server (NotFound): daemonsets.apps "b" not found\n',
    ],
    ['get nopes', 'error: the server doesn\'t have a resource type "nopes"\n'],
    ['get ds,nope.apps', 'error: the server doesn\'t have a resource type "nope"\n'],
    ['get events.v1', 'error: the server doesn\'t have a resource type "events"\n'],
    [
      'get po -l a=(',
      `Error from server (BadRequest): ${find} "a=(", field selector "": unable to parse requirement: found '(', expected: identifier\n`,
    ],
    [
      'get po --field-selector a=b',
      `Error from server (BadRequest): ${find} "", field selector "a=b": field label not supported: a\n`,
    ],
    ['get po a -l b', 'error: name cannot be provided when a selector is specified\n'],
    ['get po/a -l b', 'error: selectors and the all flag cannot be used when passing resource/name arguments\n'],
    [
      'get po a/b',
      "error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'\n",
    ],
    ['get a/b/c', 'error: arguments in resource/name form may not have more than one slash\n'],
    ['get /b', 'error: arguments in resource/name form must have a single resource and name\n'],
    ['get po a -A', 'error: a resource cannot be retrieved by name across all namespaces\n'],
    ['get all x', 'error: you must specify only one resource\n'],
    ['get po -o name --show-labels', 'error: --show-labels option cannot be used with name printer\n'],
    [
      'get po --output-watch-events',
      'error: --output-watch-events option can only be used with --watch or --watch-only\n',
    ],
    ['get po --watch', 'error: --watch is not supported here\n'],
    ['get po --nope', "error: unknown flag: --nope\nSee 'kubectl get --help' for usage.\n"],
    ['get po nope -o bogus', 'Error from server (NotFound): pods "nope" not found\n'],
    [
      'get',
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee \'kubectl get -h\' for help and examples\n',
    ],
    ['gett po', 'error: unknown command "gett" for "kubectl"\n\nDid you mean this?\n\tset\n\tget\n'],
    ['describe po', 'error: this kubectl does get, rollout and set image; it does not do describe\n'],
    ['set nope x', 'error: unknown command "nope x"\nSee \'kubectl set -h\' for help and examples\n'],
  ])('of `kubectl %s` is kubectl’s', (line, stderr) => {
    expect(run(line)).toEqual({ stdout: '', stderr, exitCode: 1 });
  });

  test('leaves what was found on stdout', () => {
    const output = run('get po agent-a nope -o name');
    expect(output).toEqual({
      stdout: 'pod/agent-a\n',
      stderr: 'Error from server (NotFound): pods "nope" not found\n',
      exitCode: 1,
    });
  });

  test('of an unknown format lists those of the client’s release', () => {
    expect(run('get po -o bogus', 35).stderr).toContain('jsonpath-file,kyaml,name,');
    expect(run('get po -o bogus', 34).stderr).toContain('jsonpath-file,name,');
  });
});

describe('what names an object', () => {
  test.each(['ds', 'daemonset', 'daemonsets', 'DaemonSet', 'ds.apps', 'daemonsets.v1.apps', 'daemonsets.app'])(
    '`%s` is a DaemonSet',
    (word) => {
      expect(printed(`get ${word} -o name`)).toBe('daemonset.apps/agent\n');
    },
  );

  test.each(['DS', 'daemonsets.v2.apps', 'daemonsets.v1.batch'])('`%s` is nothing', (word) => {
    expect(run(`get ${word}`).exitCode).toBe(1);
  });

  test('types and names are paired', () => {
    expect(run('get ds,pods agent agent-a -o name').stdout).toBe('daemonset.apps/agent\npod/agent-a\n');
  });

  test('`all` is what a category holds', () => {
    expect(printed('get all -o name')).toBe('pod/agent-a\npod/agent-b\ndaemonset.apps/agent\n');
  });
});

describe('a document', () => {
  test('is one object where one was asked for by name, without its managed fields', () => {
    expect(printed('get po agent-a -o yaml')).not.toContain('managedFields');
    expect(printed('get po agent-a -o yaml --show-managed-fields')).toContain('  managedFields:\n  - manager: m\n');
  });

  test('is a list otherwise, empty or not', () => {
    const empty = 'apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: ""\n';
    expect(printed('get po -n empty -o YAML')).toBe(empty);
    expect(printed('get po agent-a agent-b -o json')).toContain('"kind": "List"');
    expect(printed('get po -o kyaml')).toContain('items: [{\n');
  });
});
