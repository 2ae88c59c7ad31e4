/** Objects with every kind of value in odd places. What tests expect of them is what the real client (1.32) printed. */
import type { ServedObject } from '../../server.ts';

export const ODD_OBJECTS: readonly ServedObject[] = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'a',
      namespace: 'default',
      labels: { 'k8s.io/app': 'x', num: '7' },
      annotations: {
        s: 'line1\nline2',
        html: '<a href=\'x\'>&"q"</a>',
        tab: 'a\tb',
        esc: '\u001b[31mred\rx',
        uni: 'é世界\u200b',
        b64: 'aGVsbG8=',
        bad64: '!!',
      },
      creationTimestamp: null,
    },
    num: 3,
    big: 12345678901,
    float: 1.5,
    tiny: 1.2e-6,
    huge: 1234567.25,
    neg: -4,
    t: true,
    f: false,
    nil: null,
    empty: '',
    emptyList: [],
    emptyMap: {},
    list: [1, 2, 3, 4, 5],
    strs: ['b', 'a', 'c'],
    mixed: [1, 'x', null, true, { k: 1 }, [1, 2]],
    nested: [{ n: 1, m: { z: 1, y: '<b>' } }, { n: 2 }, { n: 3, q: null }],
    q: '10Gi',
    time: '2026-03-02T12:00:00Z',
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'b', namespace: 'default' },
    num: 20,
    float: 0.5,
    q: '900Mi',
    t: false,
    list: [9],
    strs: [],
    nested: [],
    time: '2026-03-01T12:00:00Z',
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c', namespace: 'default' },
    q: '1e3',
    float: 2.5,
    emptyMap: { x: 1 },
    nil: 5,
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'd10', namespace: 'default' }, num: 5, q: 'abc' },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'd9', namespace: 'default' }, num: 5 },
];

/** The objects as `kubectl get` hands them to a printer. */
export const ODD_LIST: unknown = {
  apiVersion: 'v1',
  items: ODD_OBJECTS,
  kind: 'List',
  metadata: { resourceVersion: '' },
};
