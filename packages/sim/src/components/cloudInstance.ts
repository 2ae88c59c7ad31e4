/** What a cloud knows of a machine, and what its controller may ask: the seam between the cloud and the cluster. Rules, N-24. */
import type { Node, Taint } from '@everynode/core/api/node';
import type { ComponentContext } from './component.ts';

/** A kubelet of an external cloud registers with it; the cloud's controller takes it off. */
export const UNINITIALIZED_TAINT: Taint = {
  key: 'node.cloudprovider.kubernetes.io/uninitialized',
  value: 'true',
  effect: 'NoSchedule',
};

export interface CloudInstance {
  readonly providerId: string;
  /** Zone, region, type: what the Node is labelled with. */
  readonly labels: Readonly<Record<string, string>>;
  /** Its pods are reached by a route that the controller must make first. */
  readonly needsRoute: boolean;
}

export interface Cloud {
  /** The running instance of that name; undefined: there is none, or the cloud is not this node's. */
  find(nodeName: string): CloudInstance | undefined;
  /** Whether the cloud looks after nodes of that name at all. */
  owns(nodeName: string): boolean;
}

export interface CloudContext extends ComponentContext {
  readonly cloud: Cloud;
}

/** The instance that the Node stands for: one of another id is another one, whatever its name. */
export function instanceOf(cloud: Cloud, { metadata, spec }: Node): CloudInstance | undefined {
  const instance = cloud.find(metadata.name);
  const { providerID = '' } = spec ?? {};
  return providerID === '' || providerID === instance?.providerId ? instance : undefined;
}
