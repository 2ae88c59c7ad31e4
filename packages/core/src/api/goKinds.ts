/** The fields of the API objects that we keep, with their Go types. What is not listed is carried along. Twin: k8s.io/api apps/v1, core/v1, coordination/v1, policy/v1; 1.36. */
import { POD_SPEC } from './goPodTypes.ts';
import { AMOUNTS, type GoList, type GoStruct, list, META, SELECTOR, struct, TEXTS } from './goType.ts';
import type { Kind } from './objects.ts';

const condition = (name: string): GoList =>
  list(
    struct(
      name,
      `type:!v1.${name}Type status:!v1.ConditionStatus reason:string message:string lastTransitionTime:time
       lastHeartbeatTime:time lastProbeTime:time`,
    ),
  );
const STATE = struct('ContainerState', '', {
  waiting: struct('ContainerStateWaiting', 'reason:string message:string'),
  running: struct('ContainerStateRunning', 'startedAt:time'),
  terminated: struct(
    'ContainerStateTerminated',
    'exitCode:!int32 signal:int32 reason:string message:string startedAt:time finishedAt:time containerID:string',
  ),
});
const CONTAINER_STATUSES = list(
  struct(
    'ContainerStatus',
    'name:!string ready:!bool restartCount:!int32 image:*string imageID:*string containerID:string started:*bool',
    { state: STATE, lastState: STATE },
  ),
);
const TEMPLATE = struct('PodTemplateSpec', '', { metadata: META, spec: POD_SPEC });
const SCOPE_REQUIREMENT = struct(
  'ScopedResourceSelectorRequirement',
  'scopeName:!v1.ResourceQuotaScope operator:!v1.ScopeSelectorOperator values:[]string',
);
const ROOT = 'apiVersion:string kind:string';

/** Kind → its fields from the root. */
export const GO_KINDS: Readonly<Record<Kind, GoStruct>> = {
  DaemonSet: struct('DaemonSet', ROOT, {
    metadata: META,
    spec: struct('DaemonSetSpec', 'minReadySeconds:int32 revisionHistoryLimit:*int32', {
      selector: SELECTOR,
      template: TEMPLATE,
      updateStrategy: struct('DaemonSetUpdateStrategy', 'type:v1.DaemonSetUpdateStrategyType', {
        rollingUpdate: struct('RollingUpdateDaemonSet', 'maxUnavailable:*intstr maxSurge:*intstr'),
      }),
    }),
    // Go leaves four of these out where they are zero. Here they stay: expectations compare them with 0.
    status: struct(
      'DaemonSetStatus',
      `currentNumberScheduled:!int32 numberMisscheduled:!int32 desiredNumberScheduled:!int32 numberReady:!int32
       observedGeneration:*int64 updatedNumberScheduled:*int32 numberAvailable:*int32 numberUnavailable:*int32
       collisionCount:*int32`,
      { conditions: condition('DaemonSetCondition') },
    ),
  }),
  Pod: struct('Pod', ROOT, {
    metadata: META,
    spec: POD_SPEC,
    status: struct(
      'PodStatus',
      `phase:v1.PodPhase message:string reason:string nominatedNodeName:string hostIP:string podIP:string
       startTime:time qosClass:v1.PodQOSClass observedGeneration:int64`,
      {
        conditions: condition('PodCondition'),
        containerStatuses: CONTAINER_STATUSES,
        initContainerStatuses: CONTAINER_STATUSES,
        ephemeralContainerStatuses: CONTAINER_STATUSES,
      },
    ),
  }),
  Node: struct('Node', ROOT, {
    metadata: META,
    spec: struct('NodeSpec', 'podCIDR:string podCIDRs:[]string providerID:string unschedulable:bool', {
      taints: list(struct('Taint', 'key:!string value:string effect:!v1.TaintEffect timeAdded:time')),
    }),
    status: struct('NodeStatus', 'phase:v1.NodePhase', {
      capacity: AMOUNTS,
      allocatable: AMOUNTS,
      conditions: condition('NodeCondition'),
      addresses: list(struct('NodeAddress', 'type:!v1.NodeAddressType address:!string')),
    }),
  }),
  ControllerRevision: struct('ControllerRevision', `${ROOT} data:any revision:!int64`, { metadata: META }),
  Lease: struct('Lease', ROOT, {
    metadata: META,
    spec: struct(
      'LeaseSpec',
      'holderIdentity:*string leaseDurationSeconds:*int32 acquireTime:time renewTime:time leaseTransitions:*int32',
    ),
  }),
  PodDisruptionBudget: struct('PodDisruptionBudget', ROOT, {
    metadata: META,
    spec: struct(
      'PodDisruptionBudgetSpec',
      'minAvailable:*intstr maxUnavailable:*intstr unhealthyPodEvictionPolicy:*v1.UnhealthyPodEvictionPolicyType',
      { selector: SELECTOR },
    ),
    status: struct(
      'PodDisruptionBudgetStatus',
      `observedGeneration:int64 disruptionsAllowed:!int32 currentHealthy:!int32 desiredHealthy:!int32
       expectedPods:!int32`,
      {
        disruptedPods: TEXTS,
        conditions: list(
          struct(
            'Condition',
            `type:!string status:!v1.ConditionStatus observedGeneration:int64 lastTransitionTime:time reason:!string
             message:!string`,
          ),
        ),
      },
    ),
  }),
  Namespace: struct('Namespace', ROOT, {
    metadata: META,
    spec: struct('NamespaceSpec', 'finalizers:[]v1.FinalizerName'),
    status: struct('NamespaceStatus', 'phase:v1.NamespacePhase', { conditions: condition('NamespaceCondition') }),
  }),
  ResourceQuota: struct('ResourceQuota', ROOT, {
    metadata: META,
    spec: struct('ResourceQuotaSpec', 'scopes:[]v1.ResourceQuotaScope', {
      hard: AMOUNTS,
      scopeSelector: struct('ScopeSelector', '', { matchExpressions: list(SCOPE_REQUIREMENT) }),
    }),
    status: struct('ResourceQuotaStatus', '', { hard: AMOUNTS, used: AMOUNTS }),
  }),
};
