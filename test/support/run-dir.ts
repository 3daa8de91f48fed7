/** A directory of its own for the agent's files, for each test of the file that calls this. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';

export function useRunDir(): { readonly path: string } {
  const current = { path: '' };
  beforeEach(() => {
    current.path = mkdtempSync(join(tmpdir(), 'wirelink-test-'));
    vi.stubEnv('WIRELINK_RUN_DIR', current.path);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(current.path, { recursive: true, force: true });
  });
  return current;
}
