import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wirelink } from '../support/wirelink.js';

describe('wirelink up', () => {
  it.each([
    [[], 'Which interface?'],
    [['wg0', '--interface', 'wg1'], 'Two interfaces are named: wg0 and wg1.'],
    [['a name'], '"a name" is no name of an interface.'],
    [['sixteen-letters-'], '"sixteen-letters-" is no name of an interface.'],
    [['wg0', '--port', '0'], '--port takes a whole number from 1 to 65535, not "0".'],
    [['wg0', '--port', '65536'], '--port takes a whole number from 1 to 65535, not "65536".'],
    [['wg0', '--port', 'x'], '--port takes a whole number from 1 to 65535, not "x".'],
    [['wg0', '--connect', 'sometimes'], 'Expected --connect=sometimes to be one of: auto, manual.'],
  ] as const)('refuses %j: %s', async (args, message) => {
    const text = await wirelink(['up', ...args]);
    expect(text).toMatchObject({ status: 2, stdout: '' });
    expect(text.stderr).toContain(`wirelink: ${message}\n`);
    const json = await wirelink(['up', ...args, '--json']);
    expect(json.status).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'usage', message } });
  });

  it.each(['--port=51821', '--connect=auto', '--config=x.yaml', '--check', '--dry-run'])(
    'refuses %s beside --restore',
    async (flag) => {
      expect(await wirelink(['up', 'wg0', '--restore', flag])).toMatchObject({ status: 2 });
    },
  );
});

describe('wirelink up --check', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wirelink-check-'));
    file = join(folder, 'wg0.yaml');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('says that a file is fine, without an interface of that name', async () => {
    writeFileSync(file, 'port: 4000\n');
    const args = ['up', 'no-such0', '--check', '--config', file];
    expect(await wirelink(args)).toEqual({ status: 0, stdout: `${file}: no mistakes.\n`, stderr: '' });
    expect(JSON.parse((await wirelink([...args, '--json'])).stdout)).toEqual({ file, found: true });
  });

  it('says that none is needed where there is none', async () => {
    const text = '/etc/wirelink/no-such0.yaml: there is no such file, and none is needed.\n';
    expect(await wirelink(['up', 'no-such0', '--check'])).toEqual({ status: 0, stdout: text, stderr: '' });
  });

  it('tells each mistake with its place, as a start does before it looks for the interface', async () => {
    writeFileSync(file, 'port: 0\nprot: 1\n');
    for (const more of [['--check'], []]) {
      const { status, stderr } = await wirelink(['up', 'no-such0', '--config', file, ...more]);
      expect(status).toBe(1);
      expect(stderr).toContain(`${file}:1:7: expected a UDP port`);
      expect(stderr).toContain(`${file}:2:1: unknown key "prot", perhaps "port"`);
    }
  });
});
