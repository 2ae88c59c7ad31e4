/** The command as users get it: the bundle, in a process of its own, in a folder of its own. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const BUNDLE = join(ROOT, 'packages/cli/dist/everynode.cjs');

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Builds the bundle from the sources as they are now. */
export function buildCli(): void {
  execFileSync(process.execPath, [join(ROOT, 'packages/cli/dev.mjs'), '--build']);
}

/** A folder that is gone after the tests. */
export class Sandbox {
  readonly path: string = mkdtempSync(join(tmpdir(), 'everynode-'));

  write(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  run(...args: string[]): CliResult {
    const { status, stdout, stderr } = spawnSync(process.execPath, [BUNDLE, ...args], {
      cwd: this.path,
      encoding: 'utf8',
      env: plainEnvironment(),
      maxBuffer: 1 << 28,
    });
    return { code: status, stdout, stderr };
  }

  start(...args: string[]): ChildProcess {
    return spawn(process.execPath, [BUNDLE, ...args], {
      cwd: this.path,
      env: plainEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function plainEnvironment(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _colour, EVERYNODE_DEBUG: _debug, ...environment } = process.env;
  return { ...environment, NO_COLOR: '1', CI: 'true' };
}

export const AGENT = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      tolerations: [{ operator: Exists }]
      containers: [{ name: agent, image: "example/agent:v1" }]
`;

/** Three nodes, a crash of one at 3 min for 5 min; what is expected is appended. */
export function scenarioWith(expect: string, changes: readonly (readonly [string, string])[] = []): string {
  const text = `apiVersion: everynode.dev/v1alpha1
kind: Scenario
metadata: { name: small, labels: { tier: test } }
spec:
  seed: 3
  duration: 12m
  cluster: { nodePools: [{ name: worker, count: 3 }] }
  manifests: [{ path: ./agent.yaml }]
  timeline:
    - { id: crash, at: 4m, fault: { type: NodeCrash, for: 5m, targets: { nodes: { names: [worker-1] } } } }
  expect:
${expect}`;
  return changes.reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`the scenario has no ${from}`);
    return result.replace(from, to);
  }, text);
}

export const HOLDS =
  '    final: [{ id: all-three, invariant: daemonset-available, with: { daemonSet: default/agent, eq: 3 } }]\n';
export const BREAKS =
  '    always: [{ id: all-three, invariant: daemonset-available, with: { daemonSet: default/agent, eq: 3 } }]\n';
export const REGRESSES =
  '    thresholds: [{ id: gap, metric: daemonset_node_uncovered_seconds, labels: { daemonSet: default/agent }, stat: max, lte: 1 }]\n';
