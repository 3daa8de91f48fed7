/** Both ways to a WireGuard interface, on the same real one; judged by what `wg` shows. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDevice } from '../../../src/agent/device/index.js';
import { socketDevice } from '../../../src/agent/device/socket.js';
import { toolDevice } from '../../../src/agent/device/tool.js';
import { systemClock } from '../../../src/agent/clock.js';
import { describeLab } from '../../support/capability.js';
import { endpoint, prefix } from '../../support/expected.js';
import { testKey } from '../../support/keys.js';
import { connect, TestNamespace, type TestInterface } from '../../support/namespace.js';
import { until } from '../../support/wait.js';

describeLab('a WireGuard interface', () => {
  let namespace: TestNamespace;
  let own: TestInterface;
  const [first, second] = [testKey(1), testKey(2)];
  const [hostA, hostB] = [prefix('10.9.0.3/32'), prefix('fe80::3/128')];

  beforeEach(() => {
    namespace = new TestNamespace();
    own = namespace.wireguard();
  });
  afterEach(() => {
    namespace.close();
  });

  const shown = (what: string): string => namespace.wg('show', own.name, what);

  describe.each([
    ['through its socket', socketDevice],
    ['through wg', toolDevice],
  ] as const)('%s', (_, open) => {
    it('reads as what was set', async () => {
      namespace.wg('set', own.name, 'listen-port', '51999', 'fwmark', '0x64');
      const allowedIps = 'fe80::3/128,10.9.0.3/32';
      namespace.wg('set', own.name, 'peer', second, 'allowed-ips', allowedIps, 'persistent-keepalive', '25');
      namespace.wg('set', own.name, 'peer', first, 'endpoint', '[2001:db8::1]:51820');
      const blank = { handshakeAt: undefined, rxBytes: 0, keepalive: 0 };
      expect(await open(own.name).read()).toMatchObject({
        publicKey: own.publicKey,
        listenPort: 51999,
        fwmark: 0x64,
        peers: [
          { ...blank, publicKey: first, endpoint: '[2001:db8::1]:51820', allowedIps: [] },
          { ...blank, publicKey: second, endpoint: undefined, allowedIps: [hostA, hostB], keepalive: 25 },
        ],
      });
    });

    it('takes a peer with all that is on it in one step, and removes it', async () => {
      const device = open(own.name);
      const allowedIps = [hostA, hostB];
      await device.apply({
        kind: 'set',
        publicKey: first,
        allowedIps,
        endpoint: endpoint('192.0.2.1:51820'),
        keepalive: 25,
      });
      expect(shown('endpoints')).toBe(`${first}\t192.0.2.1:51820`);
      expect(shown('persistent-keepalive')).toBe(`${first}\t25`);
      expect(shown('allowed-ips').split(/\s/).sort()).toEqual([first, hostA, hostB].sort());
      await device.apply({ kind: 'remove', publicKey: first });
      expect(shown('peers')).toBe('');
      await device.apply({ kind: 'remove', publicKey: first });
    });

    it('changes a peer that has to be there, and does not add one that its user has removed', async () => {
      const device = open(own.name);
      namespace.wg('set', own.name, 'peer', first, 'allowed-ips', hostA);
      for (const publicKey of [first, second]) {
        await device.apply({ kind: 'set', publicKey, existing: true, allowedIps: [hostA, hostB], keepalive: 25 });
      }
      expect(shown('peers')).toBe(first);
      expect(shown('allowed-ips').split(/\s/).sort()).toEqual([first, hostA, hostB].sort());
      expect(shown('persistent-keepalive')).toBe(`${first}\t25`);
    });

    it('replaces a list whole, clears it, and leaves alone what a step does not name', async () => {
      const device = open(own.name);
      const at = endpoint('192.0.2.1:51820');
      await device.apply({ kind: 'set', publicKey: first, allowedIps: [hostA, hostB], endpoint: at, keepalive: 25 });
      await device.apply({ kind: 'set', publicKey: first, allowedIps: [hostB] });
      expect(shown('allowed-ips')).toBe(`${first}\t${hostB}`);
      await device.apply({ kind: 'set', publicKey: first, keepalive: 0 });
      expect(shown('allowed-ips')).toBe(`${first}\t${hostB}`);
      await device.apply({ kind: 'set', publicKey: first, allowedIps: [] });
      expect(shown('allowed-ips')).toBe(`${first}\t(none)`);
      expect(shown('endpoints')).toBe(`${first}\t${at}`);
      expect(shown('persistent-keepalive')).toBe(`${first}\toff`);
    });

    it('moves a prefix from the peer that has it', async () => {
      const device = open(own.name);
      await device.apply({ kind: 'set', publicKey: first, allowedIps: [hostA, hostB] });
      await device.apply({ kind: 'set', publicKey: second, allowedIps: [hostA] });
      const { peers } = await device.read();
      expect(peers.map((peer) => peer.allowedIps)).toEqual([[hostB], [hostA]]);
    });

    it('tells a handshake once it was made, always at the same time', async () => {
      const far = new TestNamespace();
      try {
        connect(namespace, '192.0.2.1', far, '192.0.2.2');
        const other = far.wireguard();
        namespace.wg('set', own.name, 'listen-port', '51820', 'peer', other.publicKey);
        far.wg('set', other.name, 'peer', own.publicKey, 'endpoint', '192.0.2.1:51820', 'persistent-keepalive', '25');
        const device = open(own.name);
        const peer = await until('a handshake', async () =>
          (await device.read()).peers.find((one) => one.handshakeAt !== undefined && one.endpoint !== undefined),
        );
        expect(peer.endpoint).toMatch(/^192\.0\.2\.2:/);
        expect(peer.rxBytes).toBeGreaterThan(0);
        expect(systemClock.now() - (peer.handshakeAt ?? 0)).toBeLessThan(10_000);
        expect((await device.read()).peers[0]?.handshakeAt).toBe(peer.handshakeAt);
      } finally {
        far.close();
      }
    });

    it('is missing once it is gone', async () => {
      const device = open(own.name);
      await device.read();
      namespace.ip('link', 'del', own.name);
      await until('the end of the device', () => device.read().then(isNever, () => true));
      await expect(device.read()).rejects.toMatchObject({ code: 'interface-missing' });
      await expect(device.apply({ kind: 'remove', publicKey: first })).rejects.toMatchObject({
        code: 'interface-missing',
      });
    });

    it('without a private key is an error that says so', async () => {
      namespace.wg('set', own.name, 'private-key', namespace.file(Buffer.alloc(32).toString('base64')));
      await expect(open(own.name).read()).rejects.toMatchObject({ code: 'no-private-key' });
    });

    it('shows no private and no preshared key', async () => {
      const preshared = namespace.wg('genpsk');
      namespace.wg('set', own.name, 'peer', first, 'preshared-key', namespace.file(preshared));
      const told = JSON.stringify(await open(own.name).read());
      for (const secret of [own.privateKey, preshared]) {
        expect(told).not.toContain(secret);
        expect(told).not.toContain(Buffer.from(secret, 'base64').toString('hex'));
      }
    });
  });

  it('is opened whichever way reaches it', async () => {
    expect((await (await openDevice(own.name)).read()).publicKey).toBe(own.publicKey);
  });

  it('is none when nothing has the name, when it is of another kind, or when it cannot be a name', async () => {
    for (const name of ['wlnosuch0', 'lo', '../../etc', '--help', '']) {
      await expect(openDevice(name)).rejects.toMatchObject({ code: 'interface-missing' });
    }
  });
});

const isNever = (): undefined => undefined;
