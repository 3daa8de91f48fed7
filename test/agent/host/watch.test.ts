import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirelink-test-'));
});
afterEach(() => {
  const holder = join(folder, 'holder');
  if (existsSync(holder)) process.kill(Number(readFileSync(holder, 'utf8')));
  rmSync(folder, { recursive: true });
});

describe('watching the machine', () => {
  it('lets the process end while something else still holds the output of the tool', async () => {
    // An `ip` that leaves a process behind, which has its output open.
    const tool = join(folder, 'ip');
    writeFileSync(tool, `#!/bin/sh\nsleep 600 &\necho $! > ${folder}/holder\necho changed\nexec sleep 600\n`);
    chmodSync(tool, 0o755);
    const program = `
      import { watchMachine } from '${new URL('../../../src/agent/host/watch.ts', import.meta.url).href}';
      const stop = watchMachine(() => stop());`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
      stdio: 'ignore',
    });
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
