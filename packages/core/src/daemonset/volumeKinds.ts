/** What `kubectl describe` shows about each kind of volume: titles, fields, and what stands there when a field is absent. Twin: kubectl describe.go describeVolumes. Rules: DS-C12. */

/** Title with its colon, field of the source, text where the field is absent. */
type Row = readonly [title: string, field: string, absent: string];

interface VolumeKind {
  readonly field: string;
  readonly type: string;
  readonly rows: readonly Row[];
  /** First minor of the client that knows the kind; older ones print `<unknown>`. */
  readonly since?: number;
}

const FS_TYPE: Row = ['FSType:', 'fsType', ''];
const READ_ONLY: Row = ['ReadOnly:', 'readOnly', 'false'];
const OPTIONAL: Row = ['Optional:', 'optional', 'false'];
const SECRET_REF: Row = ['SecretRef:', 'secretRef', 'nil'];

/** In the order in which the client looks for them. */
export const VOLUME_KINDS: readonly VolumeKind[] = [
  {
    field: 'hostPath',
    type: 'HostPath (bare host directory volume)',
    rows: [
      ['Path:', 'path', ''],
      ['HostPathType:', 'type', '<none>'],
    ],
  },
  {
    field: 'emptyDir',
    type: "EmptyDir (a temporary directory that shares a pod's lifetime)",
    rows: [
      ['Medium:', 'medium', ''],
      ['SizeLimit:', 'sizeLimit', '<unset>'],
    ],
  },
  {
    field: 'gcePersistentDisk',
    type: 'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
    rows: [['PDName:', 'pdName', ''], FS_TYPE, ['Partition:', 'partition', '0'], READ_ONLY],
  },
  {
    field: 'awsElasticBlockStore',
    type: 'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
    rows: [['VolumeID:', 'volumeID', ''], FS_TYPE, ['Partition:', 'partition', '0'], READ_ONLY],
  },
  {
    field: 'gitRepo',
    type: 'GitRepo (a volume that is pulled from git when the pod is created)',
    rows: [
      ['Repository:', 'repository', ''],
      ['Revision:', 'revision', ''],
    ],
  },
  {
    field: 'secret',
    type: 'Secret (a volume populated by a Secret)',
    rows: [['SecretName:', 'secretName', ''], OPTIONAL],
  },
  {
    field: 'configMap',
    type: 'ConfigMap (a volume populated by a ConfigMap)',
    rows: [['Name:', 'name', ''], OPTIONAL],
  },
  {
    field: 'nfs',
    type: 'NFS (an NFS mount that lasts the lifetime of a pod)',
    rows: [['Server:', 'server', ''], ['Path:', 'path', ''], READ_ONLY],
  },
  {
    field: 'iscsi',
    type: "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    rows: [
      ['TargetPortal:', 'targetPortal', ''],
      ['IQN:', 'iqn', ''],
      ['Lun:', 'lun', '0'],
      // Upstream forgot the colon.
      ['ISCSIInterface', 'iscsiInterface', ''],
      FS_TYPE,
      READ_ONLY,
      ['Portals:', 'portals', '[]'],
      ['DiscoveryCHAPAuth:', 'chapAuthDiscovery', 'false'],
      ['SessionCHAPAuth:', 'chapAuthSession', 'false'],
      SECRET_REF,
      ['InitiatorName:', 'initiatorName', '<none>'],
    ],
  },
  {
    field: 'glusterfs',
    type: "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    rows: [['EndpointsName:', 'endpoints', ''], ['Path:', 'path', ''], READ_ONLY],
  },
  {
    field: 'persistentVolumeClaim',
    type: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    rows: [['ClaimName:', 'claimName', ''], READ_ONLY],
  },
  {
    field: 'ephemeral',
    type: 'EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
    rows: [],
  },
  {
    field: 'rbd',
    type: "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    rows: [
      ['CephMonitors:', 'monitors', '[]'],
      ['RBDImage:', 'image', ''],
      FS_TYPE,
      ['RBDPool:', 'pool', ''],
      ['RadosUser:', 'user', ''],
      ['Keyring:', 'keyring', ''],
      SECRET_REF,
      READ_ONLY,
    ],
  },
  {
    field: 'quobyte',
    type: "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
    rows: [['Registry:', 'registry', ''], ['Volume:', 'volume', ''], READ_ONLY],
  },
  { field: 'downwardAPI', type: 'DownwardAPI (a volume populated by information about the pod)', rows: [] },
  {
    field: 'azureDisk',
    type: 'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
    rows: [
      ['DiskName:', 'diskName', ''],
      ['DiskURI:', 'diskURI', ''],
      ['Kind: ', 'kind', 'Shared'],
      ['FSType:', 'fsType', 'ext4'],
      ['CachingMode:', 'cachingMode', 'ReadWrite'],
      READ_ONLY,
    ],
  },
  {
    field: 'vsphereVolume',
    type: 'vSphereVolume (a Persistent Disk resource in vSphere)',
    rows: [['VolumePath:', 'volumePath', ''], FS_TYPE, ['StoragePolicyName:', 'storagePolicyName', '']],
  },
  {
    field: 'cinder',
    type: 'Cinder (a Persistent Disk resource in OpenStack)',
    rows: [['VolumeID:', 'volumeID', ''], FS_TYPE, READ_ONLY, SECRET_REF],
  },
  {
    field: 'photonPersistentDisk',
    type: 'PhotonPersistentDisk (a Persistent Disk resource in photon platform)',
    rows: [['PdID:', 'pdID', ''], FS_TYPE],
  },
  {
    field: 'portworxVolume',
    type: 'PortworxVolume (a Portworx Volume resource)',
    rows: [['VolumeID:', 'volumeID', '']],
  },
  {
    field: 'scaleIO',
    type: 'ScaleIO (a persistent volume backed by a block device in ScaleIO)',
    rows: [
      ['Gateway:', 'gateway', ''],
      ['System:', 'system', ''],
      ['Protection Domain:', 'protectionDomain', ''],
      ['Storage Pool:', 'storagePool', ''],
      ['Storage Mode:', 'storageMode', ''],
      ['VolumeName:', 'volumeName', ''],
      FS_TYPE,
      READ_ONLY,
    ],
  },
  {
    field: 'cephfs',
    type: "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
    rows: [
      ['Monitors:', 'monitors', '[]'],
      ['Path:', 'path', ''],
      ['User:', 'user', ''],
      ['SecretFile:', 'secretFile', ''],
      SECRET_REF,
      READ_ONLY,
    ],
  },
  {
    field: 'storageos',
    type: 'StorageOS (a StorageOS Persistent Disk resource)',
    rows: [['VolumeName:', 'volumeName', ''], ['VolumeNamespace:', 'volumeNamespace', ''], FS_TYPE, READ_ONLY],
  },
  {
    field: 'fc',
    type: 'FC (a Fibre Channel disk)',
    rows: [['TargetWWNs:', 'targetWWNs', ''], ['LUN:', 'lun', '<none>'], FS_TYPE, READ_ONLY],
  },
  {
    field: 'azureFile',
    type: 'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
    rows: [['SecretName:', 'secretName', ''], ['ShareName:', 'shareName', ''], READ_ONLY],
  },
  {
    field: 'flexVolume',
    type: 'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
    rows: [['Driver:', 'driver', ''], FS_TYPE, SECRET_REF, READ_ONLY, ['Options:', 'options', 'map[]']],
  },
  {
    field: 'flocker',
    type: 'Flocker (a Flocker volume mounted by the Flocker agent)',
    rows: [
      ['DatasetName:', 'datasetName', ''],
      ['DatasetUUID:', 'datasetUUID', ''],
    ],
  },
  {
    field: 'projected',
    type: 'Projected (a volume that contains injected data from multiple sources)',
    rows: [],
  },
  {
    field: 'csi',
    type: 'CSI (a Container Storage Interface (CSI) volume source)',
    rows: [['Driver:', 'driver', ''], FS_TYPE, READ_ONLY],
  },
  {
    field: 'image',
    type: 'Image (a container image or OCI artifact)',
    rows: [
      ['Reference:', 'reference', ''],
      ['PullPolicy:', 'pullPolicy', ''],
    ],
    since: 32,
  },
];
