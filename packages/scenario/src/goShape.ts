/**
 * The fields of the objects we read and their Go types, for the two things the API server says before validation: a
 * value of the wrong type, an unknown field. `~` marks what the model carries along but does not act on.
 * Twin: k8s.io/api apps/v1, core/v1, policy/v1; 1.36.
 */
import type { WorkloadKind } from './workload.ts';

/** `string`, `int32`, `[]v1.Container`, `map[string]string` … ; an object is a struct of our table. */
export type GoShape = string | GoStruct | GoList | GoMap;

export interface GoStruct {
  readonly struct: string;
  readonly fields: Readonly<Record<string, GoShape>>;
  /** Fields that are not listed are taken as they are: unions with very many members. */
  readonly open?: boolean;
  /** Nothing acts on any of its fields: it is named as a whole. */
  readonly idle?: boolean;
}

export interface GoList {
  readonly list: GoShape;
}

export interface GoMap {
  readonly map: string;
}

const TEXTS: GoMap = { map: 'string' };
const list = (element: GoShape): GoList => ({ list: element });

/** `name:type name:type …`; `~` before the type: not acted on. */
function struct(
  name: string,
  scalars: string,
  fields: Readonly<Record<string, GoShape>> = {},
  options: Pick<GoStruct, 'open' | 'idle'> = {},
): GoStruct {
  const parsed = scalars.split(' ').filter((each) => each !== '');
  const pairs = parsed.map((each): readonly [string, string] => [
    each.slice(0, each.indexOf(':')),
    each.slice(each.indexOf(':') + 1),
  ]);
  return { struct: name, fields: { ...Object.fromEntries(pairs), ...fields }, ...options };
}

const META_SCALARS =
  'name:string generateName:string namespace:string selfLink:string uid:string resourceVersion:string generation:int64 creationTimestamp:time deletionTimestamp:time deletionGracePeriodSeconds:int64 clusterName:string managedFields:any ownerReferences:any';
const META_FIELDS = { labels: TEXTS, annotations: TEXTS, finalizers: list('string') };
const META = struct('ObjectMeta', META_SCALARS, META_FIELDS);
/** A pod gets labels, annotations and finalizers of its template, and nothing else (DS-P6). */
const TEMPLATE_META = struct('ObjectMeta', META_SCALARS.replaceAll(':', ':~'), META_FIELDS);

const REQUIREMENT = struct('LabelSelectorRequirement', 'key:string operator:string', { values: list('string') });
const NODE_REQUIREMENT = struct('NodeSelectorRequirement', 'key:string operator:string', { values: list('string') });
const SELECTOR = struct('LabelSelector', '', { matchLabels: TEXTS, matchExpressions: list(REQUIREMENT) });
const TERM = struct('NodeSelectorTerm', '', {
  matchExpressions: list(NODE_REQUIREMENT),
  matchFields: list(NODE_REQUIREMENT),
});
const PREFERRED = struct('PreferredSchedulingTerm', 'weight:int32', { preference: TERM }, { idle: true });
const AFFINITY = struct('Affinity', 'podAffinity:~any podAntiAffinity:~any', {
  nodeAffinity: struct('NodeAffinity', '', {
    requiredDuringSchedulingIgnoredDuringExecution: struct('NodeSelector', '', { nodeSelectorTerms: list(TERM) }),
    preferredDuringSchedulingIgnoredDuringExecution: list(PREFERRED),
  }),
});

/** Applications answer, or they do not; by which way they are asked makes no difference to that. */
function probe(success: string, grace: string): GoStruct {
  return struct(
    'Probe',
    `initialDelaySeconds:int32 periodSeconds:int32 timeoutSeconds:int32 successThreshold:${success} failureThreshold:int32 terminationGracePeriodSeconds:${grace} exec:~any httpGet:~any tcpSocket:~any grpc:~any`,
  );
}
/** What runs is no part of the model, only for how long: a sleep says so, for others a model may. */
const HOOK = struct('LifecycleHandler', 'exec:any httpGet:any tcpSocket:any', {
  sleep: struct('SleepAction', 'seconds:int64'),
});
const RESOURCES = struct('ResourceRequirements', 'claims:~any', {
  requests: { map: 'resource.Quantity' },
  limits: { map: 'resource.Quantity' },
});
const CONTAINER_FIELDS: Readonly<Record<string, GoShape>> = {
  ports: list(struct('ContainerPort', 'name:~string hostPort:int32 containerPort:int32 protocol:string hostIP:string')),
  env: list(struct('EnvVar', 'name:string value:string valueFrom:any', {}, { idle: true })),
  resources: RESOURCES,
  volumeMounts: list(
    struct(
      'VolumeMount',
      'name:string readOnly:bool recursiveReadOnly:string mountPath:string subPath:string mountPropagation:string subPathExpr:string',
      {},
      { idle: true },
    ),
  ),
  livenessProbe: probe('~int32', 'int64'),
  readinessProbe: probe('int32', '~int64'),
  startupProbe: probe('int32', 'int64'),
  lifecycle: struct('Lifecycle', 'stopSignal:~string', { postStart: HOOK, preStop: HOOK }),
};
const CONTAINER_SCALARS =
  'name:string image:string command:~[]string args:~[]string workingDir:~string envFrom:~any resizePolicy:~any restartPolicyRules:~any volumeDevices:~any terminationMessagePath:~string terminationMessagePolicy:~string imagePullPolicy:string securityContext:~any stdin:~bool stdinOnce:~bool tty:~bool';
