/** What published and rendered manifests hold beside one plain DaemonSet: every form loads, and what it asks for happens. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import { keyOf } from '@everynode/core/api/meta';
import { describe, expect, test } from 'vitest';
import { compileManifest, NEXT_IMAGE, NODES, objectsIn } from './testing/manifestRun.ts';
import { findFaultsOf, type WatchedRun, watchRun } from './testing/watchedRun.ts';
import { WORKLOAD_NAMES } from './workload.ts';

const WORKERS = 17;

/** A DaemonSet `name` with these lines at the end of its pod spec, and these at the end of its container. */
function daemonSet(name: string, podSpec: readonly string[] = [], container: readonly string[] = []): string {
  return `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: ${name}, namespace: agents }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: main
          image: example/${name}:1.0
${container.map((line) => `          ${line}\n`).join('')}${podSpec.map((line) => `      ${line}\n`).join('')}`;
}

function run(text: string): WatchedRun {
  const watched = watchRun(compileManifest(text).plan);
  expect(findFaultsOf(watched)).toEqual([]);
  return watched;
}

const podsOf = ({ pods }: WatchedRun, name: string) => pods.filter(({ metadata }) => metadata.labels?.['app'] === name);

/** Why the scheduler says that a pod of the DaemonSet waits; each sentence once. */
function whyPending(watched: WatchedRun, name: string): readonly string[] {
  const conditions = podsOf(watched, name).flatMap(({ status }) => status?.conditions ?? []);
  return [...new Set(conditions.flatMap(({ reason, message }) => (reason === 'Unschedulable' ? [message ?? ''] : [])))];
}

describe('forms of a file', () => {
  const rendered = `---
# Source: chart/templates/serviceaccount.yaml
apiVersion: v1
kind: ServiceAccount
metadata: { name: agent }
---
# Source: chart/templates/empty.yaml

---
# Source: chart/templates/podmonitor.yaml
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: { name: agent, annotations: { rule: "{{ $labels.pod }} is down" } }
---
# Source: chart/templates/daemonset.yaml
${daemonSet('agent', ['tolerations: [{ operator: Exists }]'])}---
`;

  test('rendered by Helm, with sources, empty documents and a separator at the end', () => {
    const { notices } = compileManifest(rendered);
    expect(notices).toEqual([`left out, since only ${WORKLOAD_NAMES} take part: 1 PodMonitor, 1 ServiceAccount`]);
    expect(podsOf(run(rendered), 'agent').map(({ spec }) => spec.containers[0]?.image)).toEqual(
      Array.from({ length: NODES }, () => NEXT_IMAGE),
    );
  });

  test('with carriage returns and a byte order mark it is the same objects', () => {
    expect(objectsIn(`\u{FEFF}${rendered.replaceAll('\n', '\r\n')}`)).toEqual(objectsIn(rendered));
  });

  test('as JSON, as a List, as a DaemonSetList, and with anchors and merge keys', () => {
    const [object] = objectsIn(daemonSet('agent'));
    const list = (kind: string): string => JSON.stringify({ apiVersion: 'v1', kind, items: [object] });
    expect(objectsIn(JSON.stringify(object, null, 2))).toEqual([object]);
    expect(objectsIn(list('List'))).toEqual([object]);
    expect(objectsIn(list('DaemonSetList'))).toEqual([object]);
    const merged = daemonSet('agent')
      .replace('matchLabels: { app: agent }', 'matchLabels: &labels { app: agent }')
      .replace('labels: { app: agent } }', 'labels: { <<: *labels } }');
    expect(objectsIn(merged)).toEqual([object]);
  });

  test('dumped by kubectl: null times and an empty status say nothing, a null label is an empty text', () => {
    const text = daemonSet('agent', ['nodeSelector: { node-role.kubernetes.io/control-plane: }'])
      .replace('{ name: agent, namespace: agents }', '{ name: agent, namespace: agents, creationTimestamp: null }')
      .replace('{ labels: { app: agent } }', '{ creationTimestamp: null, labels: { app: agent } }');
    const { plan, notices } = compileManifest(`${text}status: {}\n`);
    expect(notices).toEqual([]);
    expect((plan.objects[0] as DaemonSet).spec.template.spec.nodeSelector).toEqual({
      'node-role.kubernetes.io/control-plane': '',
    });
  });

  test('words and numbers that YAML 1.1 reads otherwise than 1.2 mean what kubectl makes of them', () => {
    const text = daemonSet('agent', [
      'hostNetwork: yes',
      'volumes: [{ name: v, configMap: { name: v, defaultMode: 0755 } }]',
    ]);
    expect(objectsIn(text)[0]?.spec).toMatchObject({
      template: { spec: { hostNetwork: true, volumes: [{ configMap: { defaultMode: 493 } }] } },
    });
  });
});

