import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Script } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BIN } from '../support/wirelink.js';

interface Starter {
  readonly compile: () => Script;
  readonly cache: string;
  readonly OLDEST_NODE: readonly number[];
}

const starter = createRequire(import.meta.url)(BIN) as Starter;
const root = dirname(dirname(BIN));
const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  engines: { node: string };
};

let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'wirelink-test-'));
  cpSync(join(root, 'bin'), join(copy, 'bin'), { recursive: true });
});

afterEach(() => {
  rmSync(copy, { recursive: true });
});

function start(args: readonly string[], node: readonly string[] = []) {
  try {
    const command = [...node, join(copy, 'bin', 'wirelink.js'), ...args];
    return {
      status: 0,
      stdout: execFileSync(process.execPath, command, { encoding: 'utf8', stdio: 'pipe' }),
      stderr: '',
    };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { status, stdout, stderr };
  }
}

const withDist = (): void => {
  cpSync(join(root, 'dist', 'wirelink.cjs'), join(copy, 'dist', 'wirelink.cjs'));
};

describe('the executable', () => {
  it('says what to do where it is not built', () => {
    const help = `Build it, in ${copy}, with: npm ci && npm run build`;
    expect(start(['peers'])).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining(help) as string });
    expect(JSON.parse(start(['peers', '--json']).stdout)).toMatchObject({ error: { code: 'not-built', help } });
  });

  it('says what to do on a Node that is too old, before it reads anything else', () => {
    const preload = join(copy, 'old.cjs');
    writeFileSync(preload, "Object.defineProperty(process.versions, 'node', { value: '20.18.3' });");
    const { status, stderr } = start(['peers'], ['--require', preload]);
    expect(status).toBe(1);
    expect(stderr).toContain('wirelink needs Node.js 20.19 or newer');
  });

  it('wants the Node that package.json promises', () => {
    expect(packageJson.engines.node).toBe(`>=${starter.OLDEST_NODE.join('.')}`);
  });

  it('uses the code that the build compiled ahead', () => {
    expect(starter.compile().cachedDataRejected).toBe(false);
  });

  it('does without it, and with one that is broken', () => {
    withDist();
    expect(start(['--version'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^wirelink \d/) as string });
    writeFileSync(join(copy, 'dist', basename(starter.cache)), 'broken');
    expect(start(['--version'])).toMatchObject({ status: 0 });
  });

  it('does without the one that another Node compiled, and says nothing of it', () => {
    withDist();
    cpSync(starter.cache, join(copy, 'dist', basename(starter.cache)));
    const preload = join(copy, 'other.cjs');
    writeFileSync(preload, "Object.defineProperty(process, 'version', { value: 'v99.0.0' });");
    const other = start(['peers', '--help'], ['--require', preload]);
    expect(other).toMatchObject({ status: 0, stderr: '' });
    expect(other.stdout).toBe(start(['peers', '--help']).stdout);
  });

  it('does without one of its own name that V8 does not take', () => {
    withDist();
    const cache = readFileSync(starter.cache);
    // In the first bytes of its cache V8 writes down which V8 it is.
    const foreign = Buffer.concat([Buffer.from(cache.subarray(0, 16)).map((byte) => byte ^ 0xff), cache.subarray(16)]);
    writeFileSync(join(copy, 'dist', basename(starter.cache)), foreign);
    expect(start(['--version'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^wirelink \d/) as string });
    const loaded = createRequire(import.meta.url)(join(copy, 'bin', 'wirelink.js')) as Starter;
    expect(loaded.compile().cachedDataRejected).toBe(true);
  });

  it('is a bundle of pure ASCII, as which it is read', () => {
    expect(readFileSync(join(root, 'dist', 'wirelink.cjs')).every((byte) => byte < 0x80)).toBe(true);
  });

  it('comes with the licence of each package that it includes', () => {
    const text = readFileSync(join(root, 'dist', 'LICENSES.txt'), 'utf8');
    const names = importedPackages();
    expect(names).toContain('@oclif/core');
    for (const name of names) {
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(\\S+\\)\n\n.*`, 'm'));
    }
    expect(text.match(/Permission is hereby granted/g)?.length).toBeGreaterThan(20);
  });
});

/** The packages whose names stand in imports of the sources; what these import in turn is in the text as well. */
function importedPackages(): readonly string[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const found = files.flatMap((file) =>
    [
      ...readFileSync(join(root, 'src', file), 'utf8').matchAll(
        /(?:from |import\()'((?:@[^/']+\/)?[a-z][^/':]*)(?:\/[^']*)?'/g,
      ),
    ].map(([, name = '']) => name),
  );
  return [...new Set(found)];
}
