import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { DEFAULT_VERSION, type FeatureGates, type Profile, profileOf } from '@everynode/core/profile';
import { describe, expect, test } from 'vitest';
import type { FileReader } from './fileReader.ts';
import { loadManifests } from './manifests.ts';
import type { ManifestText } from './scenario.ts';
import { ScenarioError } from './scenarioError.ts';
import { WORKLOAD_NAMES } from './workload.ts';

const UPSTREAM = new URL('../../../../shared/manifests/upstream/', import.meta.url);

function readerOf(files: Readonly<Record<string, string>>): FileReader {
  return {
    resolve: (_from, path) => path,
    read: (path, bytesMax) => {
      const text = files[path];
      if (text === undefined) return { ok: false, problem: 'missing', detail: 'no such file' };
      if (text.length > bytesMax) return { ok: false, problem: 'tooLarge', bytes: text.length };
      return { ok: true, text };
    },
  };
}

/** As version and gates of a scenario make it. */
function release(version: string = DEFAULT_VERSION, gates: FeatureGates = {}): Profile {
  const profile = profileOf(version, gates);
  if (profile === undefined) throw new Error(`Kubernetes ${version} is not known`);
  return profile;
}

function load(
  text: string,
  manifest: Omit<ManifestText, 'path'> = {},
  profile = release(),
): ReturnType<typeof loadManifests> {
  const sourceOf = (path: readonly (string | number)[]) => ({ file: 's.yaml', line: 1 + path.length, column: 1 });
  return loadManifests([{ path: 'm.yaml', ...manifest }], {
    scenarioFile: 's.yaml',
    sourceOf,
    reader: readerOf({ 'm.yaml': text }),
    profile,
  });
}

