/**
 * The Debian package, installed by dpkg into an empty root, upgraded, removed and purged. Its scripts run without a chroot
 * (they get DPKG_ROOT), so nothing here talks to a systemd; what one would be told is looked at in the unit.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/index.js';
import { buildDeb, DebianRoot } from '../support/debian.js';

const isPossible = process.getuid?.() === 0 && spawnSync('dpkg-deb', ['--version']).error === undefined;
if (!isPossible) console.warn('!!! no root, or no dpkg here: THE DEBIAN PACKAGE IS NOT TRIED.');

const UNIT = fileURLToPath(new URL('../../packaging/systemd/wirelink@.service', import.meta.url));
const NAMES = Object.keys(COMMANDS);

describe.skipIf(!isPossible && process.env['WIRELINK_LAB'] !== 'required')('the Debian package', () => {
  let folder: string;
  let first: string;
  let second: string;
  let root: DebianRoot;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wirelink-test-'));
    first = buildDeb(folder, '1');
    second = buildDeb(folder, '2');
  });

  beforeEach(() => {
    root = new DebianRoot(mkdtempSync(join(folder, 'root-')));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('installs the program, its unit, its man pages and what completes it in three shells', () => {
    root.install(first);
    expect(execFileSync(root.path('usr/bin/wirelink'), ['--version'], { cwd: '/', encoding: 'utf8' })).toMatch(
      /^wirelink \d/,
    );
    const before = readFileSync(UNIT, 'utf8');
    expect(root.read('usr/lib/systemd/system/wirelink@.service')).toBe(
      before.replaceAll('/usr/local/bin/', '/usr/bin/'),
    );
    const pages = ['wirelink', ...NAMES.map((name) => `wirelink-${name}`)].map((name) => `${name}.1.gz`);
    expect(readdirSync(root.path('usr/share/man/man1')).sort()).toEqual(pages.sort());
    expect(root.read('usr/share/bash-completion/completions/wirelink')).toContain('complete -F _wirelink wirelink');
    expect(root.read('usr/share/zsh/vendor-completions/_wirelink')).toMatch(/^#compdef wirelink\n/);
    expect(root.read('usr/share/fish/vendor_completions.d/wirelink.fish')).toContain('complete -c wirelink');
    expect(root.read('usr/share/doc/wirelink/copyright')).toContain('@oclif/core');
  });

  it('compiles ahead for the Node of the machine', () => {
    root.install(first);
    const caches = readdirSync(root.path('usr/share/wirelink/dist')).filter((name) => name.endsWith('.cache'));
    expect(caches).toEqual([`wirelink-${process.version}-${process.arch}.cache`]);
  });

  it('wants a Node that is new enough, and the two tools', () => {
    const lacking = new DebianRoot(mkdtempSync(join(folder, 'root-')), { nodejs: '18.20.4', iproute2: '6.1.0' });
    expect(lacking.refusal(first)).toMatch(/depends on nodejs \(>= 20\.19\)[^]*depends on wireguard-tools/);
  });

  it('names as its maintainer who builds it, as Debian’s own tools do', () => {
    const named = { DEBFULLNAME: 'Ada Example', DEBEMAIL: 'ada@example.org' };
    const other = buildDeb(mkdtempSync(join(folder, 'named-')), '1', named);
    const control = execFileSync('dpkg-deb', ['--field', other, 'Maintainer'], { encoding: 'utf8' });
    expect(control).toBe('Ada Example <ada@example.org>\n');
  });

  it('is upgraded with what the administrator wrote left as it is', () => {
    root.install(first);
    writeFileSync(root.path('etc/wirelink/wg0.yaml'), 'port: 4000\n');
    root.install(second);
    expect(root.status()).toMatch(/^install ok installed .*-2$/);
    expect(root.read('etc/wirelink/wg0.yaml')).toBe('port: 4000\n');
    expect(execFileSync(root.path('usr/bin/wirelink'), ['--version'], { encoding: 'utf8' })).toMatch(/^wirelink \d/);
  });

  it('is removed without a trace but the configuration, and purged with that', () => {
    expect(root.files()).toEqual([]);
    root.install(first);
    writeFileSync(root.path('etc/wirelink/wg0.yaml'), 'port: 4000\n');
    root.dpkg('--remove', 'wirelink');
    expect(root.files()).toEqual(['etc', 'etc/wirelink', 'etc/wirelink/wg0.yaml']);
    root.dpkg('--purge', 'wirelink');
    expect(root.files().filter((path) => path !== 'etc')).toEqual([]);
  });

  it('is the same, byte for byte, when it is built again from the same sources with the same time', () => {
    const again = buildDeb(mkdtempSync(join(folder, 'again-')), '1');
    expect(readFileSync(again).equals(readFileSync(first))).toBe(true);
  });
});