describe('what they ask for', () => {
  test('several DaemonSets of one file, in namespaces of their own, all come up and roll', () => {
    const names = ['one', 'two', 'three'];
    const text = names.map((name) => daemonSet(name).replace('namespace: agents', `namespace: ${name}`)).join('---\n');
    const { daemonSets, pods } = run(text);
    expect(daemonSets.map(keyOf)).toEqual(['one/one', 'three/three', 'two/two']);
    expect(pods.filter(({ spec }) => spec.containers[0]?.image === NEXT_IMAGE)).toHaveLength(WORKERS * names.length);
  });

  test('two that want one port of the host: the pods of the second wait, and say why', () => {
    const ports = ['ports: [{ containerPort: 80, hostPort: 9100 }]'];
    const watched = run(`${daemonSet('first', [], ports)}---\n${daemonSet('second', [], ports)}`);
    const bound = watched.pods.filter(({ spec }) => (spec.nodeName ?? '') !== '');
    expect([bound.length, watched.pods.length]).toEqual([WORKERS, WORKERS * 2]);
    expect([...whyPending(watched, 'first'), ...whyPending(watched, 'second')][0]).toMatch(
      /^0\/20 nodes are available: 1 node\(s\) didn't have free ports for the requested pod ports, 19 node\(s\) didn't satisfy plugin\(s\) \[NodeAffinity\]\. preemption: /,
    );
  });

  test.each([
    ['nvidia.com/gpu', '1'],
    ['hugepages-2Mi', '128Mi'],
    ['ephemeral-storage', '200Gi'],
  ])('%s that no node has: every pod waits, and the scheduler names it', (resource, amount) => {
    const limits = `resources: { limits: { memory: 1Gi, cpu: 100m, ${resource}: ${amount} } }`;
    const watched = run(daemonSet('agent', [], [limits]));
    expect(podsOf(watched, 'agent').filter(({ spec }) => (spec.nodeName ?? '') === '')).toHaveLength(WORKERS);
    expect(whyPending(watched, 'agent')[0]).toContain(`0/20 nodes are available: 1 Insufficient ${resource}, `);
  });

  const classDocument = (name: string, more = ''): string =>
    `---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: ${name} }\nvalue: 1000000\npreemptionPolicy: Never\n${more}`;

  test('a PriorityClass of the same file: its pods carry name, number and policy, and nothing is said', () => {
    const text = daemonSet('agent', ['priorityClassName: agents']) + classDocument('agents');
    expect(compileManifest(text).notices).toEqual([]);
    for (const { spec } of podsOf(run(text), 'agent')) {
      expect(spec).toMatchObject({ priorityClassName: 'agents', priority: 1_000_000, preemptionPolicy: 'Never' });
    }
  });

  test('a default PriorityClass: pods that name none get it', () => {
    const watched = run(daemonSet('agent') + classDocument('usual', 'globalDefault: true\n'));
    expect(podsOf(watched, 'agent')[0]?.spec).toMatchObject({ priorityClassName: 'usual', priority: 1_000_000 });
  });

  test('a PriorityClass that is nowhere: it is told, and the server refuses every pod', () => {
    const text = daemonSet('agent', ['priorityClassName: gone']);
    expect(compileManifest(text).notices).toEqual([expect.stringMatching(/^no manifest has PriorityClass gone: /)]);
    const watched = run(text);
    expect(watched.pods).toEqual([]);
    expect(
      watched.lines.filter((line) => line.includes('no PriorityClass with name gone was found')).length,
    ).toBeGreaterThan(0);
  });

  test('OnDelete: the template is another one, the pods stay as they are', () => {
    const watched = run(daemonSet('agent').replace('  template:', '  updateStrategy: { type: OnDelete }\n  template:'));
    const images = [...watched.daemonSets.map((ds) => ds.spec.template.spec), ...watched.pods.map(({ spec }) => spec)];
    expect(images.map(({ containers }) => containers[0]?.image)).toEqual([
      NEXT_IMAGE,
      ...Array.from({ length: WORKERS }, () => 'example/agent:1.0'),
    ]);
  });

  test('variants for each system and architecture: those that no node is made for are complete with no pod', () => {
    const variants = [
      'kubernetes.io/arch: amd64',
      'kubernetes.io/arch: arm64',
      'kubernetes.io/os: windows',
      'beta.kubernetes.io/os: linux',
    ];
    const text = variants.map((label, i) => daemonSet(`variant-${i}`, [`nodeSelector: { ${label} }`])).join('---\n');
    const watched = run(text);
    expect(variants.map((_label, i) => podsOf(watched, `variant-${i}`).length)).toEqual([WORKERS, 0, 0, WORKERS]);
    expect(watched.rows.filter(({ block, result }) => block !== 'law' && result !== 'held')).toEqual([]);
  });

  test('affinity to names of nodes, a selector by system and architecture, a sidecar: run where they may, and roll', () => {
    const affinity = `affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: metadata.name, operator: In, values: [worker-3] }] }, { matchExpressions: [{ key: topology.kubernetes.io/zone, operator: In, values: [a] }] }] } } }`;
    const lines = [
      affinity,
      'nodeSelector: { kubernetes.io/os: linux, kubernetes.io/arch: amd64 }',
      'runtimeClassName: gvisor',
      'serviceAccountName: agent',
      'initContainers: [{ name: proxy, image: "example/proxy:1", restartPolicy: Always }]',
      'securityContext: { appArmorProfile: { type: RuntimeDefault } }',
    ];
    const text = daemonSet('agent', lines);
    expect(compileManifest(text).notices).toEqual([
      'carried along, but nothing here acts on: spec.template.spec.runtimeClassName, spec.template.spec.securityContext, spec.template.spec.serviceAccountName',
    ]);
    const watched = run(text);
    const nodes = podsOf(watched, 'agent').map(({ spec }) => spec.nodeName ?? '');
    expect(new Set(nodes)).toEqual(new Set([0, 3, 6, 9, 12, 15].map((at) => `worker-${at}`)));
    const states = podsOf(watched, 'agent').map(({ status }) => status?.initContainerStatuses?.[0]?.state);
    expect(states.every((state) => state?.running !== undefined)).toBe(true);
  });
});
