import { expect, test } from 'vitest';
import type { ServedObject } from './server.ts';
import { typedDaemonSet } from './typed.ts';

const BARE = {
  kind: 'DaemonSet',
  apiVersion: 'apps/v1',
  spec: {
    minReadySeconds: 0,
    revisionHistoryLimit: 0,
    template: {
      spec: { containers: [{ image: 'i', name: 'c', resources: { limits: { memory: '1024Mi', cpu: '1000m' } } }] },
    },
    selector: { matchLabels: { b: '1', a: '2' } },
  },
  metadata: { namespace: 'default', name: 'x', creationTimestamp: '2026-01-01T00:00:00Z', unknown: 1 },
} as unknown as ServedObject;

test('fields stand in the order of the types, empty ones are gone, those that are always written are there', () => {
  expect(JSON.stringify(typedDaemonSet(BARE, 36))).toBe(
    JSON.stringify({
      kind: 'DaemonSet',
      apiVersion: 'apps/v1',
      metadata: { name: 'x', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: {
        selector: { matchLabels: { a: '2', b: '1' } },
        template: {
          metadata: {},
          spec: { containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: '1', memory: '1Gi' } } }] },
        },
        updateStrategy: {},
        // A pointer: zero is something else than nothing.
        revisionHistoryLimit: 0,
      },
      status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
    }),
  );
});

test('clients before 1.34 spell out an empty creationTimestamp', () => {
  const { spec } = typedDaemonSet(BARE, 33) as unknown as { spec: { template: { metadata: unknown } } };
  expect(spec.template.metadata).toEqual({ creationTimestamp: null });
});

test('what went through the types once stays as it is', () => {
  const once = typedDaemonSet(BARE, 33);
  expect(JSON.stringify(typedDaemonSet(once, 33))).toBe(JSON.stringify(once));
});
