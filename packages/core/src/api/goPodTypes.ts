/** The Go types of a pod's spec; the volumes of storage systems are left out. Twin: k8s.io/api core/v1; 1.36. */
import { AMOUNTS, type GoStruct, list, SELECTOR, struct, TEXTS } from './goType.ts';

const NAME = struct('LocalObjectReference', 'name:string');
const FIELD_REF = struct('ObjectFieldSelector', 'apiVersion:string fieldPath:!string');
const RESOURCE_REF = struct('ResourceFieldSelector', 'containerName:string resource:!string divisor:quantity');
const SE_LINUX = struct('SELinuxOptions', 'user:string role:string type:string level:string');
const WINDOWS = struct(
  'WindowsSecurityContextOptions',
  'gmsaCredentialSpecName:*string gmsaCredentialSpec:*string runAsUserName:*string hostProcess:*bool',
);
const SECCOMP = struct('SeccompProfile', 'type:!v1.SeccompProfileType localhostProfile:*string');
const APP_ARMOR = struct('AppArmorProfile', 'type:!v1.AppArmorProfileType localhostProfile:*string');

/** In a projected volume the type has another name. */
const keys = (name: string, scalars: string): GoStruct =>
  struct(name, `${scalars} optional:*bool`, {
    items: list(struct('KeyToPath', 'key:!string path:!string mode:*int32')),
  });
const DOWNWARD_FILE = struct('DownwardAPIVolumeFile', 'path:!string mode:*int32', {
  fieldRef: FIELD_REF,
  resourceFieldRef: RESOURCE_REF,
});
const PROJECTION = struct('VolumeProjection', '', {
  secret: keys('SecretProjection', 'name:string'),
  configMap: keys('ConfigMapProjection', 'name:string'),
  downwardAPI: struct('DownwardAPIProjection', '', { items: list(DOWNWARD_FILE) }),
  serviceAccountToken: struct('ServiceAccountTokenProjection', 'audience:string expirationSeconds:*int64 path:!string'),
  clusterTrustBundle: struct(
    'ClusterTrustBundleProjection',
    'name:*string signerName:*string optional:*bool path:!string',
    { labelSelector: SELECTOR },
  ),
});
const VOLUME = struct('Volume', 'name:!string', {
  hostPath: struct('HostPathVolumeSource', 'path:!string type:*v1.HostPathType'),
  emptyDir: struct('EmptyDirVolumeSource', 'medium:v1.StorageMedium sizeLimit:quantity'),
  secret: keys('SecretVolumeSource', 'secretName:string defaultMode:*int32'),
  configMap: keys('ConfigMapVolumeSource', 'name:string defaultMode:*int32'),
  downwardAPI: struct('DownwardAPIVolumeSource', 'defaultMode:*int32', { items: list(DOWNWARD_FILE) }),
  projected: struct('ProjectedVolumeSource', 'defaultMode:*int32', { sources: list(PROJECTION) }),
  persistentVolumeClaim: struct('PersistentVolumeClaimVolumeSource', 'claimName:!string readOnly:bool'),
  nfs: struct('NFSVolumeSource', 'server:!string path:!string readOnly:bool'),
  csi: struct('CSIVolumeSource', 'driver:!string readOnly:*bool fsType:*string', {
    volumeAttributes: TEXTS,
    nodePublishSecretRef: NAME,
  }),
  image: struct('ImageVolumeSource', 'reference:string pullPolicy:v1.PullPolicy'),
});