function messageOf(text: string, manifest: Omit<ManifestText, 'path'> = {}): string {
  try {
    load(text, manifest);
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return 'no error';
}

const AGENT = `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      containers:
        - name: agent
          image: example/agent:v1
`;

describe('manifests as they are published', () => {
  test.skipIf(!existsSync(UPSTREAM))(
    'all twelve upstream manifests load unmodified, one DaemonSet each, some with their namespace or disruption budget',
    () => {
      const names = readdirSync(UPSTREAM).filter((name) => name.endsWith('.yaml'));
      expect(names).toHaveLength(12);
      for (const name of names) {
        const { objects } = load(readFileSync(new URL(name, UPSTREAM), 'utf8'));
        const kinds = objects
          .map(({ object }) => object.kind)
          .filter((kind) => kind !== 'Namespace' && kind !== 'PodDisruptionBudget');
        expect({ name, kinds }).toEqual({ name, kinds: ['DaemonSet'] });
      }
    },
  );

  test('what a live cluster wrote is stripped, the namespace is default, defaults are left to the server', () => {
    const dumped = AGENT.replace(
      '  name: agent\n',
      '  name: agent\n  uid: u\n  resourceVersion: "7"\n  generation: 3\n  creationTimestamp: "2020-01-01T00:00:00Z"\n  managedFields: [{ manager: x }]\n  annotations: { kubectl.kubernetes.io/last-applied-configuration: "{}", keep: "yes" }\n',
    );
    const [loaded] = load(
      `${dumped}status: { desiredNumberScheduled: 3, currentNumberScheduled: 3, numberMisscheduled: 0, numberReady: 3 }\n`,
    ).objects;
    expect(loaded?.object.metadata).toEqual({ name: 'agent', namespace: 'default', annotations: { keep: 'yes' } });
    expect(loaded?.object).not.toHaveProperty('status');
    expect(loaded?.object.spec).not.toHaveProperty('updateStrategy');
  });

  test('several documents, a List, carriage returns, anchors and a byte order mark are read', () => {
    const text = `\u{FEFF}kind: List\r\napiVersion: v1\r\nitems:\r\n- &a\r\n${AGENT.split('\n')
      .map((line) => `  ${line}`)
      .join('\r\n')}\r\n---\r\napiVersion: v1\r\nkind: ConfigMap\r\nmetadata: {name: c}\r\n`;
    const { objects, notices } = load(text);
    expect(objects.map(({ object }) => object.metadata.name)).toEqual(['agent']);
    expect(notices).toEqual([`left out, since only ${WORKLOAD_NAMES} take part: 1 ConfigMap`]);
  });

  test('pods of a DaemonSet in a dump are left out, other pods load', () => {
    const pod = (name: string, owner: string) =>
      `---\napiVersion: v1\nkind: Pod\nmetadata: { name: ${name}${owner} }\nspec: { containers: [{ name: c, image: i }] }\n`;
    const { objects, notices } = load(
      AGENT +
        pod('mine', '') +
        pod('theirs', ', ownerReferences: [{ kind: DaemonSet, name: agent, apiVersion: apps/v1, uid: u }]'),
    );
    expect(objects.map(({ object }) => object.metadata.name)).toEqual(['agent', 'mine']);
    expect(notices[0]).toContain('1 Pod of a DaemonSet');
  });

  test('fields that nothing acts on are named once, by path', () => {
    const { notices } = load(
      `${AGENT}          env: [{ name: A, value: "1" }, { name: B, value: "2" }]\n      volumes: [{ name: v, hostPath: { path: / } }]\n      hostPID: true\n`,
    );
    expect(notices).toEqual([
      'carried along, but nothing here acts on: spec.template.spec.containers[].env, spec.template.spec.hostPID, spec.template.spec.volumes',
    ]);
  });
});

describe('what an earlier cluster and other objects leave behind', () => {
  test('what a server wrote is left out and told, but for what is empty anyway', () => {
    const dumped = AGENT.replace(
      '  name: agent\n',
      '  name: agent\n  uid: u\n  creationTimestamp: null\n  managedFields: [{ manager: x }]\n  annotations: { kubectl.kubernetes.io/last-applied-configuration: "{}" }\n',
    );
    expect(load(`${dumped}status: {}\n`).notices).toEqual([
      'left out, since another cluster wrote them: metadata.annotations[kubectl.kubernetes.io/last-applied-configuration], metadata.managedFields, metadata.uid',
    ]);
  });

  test('a PriorityClass is handed over with its value, its policy and whether it is the default', () => {
    const agents =
      '---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: agents }\nvalue: 1000\npreemptionPolicy: Never\nglobalDefault: true\n';
    const { priorityClasses, notices } = load(AGENT + agents);
    expect(priorityClasses).toEqual({ agents: { value: 1000, preemptionPolicy: 'Never', globalDefault: true } });
    expect(notices).toEqual([]);
  });
});

describe('patches', () => {
  const target = { kind: 'DaemonSet', name: 'agent' };
  test('a merge patch and a JSON patch change the object, not the file', () => {
    const [loaded] = load(AGENT, {
      patches: [
        { target, merge: { spec: { minReadySeconds: 10 } } },
        {
          target,
          json6902: [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'example/agent:v2' }],
        },
      ],
    }).objects;
    expect(loaded?.object.spec).toMatchObject({
      minReadySeconds: 10,
      template: { spec: { containers: [{ image: 'example/agent:v2' }] } },
    });
  });

  test('a target that is not there is told with the names that are', () => {
    expect(messageOf(AGENT, { patches: [{ target: { name: 'agnet' }, merge: {} }] })).toBe(
      's.yaml:5:1: no object of the manifest is this target; write kind and name of one of DaemonSet agent',
    );
  });

  test('an invalid value that a patch wrote is blamed on the patch', () => {
    const message = messageOf(AGENT, { patches: [{ target, merge: { spec: { minReadySeconds: -1 } } }] });
    expect(message).toMatch(
      /^s\.yaml:\d+:1: DaemonSet\.apps "agent" is invalid: spec\.minReadySeconds: Invalid value: -1: must be greater/,
    );
  });

  test('an operation on a place that is not there is refused', () => {
    const message = messageOf(AGENT, {
      patches: [{ target, json6902: [{ op: 'remove', path: '/spec/updateStrategy/type' }] }],
    });
    expect(message).toMatch(/\/spec\/updateStrategy is not there; add it first/);
  });
});

