/**
 * The cloud controller manager: initialises new nodes, removes those whose instance is gone, makes routes. Runs only
 * where a pool is in a cloud. Twin: cloud-provider controllers node, nodelifecycle, route. Rules, N-24.
 */
import type { Node } from '@everynode/core/api/node';
import type { CloudContext } from './cloudInstance.ts';
import { CloudControllerInit } from './cloudControllerInit.ts';
import { CloudControllerLifecycle } from './cloudControllerLifecycle.ts';
import { CloudControllerRoutes } from './cloudControllerRoutes.ts';
import type { ComponentDefinition } from './component.ts';

export const cloudController: ComponentDefinition<CloudContext> = {
  name: 'cloud-controller-manager',
  limits: ({ kubeApiQps, kubeApiBurst }) => ({ qps: kubeApiQps, burst: kubeApiBurst }),
  start(ctx) {
    const init = new CloudControllerInit(ctx);
    const lifecycle = new CloudControllerLifecycle(ctx);
    const routes = new CloudControllerRoutes(ctx);
    const seen = (node: Node): void => {
      if (!ctx.cloud.owns(node.metadata.name)) return;
      init.seen(node);
      lifecycle.seen(node);
      routes.seen(node);
    };
    ctx.watch('Node', {
      added: seen,
      updated: (_before, node) => seen(node),
      deleted: ({ metadata }) => {
        init.gone(metadata.name);
        lifecycle.gone(metadata.name);
        routes.gone(metadata.name);
      },
    });
  },
};
