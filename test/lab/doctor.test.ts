import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DoctorView } from '../../src/core/views.js';
import { describeLab } from '../support/capability.js';
import { fakeAgent, type FakeAgent } from '../support/fake-agent.js';
import { connect, TestNamespace, type TestInterface } from '../support/namespace.js';
import { aHub, aSelf } from '../support/views.js';
import { BIN } from '../support/wirelink.js';

describeLab('wirelink doctor', () => {
  let namespace: TestNamespace;
  let other: TestNamespace;
  let own: TestInterface;
  let hub: TestInterface;
  let runDir: string;
  let agent: FakeAgent | undefined;

  /** A spoke whose hub is at the other end of a cable. */
  beforeEach(() => {
    namespace = new TestNamespace();
    other = new TestNamespace();
    connect(namespace, '192.0.2.1', other, '192.0.2.2');
    own = namespace.wireguard();
    hub = other.wireguard();
    namespace.ip('address', 'add', '10.9.0.2/24', 'dev', own.name);
    namespace.wg('set', own.name, 'peer', hub.publicKey, 'allowed-ips', '10.9.0.0/24', 'endpoint', '192.0.2.2:51820');
    runDir = mkdtempSync(join(tmpdir(), 'wirelink-lab-'));
  });
  afterEach(async () => {
    await agent?.close();
    agent = undefined;
    namespace.close();
    other.close();
    rmSync(runDir, { recursive: true, force: true });
  });

  /** Its status is an answer. */
  async function doctor(...args: readonly string[]) {
    const command = ['netns', 'exec', namespace.name, process.execPath, BIN, 'doctor', ...args];
    const { exitCode, stdout, stderr } = await execa('ip', command, {
      reject: false,
      env: { WIRELINK_RUN_DIR: runDir },
    });
    return { status: exitCode, stdout, stderr };
  }

  const outcomes = (stdout: string): Readonly<Record<string, string>> =>
    Object.fromEntries((JSON.parse(stdout) as DoctorView).checks.map(({ check, outcome }) => [check, outcome]));

  it('says that no agent runs, how to start one, and looks at the rest all the same', async () => {
    namespace.ip('link', 'set', 'eth0', 'mtu', '1400');
    const { status, stdout, stderr } = await doctor('--interface', own.name);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toMatch(
      new RegExp(`^WRONG +agent +No agent runs for ${own.name}\\.\\n +run: wirelink up ${own.name}$`, 'm'),
    );
    expect(stdout).toMatch(new RegExp(`^ +run: ip link set ${own.name} mtu 1340$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^${own.name}: 2 things are wrong\\.$`, 'm'));
  });

  it('judges by what the agent knows, where one runs, and by the rules of the firewall', async () => {
    namespace.exec('nft', 'add', 'table', 'inet', 'f');
    const chain = '{ type filter hook input priority 0; policy drop; }';
    namespace.exec('nft', 'add', 'chain', 'inet', 'f', 'input', chain);
    const self = aSelf({ publicKey: own.publicKey, routers: [hub.publicKey] });
    const peers = [aHub({ publicKey: hub.publicKey, agent: false })];
    agent = await fakeAgent({ peers: () => ({ self, peers }) }, own.name, runDir);
    const { status, stdout } = await doctor('--json');
    expect(status).toBe(1);
    expect(outcomes(stdout)).toMatchObject({
      agent: 'ok',
      'hub-agent': 'wrong',
      firewall: 'hint',
      mtu: 'ok',
      keepalive: 'wrong',
    });
  });
});
