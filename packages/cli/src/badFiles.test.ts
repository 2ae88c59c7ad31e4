import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, closeSync, ftruncateSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { AGENT, buildCli, HOLDS, Sandbox, scenarioWith } from './testing/builtCli.ts';

// Each command is a process of its own; on a busy machine one takes seconds.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const box = new Sandbox();
beforeAll(() => {
  buildCli();
  box.write('agent.yaml', AGENT);
  box.write('s.yaml', scenarioWith(HOLDS));
});
afterAll(() => box.remove());

/** A file of this size without its bytes. */
function sparseFile(name: string, bytes: number): void {
  const descriptor = openSync(join(box.path, name), 'w');
  ftruncateSync(descriptor, bytes);
  closeSync(descriptor);
}

describe('files that cannot be read end with 2, say where and why, and nothing is written', () => {
  const withManifest = (name: string): string => scenarioWith(HOLDS, [['./agent.yaml', `./${name}`]]);

  test('a scenario that does not exist, a folder, and a folder without scenarios', () => {
    expect(box.run('run', 'gone.yaml')).toMatchObject({
      code: 2,
      stderr: 'gone.yaml:1:1: scenario gone.yaml does not exist; write the path of a file\n',
    });
    mkdirSync(join(box.path, 'empty'));
    expect(box.run('run', 'empty')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/there is no scenario in empty/),
    });
  });

  test('a file of 200 MB is refused before it is read', () => {
    sparseFile('huge.yaml', 200_000_000);
    box.write('huge-manifest.yaml', withManifest('huge.yaml'));
    const startedAt = performance.now();
    expect(box.run('run', 'huge.yaml')).toMatchObject({
      code: 2,
      stderr: 'huge.yaml:1:1: scenario huge.yaml has 191 MiB; write a file of at most 1 MiB\n',
    });
    expect(box.run('run', 'huge-manifest.yaml')).toMatchObject({
      code: 2,
      stderr: 'huge-manifest.yaml:8:23: manifest huge.yaml has 191 MiB; write a file of at most 20 MiB\n',
    });
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });

  test('a manifest that is not UTF-8 is told with the place of the byte', () => {
    box.write(
      'latin.yaml',
      Buffer.concat([Buffer.from('# eins\n# gr\u{FC}n'.normalize(), 'latin1'), Buffer.from(`\n${AGENT}`)]),
    );
    box.write('latin-manifest.yaml', withManifest('latin.yaml'));
    expect(box.run('run', 'latin-manifest.yaml')).toMatchObject({
      code: 2,
      stderr: 'latin.yaml:2:5: the manifest is not UTF-8 here; save it as UTF-8\n',
    });
  });

  test('a manifest that is missing, or is a folder, is told where the scenario names it', () => {
    box.write('missing-manifest.yaml', withManifest('gone.yaml'));
    expect(box.run('validate', 'missing-manifest.yaml')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^missing-manifest\.yaml:8:23: manifest gone\.yaml does not exist/),
    });
    mkdirSync(join(box.path, 'folder.yaml'));
    box.write('folder-manifest.yaml', withManifest('folder.yaml'));
    expect(box.run('validate', 'folder-manifest.yaml')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^folder-manifest\.yaml:8:23: manifest folder\.yaml is a folder/),
    });
  });

  test('none of it has left a folder of reports', () => {
    expect(existsSync(join(box.path, 'reports'))).toBe(false);
  });
});

describe('places that cannot be written to end with 2', () => {
  test('a folder under a file', () => {
    box.write('file', '');
    const { code, stderr, stdout } = box.run('run', 's.yaml', '--out', 'file/out');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/cannot write file\/out: not a directory; write --out with another folder/);
  });

  test.skipIf(!existsSync('/proc/self'))(
    'a folder below /proc, where making one never comes to an end by itself',
    () => {
      const { code, stderr } = box.run('run', 's.yaml', '--out', '/proc/nowhere/out');
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(/cannot write \/proc\/nowhere\/out: no such file/),
      });
    },
  );

  // A disk of 64 KiB: enough for the plan, not for the trace. Needs the right to mount.
  test.skipIf(!canMount())('a full disk leaves whole files or none', () => {
    const disk = join(box.path, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    try {
      const { code, stderr } = box.run('run', 's.yaml', '--out', 'disk/out', '--trace', 'full');
      expect(code).toBe(2);
      expect(stderr).toMatch(/cannot write disk\/out\/(trace\.ndjson|report\.html): no space left on device/);
      expect(readdirSync(join(disk, 'out')).filter((name) => name.includes('tmp'))).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

function canMount(): boolean {
  const probe = join(box.path, 'probe');
  try {
    mkdirSync(probe);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe], { stdio: 'ignore' });
    execFileSync('umount', [probe]);
    return true;
  } catch {
    return false;
  }
}
