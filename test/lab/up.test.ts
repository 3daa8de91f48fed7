import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { linkLocal } from '../../src/core/values/key.js';
import { describeLab } from '../support/capability.js';
import { TestNamespace, type TestInterface } from '../support/namespace.js';
import { BIN } from '../support/wirelink.js';

describeLab('wirelink up on an interface', () => {
  let namespace: TestNamespace;
  let own: TestInterface;
  let runDir: string;

  beforeEach(() => {
    namespace = new TestNamespace();
    own = namespace.wireguard();
    runDir = mkdtempSync(join(tmpdir(), 'wirelink-lab-'));
  });
  afterEach(() => {
    namespace.close();
    rmSync(runDir, { recursive: true });
  });

  function up(...args: readonly string[]) {
    const child = spawn('ip', ['netns', 'exec', namespace.name, process.execPath, BIN, 'up', own.name, ...args], {
      env: { ...process.env, WIRELINK_RUN_DIR: runDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
    const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, ...texts }));
    return { child, ended };
  }

  it('prints with --json one document, as soon as it is ready', async () => {
    const { child, ended } = up('--json');
    const lines = createInterface(child.stdout);
    for await (const line of lines) if (line === '}') break;
    child.kill('SIGTERM');
    const { status, stdout } = await ended;
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ready: true,
      interface: own.name,
      linkLocal: linkLocal(own.publicKey),
      port: 51821,
      peers: 0,
    });
  });

  it('prints with --json an error after it to stderr: a second document would be one too many', async () => {
    const { child, ended } = up('--json');
    const lines = createInterface(child.stdout);
    for await (const line of lines) if (line === '}') break;
    namespace.ip('link', 'del', own.name);
    const { status, stdout, stderr } = await ended;
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ready: true });
    expect(stderr).toContain(`wirelink: The interface ${own.name} was deleted while its agent ran.`);
  });

  it('shows with --dry-run what a start would change, and changes nothing', async () => {
    const hub = namespace.wireguard();
    namespace.wg('set', own.name, 'peer', hub.publicKey, 'allowed-ips', '10.9.0.0/24', 'endpoint', '192.0.2.1:51820');
    const before = [namespace.wg('show', own.name, 'dump'), namespace.ip('-6', 'address', 'show', 'dev', own.name)];
    const text = await up('--dry-run').ended;
    expect(text).toMatchObject({ status: 0, stderr: '' });
    expect(text.stdout).toContain(`${own.name}: a start would\n`);
    expect(text.stdout).toContain(`address ${linkLocal(own.publicKey)}/64`);
    const { stdout } = await up('--dry-run', '--json').ended;
    expect(JSON.parse(stdout)).toMatchObject({
      addsLinkLocal: true,
      running: false,
      changes: [{ publicKey: hub.publicKey, what: 'change', adds: [`${linkLocal(hub.publicKey)}/128`] }],
    });
    const after = [namespace.wg('show', own.name, 'dump'), namespace.ip('-6', 'address', 'show', 'dev', own.name)];
    expect(after).toEqual(before);
    expect(readdirSync(runDir)).toEqual([]);
  });

  it('tells with --restore what it did, as text or as a document', async () => {
    expect(await up('--restore').ended).toMatchObject({ status: 0, stdout: `${own.name}: nothing to undo.\n` });
    const { stdout } = await up('--restore', '--json').ended;
    expect(JSON.parse(stdout)).toEqual({ interface: own.name, outcome: 'nothing-to-do', warnings: [] });
  });
});