const EXEC = struct('ExecAction', 'command:[]string');
const HTTP_GET = struct('HTTPGetAction', 'path:string port:!intstr host:string scheme:v1.URIScheme', {
  httpHeaders: list(struct('HTTPHeader', 'name:!string value:!string')),
});
const TCP_SOCKET = struct('TCPSocketAction', 'port:!intstr host:string');
const PROBE = struct(
  'Probe',
  `initialDelaySeconds:int32 timeoutSeconds:int32 periodSeconds:int32 successThreshold:int32 failureThreshold:int32
   terminationGracePeriodSeconds:*int64`,
  { exec: EXEC, httpGet: HTTP_GET, tcpSocket: TCP_SOCKET, grpc: struct('GRPCAction', 'port:!int32 service:*string') },
);
const HOOK = struct('LifecycleHandler', '', {
  exec: EXEC,
  httpGet: HTTP_GET,
  tcpSocket: TCP_SOCKET,
  sleep: struct('SleepAction', 'seconds:!int64'),
});
const ENV = struct('EnvVar', 'name:!string value:string', {
  valueFrom: struct('EnvVarSource', '', {
    fieldRef: FIELD_REF,
    resourceFieldRef: RESOURCE_REF,
    configMapKeyRef: struct('ConfigMapKeySelector', 'name:string key:!string optional:*bool'),
    secretKeyRef: struct('SecretKeySelector', 'name:string key:!string optional:*bool'),
  }),
});
const ENV_FROM = struct('EnvFromSource', 'prefix:string', {
  configMapRef: struct('ConfigMapEnvSource', 'name:string optional:*bool'),
  secretRef: struct('SecretEnvSource', 'name:string optional:*bool'),
});
const CONTAINER = struct(
  'Container',
  `name:!string image:string command:[]string args:[]string workingDir:string
   restartPolicy:*v1.ContainerRestartPolicy terminationMessagePath:string
   terminationMessagePolicy:v1.TerminationMessagePolicy imagePullPolicy:v1.PullPolicy
   stdin:bool stdinOnce:bool tty:bool`,
  {
    ports: list(
      struct('ContainerPort', 'name:string hostPort:int32 containerPort:!int32 protocol:v1.Protocol hostIP:string'),
    ),
    env: list(ENV),
    envFrom: list(ENV_FROM),
    resources: struct('ResourceRequirements', '', {
      limits: AMOUNTS,
      requests: AMOUNTS,
      claims: list(struct('ResourceClaim', 'name:!string request:string')),
    }),
    resizePolicy: list(
      struct('ContainerResizePolicy', 'resourceName:!v1.ResourceName restartPolicy:!v1.ResourceResizeRestartPolicy'),
    ),
    volumeMounts: list(
      struct(
        'VolumeMount',
        `name:!string readOnly:bool recursiveReadOnly:*v1.RecursiveReadOnlyMode mountPath:!string subPath:string
         mountPropagation:*v1.MountPropagationMode subPathExpr:string`,
      ),
    ),
    volumeDevices: list(struct('VolumeDevice', 'name:!string devicePath:!string')),
    livenessProbe: PROBE,
    readinessProbe: PROBE,
    startupProbe: PROBE,
    lifecycle: struct('Lifecycle', 'stopSignal:*v1.Signal', { postStart: HOOK, preStop: HOOK }),
    securityContext: struct(
      'SecurityContext',
      `privileged:*bool runAsUser:*int64 runAsGroup:*int64 runAsNonRoot:*bool readOnlyRootFilesystem:*bool
       allowPrivilegeEscalation:*bool procMount:*v1.ProcMountType`,
      {
        capabilities: struct('Capabilities', 'add:[]v1.Capability drop:[]v1.Capability'),
        seLinuxOptions: SE_LINUX,
        windowsOptions: WINDOWS,
        seccompProfile: SECCOMP,
        appArmorProfile: APP_ARMOR,
      },
    ),
  },
);

const NODE_REQUIREMENT = struct(
  'NodeSelectorRequirement',
  'key:!string operator:!v1.NodeSelectorOperator values:[]string',
);
const NODE_TERM = struct('NodeSelectorTerm', '', {
  matchExpressions: list(NODE_REQUIREMENT),
  matchFields: list(NODE_REQUIREMENT),
});
const POD_TERM = struct(
  'PodAffinityTerm',
  'namespaces:[]string topologyKey:!string matchLabelKeys:[]string mismatchLabelKeys:[]string',
  { labelSelector: SELECTOR, namespaceSelector: SELECTOR },
);
const podAffinity = (name: string): GoStruct =>
  struct(name, '', {
    requiredDuringSchedulingIgnoredDuringExecution: list(POD_TERM),
    preferredDuringSchedulingIgnoredDuringExecution: list(
      struct('WeightedPodAffinityTerm', 'weight:!int32', { podAffinityTerm: POD_TERM }),
    ),
  });