const CONTAINER = struct('Container', `${CONTAINER_SCALARS} restartPolicy:~string`, CONTAINER_FIELDS);
/** `restartPolicy: Always` makes it a sidecar. */
const INIT_CONTAINER = struct('Container', `${CONTAINER_SCALARS} restartPolicy:string`, CONTAINER_FIELDS);
const TOLERATION = struct(
  'Toleration',
  'key:string operator:string value:string effect:string tolerationSeconds:int64',
);

const POD_SPEC = struct(
  'PodSpec',
  'restartPolicy:string terminationGracePeriodSeconds:int64 activeDeadlineSeconds:~int64 dnsPolicy:~string serviceAccountName:~string serviceAccount:~string automountServiceAccountToken:~bool nodeName:string hostNetwork:bool hostPID:~bool hostIPC:~bool shareProcessNamespace:~bool securityContext:~any imagePullSecrets:~any hostname:~string subdomain:~string schedulerName:string hostAliases:~any priorityClassName:string priority:int32 dnsConfig:~any runtimeClassName:~string enableServiceLinks:~bool preemptionPolicy:string topologySpreadConstraints:~any setHostnameAsFQDN:~bool hostUsers:~bool schedulingGates:~any resourceClaims:~any resources:~any hostnameOverride:~string workloadRef:~any schedulingGroup:~any ephemeralContainers:~any',
  {
    overhead: { map: 'resource.Quantity' },
    os: struct('PodOS', 'name:string'),
    readinessGates: list(struct('PodReadinessGate', 'conditionType:string')),
    volumes: list(struct('Volume', 'name:string', {}, { open: true, idle: true })),
    initContainers: list(INIT_CONTAINER),
    containers: list(CONTAINER),
    nodeSelector: TEXTS,
    affinity: AFFINITY,
    tolerations: list(TOLERATION),
  },
);

const ROLLING_UPDATE = struct(
  'RollingUpdateDaemonSet',
  'maxUnavailable:intstr.IntOrString maxSurge:intstr.IntOrString',
);

const SCOPE = struct('ScopedResourceSelectorRequirement', 'scopeName:string operator:string', {
  values: list('string'),
});

/** Kind → its fields from the root. */
export const GO_SHAPES: Readonly<Record<WorkloadKind, GoStruct>> = {
  DaemonSet: struct('DaemonSet', 'apiVersion:string kind:string status:any', {
    metadata: META,
    spec: struct('DaemonSetSpec', 'minReadySeconds:int32 revisionHistoryLimit:int32', {
      selector: SELECTOR,
      template: struct('PodTemplateSpec', '', { metadata: TEMPLATE_META, spec: POD_SPEC }),
      updateStrategy: struct('DaemonSetUpdateStrategy', 'type:string', { rollingUpdate: ROLLING_UPDATE }),
    }),
  }),
  Pod: struct('Pod', 'apiVersion:string kind:string status:any', { metadata: META, spec: POD_SPEC }),
  PodDisruptionBudget: struct('PodDisruptionBudget', 'apiVersion:string kind:string status:any', {
    metadata: META,
    spec: struct(
      'PodDisruptionBudgetSpec',
      'minAvailable:intstr.IntOrString maxUnavailable:intstr.IntOrString unhealthyPodEvictionPolicy:string',
      { selector: SELECTOR },
    ),
  }),
  Namespace: struct('Namespace', 'apiVersion:string kind:string status:any', {
    metadata: META,
    spec: struct('NamespaceSpec', '', { finalizers: list('string') }),
  }),
  ResourceQuota: struct('ResourceQuota', 'apiVersion:string kind:string status:any', {
    metadata: META,
    spec: struct('ResourceQuotaSpec', '', {
      hard: { map: 'resource.Quantity' },
      scopes: list('string'),
      scopeSelector: struct('ScopeSelector', '', { matchExpressions: list(SCOPE) }),
    }),
  }),
};
