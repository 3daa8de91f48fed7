import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/index.js';
import { fakeAgent } from '../support/fake-agent.js';
import { aHub, aSelf, aSpoke } from '../support/views.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = ['wirelink.1', ...Object.keys(COMMANDS).map((name) => `wirelink-${name}.1`)].sort();

let folder: string;
let tarball: string;

const npm = (...args: readonly string[]): string =>
  execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirelink-test-'));
  // Scripts would build what is built already, under the feet of the other tests.
  const [packed] = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', folder)) as [
    { filename: string },
  ];
  tarball = join(folder, packed.filename);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the package for npm', () => {
  it('has what runs, the unit and the man pages, and nothing else', () => {
    const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
    const cache = readdirSync(join(ROOT, 'dist')).filter((name) => name.endsWith('.cache'));
    expect(files.map((path) => path.replace('package/', '')).sort()).toEqual(
      [
        'LICENSE',
        'README.md',
        'bin/package.json',
        'bin/wirelink.js',
        'dist/LICENSES.txt',
        ...cache.map((name) => `dist/${name}`),
        ...PAGES.map((name) => `dist/man/${name}`),
        'dist/wirelink.cjs',
        'package.json',
        'packaging/systemd/wirelink@.service',
      ].sort(),
    );
  });

  it('needs no other package: all is in the bundle', () => {
    const text = readFileSync(join(ROOT, 'dist/wirelink.cjs'), 'utf8');
    const required = [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = '']) => name.replace(/^node:/, ''));
    // oclif asks for these only where it runs sources in TypeScript.
    const never = ['typescript', 'ts-node', 'tsx'];
    const others = required.filter(
      (name) => !builtinModules.includes(name) && !never.includes(name.replace(/\/.*/, '')),
    );
    expect(others).toEqual([]);
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies?: object };
    expect(dependencies).toBeUndefined();
  });

  it('is installed into an empty prefix without a network, runs there, and is gone when it is removed', async () => {
    const prefix = join(folder, 'prefix');
    npm('install', '--global', '--offline', '--prefix', prefix, tarball);
    expect(readdirSync(join(prefix, 'lib/node_modules'))).toEqual(['wirelink']);
    expect(existsSync(join(prefix, 'lib/node_modules/wirelink/node_modules'))).toBe(false);
    expect(readdirSync(join(prefix, 'share/man/man1')).sort()).toEqual(PAGES);
    const agent = await fakeAgent({ peers: () => ({ self: aSelf(), peers: [aHub(), aSpoke()] }) });
    const { shell } = await import('../support/wirelink.js');
    // From elsewhere, where nothing of the clone is found by accident.
    const run = (line: string) =>
      shell(`cd / && ${join(prefix, 'bin/wirelink')} ${line}`, { WIRELINK_RUN_DIR: agent.directory });
    expect(await run('--version')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^wirelink \d/) as string,
    });
    for (const name of Object.keys(COMMANDS))
      expect(await run(`${name} --help`)).toMatchObject({ status: 0, stderr: '' });
    expect((await run('peers')).stdout).toMatch(/^laptop +relayed via hub/m);
    expect(JSON.parse((await run('peers --json')).stdout)).toMatchObject({ interface: 'wg0' });
    expect(await run('up no-such0 --check')).toMatchObject({ status: 0, stderr: '' });
    expect(await run('up no-such0 --json')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('"code"') as string,
    });
    await agent.close();
    npm('uninstall', '--global', '--prefix', prefix, 'wirelink');
    expect(existsSync(join(prefix, 'bin/wirelink'))).toBe(false);
    expect(readdirSync(join(prefix, 'lib/node_modules')).filter((name) => !name.startsWith('.'))).toEqual([]);
  }, 120_000);

  it('tells npm of every man page', () => {
    const { man } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { man: readonly string[] };
    expect(man.map((path) => basename(path)).sort()).toEqual(PAGES);
  });

  it('is called after its version', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(basename(tarball)).toBe(`wirelink-${version}.tgz`);
  });
});