const AFFINITY = struct('Affinity', '', {
  nodeAffinity: struct('NodeAffinity', '', {
    requiredDuringSchedulingIgnoredDuringExecution: struct('NodeSelector', '', { nodeSelectorTerms: list(NODE_TERM) }),
    preferredDuringSchedulingIgnoredDuringExecution: list(
      struct('PreferredSchedulingTerm', 'weight:!int32', { preference: NODE_TERM }),
    ),
  }),
  podAffinity: podAffinity('PodAffinity'),
  podAntiAffinity: podAffinity('PodAntiAffinity'),
});

export const POD_SPEC: GoStruct = struct(
  'PodSpec',
  `restartPolicy:v1.RestartPolicy terminationGracePeriodSeconds:*int64 activeDeadlineSeconds:*int64
   dnsPolicy:v1.DNSPolicy serviceAccountName:string serviceAccount:string automountServiceAccountToken:*bool
   nodeName:string hostNetwork:bool hostPID:bool hostIPC:bool shareProcessNamespace:*bool hostname:string
   subdomain:string schedulerName:string priorityClassName:string priority:*int32 runtimeClassName:*string
   enableServiceLinks:*bool preemptionPolicy:*v1.PreemptionPolicy setHostnameAsFQDN:*bool hostUsers:*bool
   hostnameOverride:*string`,
  {
    volumes: list(VOLUME),
    initContainers: list(CONTAINER),
    containers: list(CONTAINER),
    ephemeralContainers: list(CONTAINER),
    nodeSelector: TEXTS,
    securityContext: struct(
      'PodSecurityContext',
      `runAsUser:*int64 runAsGroup:*int64 runAsNonRoot:*bool supplementalGroups:[]int64
       supplementalGroupsPolicy:*v1.SupplementalGroupsPolicy fsGroup:*int64
       fsGroupChangePolicy:*v1.PodFSGroupChangePolicy seLinuxChangePolicy:*v1.PodSELinuxChangePolicy`,
      {
        seLinuxOptions: SE_LINUX,
        windowsOptions: WINDOWS,
        sysctls: list(struct('Sysctl', 'name:!string value:!string')),
        seccompProfile: SECCOMP,
        appArmorProfile: APP_ARMOR,
      },
    ),
    imagePullSecrets: list(NAME),
    affinity: AFFINITY,
    tolerations: list(
      struct(
        'Toleration',
        'key:string operator:v1.TolerationOperator value:string effect:v1.TaintEffect tolerationSeconds:*int64',
      ),
    ),
    hostAliases: list(struct('HostAlias', 'ip:!string hostnames:[]string')),
    dnsConfig: struct('PodDNSConfig', 'nameservers:[]string searches:[]string', {
      options: list(struct('PodDNSConfigOption', 'name:string value:*string')),
    }),
    readinessGates: list(struct('PodReadinessGate', 'conditionType:!v1.PodConditionType')),
    schedulingGates: list(struct('PodSchedulingGate', 'name:!string')),
    overhead: AMOUNTS,
    topologySpreadConstraints: list(
      struct(
        'TopologySpreadConstraint',
        `maxSkew:!int32 topologyKey:!string whenUnsatisfiable:!v1.UnsatisfiableConstraintAction minDomains:*int32
         nodeAffinityPolicy:*v1.NodeInclusionPolicy nodeTaintsPolicy:*v1.NodeInclusionPolicy matchLabelKeys:[]string`,
        { labelSelector: SELECTOR },
      ),
    ),
    os: struct('PodOS', 'name:!v1.OSName'),
    resourceClaims: list(
      struct('PodResourceClaim', 'name:!string resourceClaimName:*string resourceClaimTemplateName:*string'),
    ),
  },
);