describe('what is refused, with its place', () => {
  test.each([
    ['an empty file', '# nothing\n', /^m\.yaml:1:1: there is no DaemonSet in this manifest \(found: nothing\)/],
    [
      'a Deployment alone',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d }\n',
      /^m\.yaml:1:1: there is no DaemonSet .*\(found: 1 Deployment\)/,
    ],
    [
      'a misspelt kind',
      AGENT.replace('DaemonSet', 'Daemonset'),
      /^m\.yaml:2:7: unknown kind "Daemonset"; did you mean DaemonSet\?/,
    ],
    ['no kind', 'metadata: { name: x }\n', /^m\.yaml:1:1: kind is not set; write `kind: DaemonSet`/],
    [
      'a gone version',
      AGENT.replace('apps/v1', 'extensions/v1beta1'),
      /^m\.yaml:1:13: apiVersion extensions\/v1beta1 is gone since Kubernetes 1\.16; write apps\/v1, add spec\.selector/,
    ],
    [
      'an unknown version',
      AGENT.replace('apps/v1', 'apps/v2'),
      /^m\.yaml:1:13: no matches for kind "DaemonSet" in version "apps\/v2"; write apps\/v1/,
    ],
    [
      'template braces',
      AGENT.replace('name: agent\nspec', 'name: {{ .Values.name }}\nspec'),
      /^m\.yaml:4:9: this is a template, not a manifest .*helm template/,
    ],
    ['a template line', `{{- if .Values.on }}\n${AGENT}{{- end }}\n`, /^m\.yaml:1:1: this is a template/],
    [
      'a quoted template in an image',
      AGENT.replace('example/agent:v1', '"{{ .Values.image }}"'),
      /^m\.yaml:12:18: this is a template/,
    ],
    [
      'a wrong type',
      AGENT.replace('      containers:', '      terminationGracePeriodSeconds: "30"\n      containers:'),
      /^m\.yaml:10:38: DaemonSet in version "v1" cannot be handled as a DaemonSet: json: cannot unmarshal string into Go struct field PodSpec\.spec\.template\.spec\.terminationGracePeriodSeconds of type int64/,
    ],
    [
      'an unquoted env value',
      `${AGENT}          env: [{ name: A, value: 1 }]\n`,
      /^m\.yaml:13:35: .*cannot unmarshal number into Go struct field EnvVar\.spec\.template\.spec\.containers\.env\.value of type string; write it in quotes: "1"/,
    ],
    [
      'an unknown field',
      AGENT.replace('      containers:', '      toleration: []\n      containers:'),
      /^m\.yaml:10:7: .*strict decoding error: unknown field "spec\.template\.spec\.toleration"; did you mean tolerations\?/,
    ],
    [
      'labels that do not match',
      AGENT.replace('labels: { app: agent }', 'labels: { app: other }'),
      /^m\.yaml:8:25: DaemonSet\.apps "agent" is invalid: spec\.template\.metadata\.labels: Invalid value: .*`selector` does not match template `labels`/,
    ],
    [
      'no image',
      AGENT.replace('          image: example/agent:v1\n', ''),
      /^m\.yaml:11:11: DaemonSet\.apps "agent" is invalid: spec\.template\.spec\.containers\[0\]\.image: Required value/,
    ],
    [
      'the same object twice',
      `${AGENT}---\n${AGENT}`,
      /^m\.yaml:14:1: DaemonSet default\/agent stands twice \(also at m\.yaml:1\)/,
    ],
    ['no YAML', 'a: [\n', /^m\.yaml:2:1: flow sequence/],
  ])('%s', (_what, text, message) => {
    expect(messageOf(text)).toMatch(message);
  });

  test('numbers in tolerations are taken behind their feature gate only, and refused in the words of the release', () => {
    const text = AGENT.replace('    spec:', '    spec:\n      tolerations: [{ key: sla, operator: Gt, value: "750" }]');
    const gates = { TaintTolerationComparisonOperators: true };
    expect(load(text, {}, release('1.36', gates)).objects).toHaveLength(1);
    const refused =
      'spec.template.spec.tolerations[0].operator: Unsupported value: "Gt": supported values: "Equal", "Exists"';
    const advice = '; set kubernetes.featureGates.TaintTolerationComparisonOperators, which 1.35 and later know';
    expect(() => load(text, {}, release('1.36'))).toThrow(`${refused}, "Lt", "Gt"${advice}`);
    expect(() => load(text, {}, release('1.34'))).toThrow(`${refused}${advice}`);
  });

  test('a manifest that is not there is told where it is named', () => {
    const sourceOf = () => ({ file: 's.yaml', line: 9, column: 5 });
    expect(() =>
      loadManifests([{ path: 'gone.yaml' }], {
        scenarioFile: 's.yaml',
        sourceOf,
        reader: readerOf({}),
        profile: release(),
      }),
    ).toThrow('s.yaml:9:5: manifest gone.yaml does not exist; write the path of a file, seen from this file');
  });
});
