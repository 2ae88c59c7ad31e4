/**
 * Empties namespaces that are being deleted, and lets them go when nothing is left in them.
 * Twin: pkg/controller/namespace namespace_controller.go, deletion/namespaced_resources_deleter.go. Rules: A-17.
 */
import { isTerminating } from '@everynode/core/api/meta';
import { NAMESPACE_FINALIZER, type Namespace } from '@everynode/core/api/namespace';
import type { ApiRequest, ApiResult } from '@everynode/core/api/requests';
import type { ComponentContext, ComponentDefinition, Informer } from './component.ts';
import { ControllerQueue } from '../informer/controllerQueue.ts';
import { emptyNamespace } from './namespaceControllerContent.ts';

/** --concurrent-namespace-syncs. */
const WORKERS = 10;
/** API servers get this long to hear that the namespace is going, before its content is looked at. */
const GRACE_MS = 5000;
/** Of its own limiter: content needs seconds to go, not milliseconds. */
const FAILURE_DELAYS = { firstMs: 5000, maxMs: 60_000 };
/** It lists and deletes one kind after the other, so its client is given twenty times as much. */
const QPS_FACTOR = 20;
const BURST_FACTOR = 100;

export const namespaceController: ComponentDefinition = {
  name: 'namespace-controller',
  limits: ({ kubeApiQps, kubeApiBurst }) => ({ qps: kubeApiQps * QPS_FACTOR, burst: kubeApiBurst * BURST_FACTOR }),
  start(ctx) {
    const enqueue = ({ metadata }: Namespace): void => {
      if (metadata.deletionTimestamp !== undefined) queue.addAfter(metadata.name, GRACE_MS);
    };
    const namespaces: Informer<'Namespace'> = ctx.watch('Namespace', {
      added: enqueue,
      updated: (_before, after) => enqueue(after),
      synced: () => queue.pump(),
    });
    const queue = new ControllerQueue(ctx, {
      workers: WORKERS,
      drawServiceMs: () => 0,
      ready: () => namespaces.hasSynced,
      delays: FAILURE_DELAYS,
      work: (name, _wake, done) => {
        const again = (seconds: number): void => {
          queue.addAfter(name, seconds * 1000);
          done(true);
        };
        if (namespaces.get(name) === undefined) done(true);
        else new NamespaceSync(ctx, name, done, again).run();
      },
    });
  },
};

/** One try at one namespace. */
class NamespaceSync {
  readonly #ctx: ComponentContext;
  readonly #name: string;
  readonly #done: (ok: boolean) => void;
  /** Content needs time; without an error nothing counts as failed. */
  readonly #again: (seconds: number) => void;

  constructor(ctx: ComponentContext, name: string, done: (ok: boolean) => void, again: (seconds: number) => void) {
    this.#ctx = ctx;
    this.#name = name;
    this.#done = done;
    this.#again = again;
  }

  run(): void {
    this.#get((namespace) => {
      const isFinal = (namespace.spec?.finalizers ?? []).length === 0;
      if (!isTerminating(namespace) || isFinal) this.#done(true);
      else {
        emptyNamespace(this.#ctx, namespace, ({ hasFailed, waitSeconds }) => {
          if (hasFailed) this.#done(false);
          // Half of what it takes, so that a short grace is not waited out for long.
          else if (waitSeconds > 0) this.#again(Math.trunc(waitSeconds / 2) + 1);
          else this.#finalize(namespace);
        });
      }
    });
  }

  /** After a conflict with the newest picture, unless it is of another namespace by now. */
  #finalize(namespace: Namespace): void {
    const finalizers = (namespace.spec?.finalizers ?? []).filter((each) => each !== NAMESPACE_FINALIZER);
    const object: Namespace = { ...namespace, spec: { finalizers } };
    this.#send({ verb: 'finalize', object }, (result) => {
      if (result.ok || result.reason === 'NotFound') this.#done(true);
      else if (result.reason !== 'Conflict') this.#done(false);
      else this.#get((latest) => (isSame(namespace, latest) ? this.#finalize(latest) : this.#done(false)));
    });
  }

  #get(found: (namespace: Namespace) => void): void {
    this.#send({ verb: 'get', kind: 'Namespace', key: this.#name }, (result) => {
      if (result.ok) found(result.object as Namespace);
      else this.#done(result.reason === 'NotFound');
    });
  }

  #send(request: ApiRequest, done: (result: ApiResult) => void): void {
    this.#ctx.send(request, done);
  }
}

function isSame(a: Namespace, b: Namespace): boolean {
  return a.metadata.uid === b.metadata.uid;
}
