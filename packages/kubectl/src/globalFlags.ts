/** What a flag is, and those that every command of kubectl knows: most tell how to reach a server, and change nothing here. */

/** One flag that a command knows. */
export interface Flag {
  readonly name: string;
  readonly shorthand?: string;
  /** `strings` is a list, comma separated and repeatable; of every other type the last one counts. */
  readonly type: 'string' | 'bool' | 'int' | 'duration' | 'strings';
  /** The value where none is written; without it the flag takes one. A bool has `true`. */
  readonly bare?: string;
}

export const GLOBAL_FLAGS: readonly Flag[] = [
  { name: 'namespace', shorthand: 'n', type: 'string' },
  { name: 'as', type: 'string' },
  { name: 'as-group', type: 'strings' },
  { name: 'as-uid', type: 'string' },
  { name: 'as-user-extra', type: 'strings' },
  { name: 'cache-dir', type: 'string' },
  { name: 'certificate-authority', type: 'string' },
  { name: 'client-certificate', type: 'string' },
  { name: 'client-key', type: 'string' },
  { name: 'cluster', type: 'string' },
  { name: 'context', type: 'string' },
  { name: 'disable-compression', type: 'bool' },
  { name: 'insecure-skip-tls-verify', type: 'bool' },
  { name: 'kubeconfig', type: 'string' },
  { name: 'kuberc', type: 'string' },
  { name: 'log-flush-frequency', type: 'duration' },
  { name: 'match-server-version', type: 'bool' },
  { name: 'password', type: 'string' },
  { name: 'profile', type: 'string' },
  { name: 'profile-output', type: 'string' },
  { name: 'request-timeout', type: 'string' },
  { name: 'server', shorthand: 's', type: 'string' },
  { name: 'tls-server-name', type: 'string' },
  { name: 'token', type: 'string' },
  { name: 'user', type: 'string' },
  { name: 'username', type: 'string' },
  { name: 'v', shorthand: 'v', type: 'int' },
  { name: 'vmodule', type: 'string' },
  { name: 'warnings-as-errors', type: 'bool' },
];
