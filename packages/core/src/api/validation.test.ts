import { describe, expect, test } from 'vitest';
import { daemonSet, withImage } from '../testing/objects.ts';
import type { DaemonSet, DaemonSetSpec } from './daemonSet.ts';
import { defaultDaemonSet } from './defaults.ts';
import { formatFieldError } from './fieldError.ts';
import {
  validateDaemonSet,
  validateDaemonSetApiUpdate,
  validateDaemonSetStatusUpdate,
  validateRollingUpdate,
} from './validation.ts';

const problems = (ds: DaemonSet): readonly string[] => validateDaemonSet(defaultDaemonSet(ds)).map(formatFieldError);

function withTemplate(spec: object): DaemonSet {
  const ds = daemonSet();
  const template = { ...ds.spec.template, spec: { ...ds.spec.template.spec, ...spec } };
  return { ...ds, spec: { ...ds.spec, template } };
}

test('an ordinary DaemonSet is valid', () => {
  expect(problems(daemonSet())).toEqual([]);
});

describe('of the spec', () => {
  test.each<[string, Partial<DaemonSetSpec>, string]>([
    [
      'DS-V7',
      { selector: { matchLabels: { app: 'b' } } },
      'spec.template.metadata.labels: Invalid value: {"app":"agent"}: `selector` does not match template `labels`',
    ],
    ['DS-V13', { minReadySeconds: -1 }, 'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0'],
    [
      'DS-V15',
      { revisionHistoryLimit: -1 },
      'spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'DS-V16',
      { updateStrategy: { type: 'Recreate' } },
      'spec.updateStrategy: Unsupported value: "Recreate": supported values: "RollingUpdate", "OnDelete"',
    ],
    [
      'DS-V20',
      { updateStrategy: { rollingUpdate: { maxSurge: 1 } } },
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
    ],
  ])('%s: %j', (_rule, spec, text) => {
    expect(problems(daemonSet(spec))).toEqual([text]);
  });

  test('DS-V8: an empty selector matches every template, and is refused', () => {
    expect(problems(daemonSet({ selector: {} }))).toEqual([
      'spec.selector: Invalid value: {}: empty selector is invalid for daemonset',
    ]);
  });

  test('DS-V25: OnDelete ignores the block of a rolling update', () => {
    expect(problems(daemonSet({ updateStrategy: { type: 'OnDelete', rollingUpdate: { maxSurge: 'x' } } }))).toEqual([]);
  });
});

describe('of the pod template', () => {
  test.each<[object, string]>([
    [{ restartPolicy: 'Never' }, 'restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    [
      { activeDeadlineSeconds: 5 },
      'activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported',
    ],
    [{ containers: [] }, 'containers: Required value'],
    [{ containers: [{ name: 'A', image: 'i' }] }, 'containers[0].name: Invalid value: "A": a lowercase RFC 1123 label'],
    [{ containers: [{ name: 'a' }] }, 'containers[0].image: Required value'],
    [
      {
        containers: [
          { name: 'a', image: 'i' },
          { name: 'a', image: 'i' },
        ],
      },
      'containers[1].name: Duplicate value: "a"',
    ],
    [
      { containers: [{ name: 'a', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }] }] },
      'containers[0].volumeMounts[0].name: Not found: "v"',
    ],
    [
      { tolerations: [{ operator: 'Equal' }] },
      'tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty',
    ],
    [
      { tolerations: [{ key: 'a', effect: 'NoSchedule', tolerationSeconds: 3 }] },
      'tolerations[0].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set',
    ],
    [{ nodeSelector: { 'a b': 'c' } }, 'nodeSelector: Invalid value: "a b": name part must consist of'],
    [
      { containers: [{ name: 'a', image: 'i', resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }] },
      'containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      { containers: [{ name: 'a', image: 'i', resources: { limits: { memory: 'lots' } } }] },
      'containers[0].resources.limits[memory]: Invalid value: "lots": quantities must match',
    ],
    [
      { containers: [{ name: 'a', image: 'i', ports: [{ containerPort: 99_999 }] }] },
      'containers[0].ports[0].containerPort: Invalid value: 99999: must be between 1 and 65535, inclusive',
    ],
    [
      { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } },
      'nodeSelectorTerms: Required value: must have at least one node selector term',
    ],
  ])('%j is refused', (spec, text) => {
    const found = problems(withTemplate(spec));
    expect(found.join('\n')).toContain(text);
    expect(found).toHaveLength(1);
  });

  test('two ports of the host cannot be the same', () => {
    const ports = [{ containerPort: 80, hostPort: 80 }];
    const containers = [
      { name: 'a', image: 'i', ports },
      { name: 'b', image: 'i', ports },
    ];
    expect(problems(withTemplate({ containers }))).toEqual([
      'spec.template.spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//80"',
    ]);
  });
});

describe('of a rolling update', () => {
  test.each<[object, string]>([
    [{ maxUnavailable: -1 }, 'maxUnavailable: Invalid value: -1: must be greater than or equal to 0'],
    [{ maxUnavailable: '5' }, 'maxUnavailable: Invalid value: "5": a valid percent string must be a numeric string'],
    [{ maxUnavailable: '101%' }, 'maxUnavailable: Invalid value: "101%": must not be greater than 100%'],
    [{ maxUnavailable: '0%', maxSurge: 0 }, 'maxUnavailable: Required value: cannot be 0 when maxSurge is 0'],
  ])('%j is refused', (rollingUpdate, text) => {
    expect(validateRollingUpdate(rollingUpdate).map(formatFieldError).join('\n')).toContain(text);
  });

  test('more pods than there are nodes is fine', () => {
    expect(validateRollingUpdate({ maxUnavailable: 10_000 })).toEqual([]);
  });
});

describe('of a change', () => {
  const stored = defaultDaemonSet(
    daemonSet({}, { resourceVersion: '5', annotations: { 'deprecated.daemonset.template.generation': '3' } }),
  );

  test('the selector stays as it is', () => {
    const labels = { app: 'agent', tier: 'x' };
    const spec = { ...stored.spec, selector: { matchLabels: labels } };
    const template = { ...stored.spec.template, metadata: { labels } };
    const metadata = { ...stored.metadata, annotations: { 'deprecated.daemonset.template.generation': '4' } };
    const errors = validateDaemonSetApiUpdate({ ...stored, metadata, spec: { ...spec, template } }, stored);
    expect(errors.map(formatFieldError)).toEqual([
      'spec.selector: Invalid value: {"matchLabels":{"app":"agent","tier":"x"}}: field is immutable',
    ]);
  });

  test('a new template needs a new template generation, which the server counts', () => {
    expect(validateDaemonSetApiUpdate(withImage(stored, 'agent:2'), stored).map(({ detail }) => detail)).toEqual([
      'must be incremented upon template update',
    ]);
  });

  test('a status may not count below nothing, nor collisions backwards', () => {
    const status = {
      desiredNumberScheduled: -1,
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
      collisionCount: 1,
    };
    const before = { ...stored, status: { ...status, desiredNumberScheduled: 0, collisionCount: 2 } };
    expect(validateDaemonSetStatusUpdate({ ...stored, status }, before).map(({ field }) => field)).toEqual([
      'status.desiredNumberScheduled',
      'status.collisionCount',
    ]);
  });
});
