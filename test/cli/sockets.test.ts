import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openAgent } from '../../src/cli/sockets.js';
import { fakeAgent, type FakeAgent } from '../support/fake-agent.js';

let directory: string;
const agents: FakeAgent[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wirelink-test-'));
  vi.stubEnv('WIRELINK_RUN_DIR', directory);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(agents.splice(0).map((agent) => agent.close()));
  await rm(directory, { recursive: true, force: true });
});

async function start(interfaceName: string): Promise<void> {
  agents.push(await fakeAgent({}, interfaceName, directory));
}

const leftover = (interfaceName: string): Promise<void> => writeFile(join(directory, `${interfaceName}.sock`), '');

async function chosen(interfaceName?: string): Promise<string> {
  const client = await openAgent(interfaceName);
  client.close();
  return client.interfaceName;
}

describe('the agent a command talks to', () => {
  it('is the only one that runs', async () => {
    await start('wg7');
    expect(await chosen()).toBe('wg7');
  });

  it('is the only live one among leftover sockets', async () => {
    await start('wg1');
    await leftover('wg0');
    await leftover('wg2');
    expect(await chosen()).toBe('wg1');
  });

  it('has to be named where several run, and they are listed', async () => {
    await start('wg1');
    await start('wg0');
    await leftover('wg2');
    await expect(openAgent(undefined)).rejects.toMatchObject({
      code: 'several-agents',
      exit: 2,
      message: expect.stringContaining('wg0, wg1.') as string,
    });
    expect(await chosen('wg1')).toBe('wg1');
  });

  it('is missed without a name when none runs, whatever lies there', async () => {
    await expect(openAgent(undefined)).rejects.toMatchObject({
      code: 'no-agent',
      message: 'No wirelink agent runs here.',
    });
    await leftover('wg0');
    await expect(openAgent(undefined)).rejects.toMatchObject({
      code: 'no-agent',
      message: 'No wirelink agent runs here.',
    });
    await leftover('wg1');
    await expect(openAgent(undefined)).rejects.toMatchObject({
      code: 'no-agent',
      message: 'No wirelink agent runs here.',
    });
  });

  it('is missed by the name that was given', async () => {
    await start('wg0');
    await expect(openAgent('wg1')).rejects.toMatchObject({
      code: 'no-agent',
      message: expect.stringContaining('wg1') as string,
    });
  });

  it('is not looked for in the journals and other files of agents', async () => {
    await writeFile(join(directory, 'wg0.journal'), '');
    await mkdir(join(directory, 'wg0.lock'));
    await expect(openAgent(undefined)).rejects.toMatchObject({ code: 'no-agent' });
  });
});
