/** The machine as `ip` tells it, in a namespace; judged by what `ip` shows there. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi, type Mock } from 'vitest';
import { linuxHost } from '../../../src/agent/host.js';
import type { Host } from '../../../src/agent/ports.js';
import { describeLab } from '../../support/capability.js';
import { address } from '../../support/expected.js';
import { TestNamespace, type TestInterface } from '../../support/namespace.js';
import { until } from '../../support/wait.js';

describeLab('the machine around an interface', () => {
  let namespace: TestNamespace;
  let own: TestInterface;
  let host: Host;
  const ours = address('fe80::afec:ee83:716b:51ac');

  beforeEach(() => {
    namespace = new TestNamespace();
    own = namespace.wireguard();
    namespace.ip('address', 'add', '10.9.0.1/24', 'dev', own.name);
    namespace.ip('link', 'add', 'lan', 'type', 'veth', 'peer', 'name', 'far');
    for (const end of ['lan', 'far']) namespace.ip('link', 'set', end, 'up');
    namespace.ip('address', 'add', '192.0.2.1/24', 'dev', 'lan');
    namespace.ip('-6', 'address', 'add', '2001:db8::1/64', 'dev', 'lan', 'nodad');
    vi.stubEnv('PATH', `${namespace.tools}:${process.env['PATH'] ?? ''}`);
    host = linuxHost(own.name);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    namespace.close();
  });

  it('has its addresses, and those of the tunnel apart', async () => {
    const { addresses, tunnel, mtu } = await host.read();
    expect(mtu).toBe(1420);
    expect(tunnel).toContainEqual({ address: '10.9.0.1', network: '10.9.0.0/24' });
    expect(addresses).toContainEqual({
      interface: 'lan',
      kind: 'veth',
      address: '192.0.2.1',
      network: '192.0.2.0/24',
    });
    expect(addresses.map((one) => one.address)).toContain('2001:db8::1');
    namespace.ip('link', 'set', 'lan', 'down');
    expect((await host.read()).addresses.some((one) => one.interface === 'lan')).toBe(false);
  });

  it('gets the link-local address, usable at once, and loses it again; both can be repeated', async () => {
    await host.addLinkLocal(ours);
    await host.addLinkLocal(ours);
    expect((await host.read()).tunnel).toContainEqual({ address: ours, network: 'fe80::/64' });
    expect(namespace.ip('address', 'show', 'dev', own.name)).not.toContain('tentative');
    await host.removeLinkLocal(ours);
    await host.removeLinkLocal(ours);
    expect(namespace.ip('address', 'show', 'dev', own.name)).not.toContain(ours);
  });

  it('says so when IPv6 is disabled on the interface', async () => {
    namespace.exec('sysctl', '-qw', `net.ipv6.conf.${own.name}.disable_ipv6=1`);
    await expect(host.addLinkLocal(ours)).rejects.toMatchObject({ code: 'ipv6-disabled' });
  });

  it('says so when the interface is gone, and has nothing to remove then', async () => {
    namespace.ip('link', 'del', own.name);
    await expect(host.read()).rejects.toMatchObject({ code: 'interface-missing' });
    await expect(host.incarnation()).rejects.toMatchObject({ code: 'interface-missing' });
    await expect(host.addLinkLocal(ours)).rejects.toMatchObject({ code: 'interface-missing' });
    await host.removeLinkLocal(ours);
  });

  it('tells an interface that was made anew from the one before', async () => {
    const before = await host.incarnation();
    expect(await host.incarnation()).toBe(before);
    namespace.ip('link', 'del', own.name);
    await until('the end of the device', () => host.incarnation().then(isNever, () => true));
    namespace.wireguard(own.name);
    expect(await host.incarnation()).not.toBe(before);
  });

  it('tells how packets would leave, in the order of the question', async () => {
    namespace.ip('route', 'add', 'blackhole', '198.18.0.0/24');
    namespace.ip('route', 'add', 'prohibit', '198.18.1.0/24');
    namespace.ip('-6', 'route', 'add', 'unreachable', '2001:db8:5::/64');
    const expected = [
      ['192.0.2.9', 'elsewhere'],
      ['10.9.0.3', 'tunnel'],
      ['192.0.2.1', 'nowhere'],
      ['2001:db8::1', 'nowhere'],
      ['127.0.0.1', 'nowhere'],
      ['8.8.8.8', 'nowhere'],
      ['198.18.0.1', 'nowhere'],
      ['198.18.1.1', 'nowhere'],
      ['2001:db8:5::1', 'nowhere'],
      ['192.0.2.255', 'nowhere'],
      ['2001:db8::9', 'elsewhere'],
      ['10.9.0.3', 'tunnel'],
    ] as const;
    const routes = await host.routes(
      expected.map(([text]) => address(text)),
      0,
    );
    expect(routes.map((route) => [route.address, route.leaves])).toEqual(expected);
  });

  it('asks with the mark that WireGuard puts on its own packets', async () => {
    namespace.ip('route', 'add', 'default', 'dev', own.name, 'table', '100');
    namespace.ip('route', 'add', 'default', 'via', '192.0.2.2', 'dev', 'lan');
    namespace.ip('rule', 'add', 'not', 'fwmark', '100', 'table', '100');
    const far = address('203.0.113.5');
    expect(await host.routes([far], 0)).toEqual([{ address: far, leaves: 'tunnel' }]);
    expect(await host.routes([far], 100)).toEqual([{ address: far, leaves: 'elsewhere' }]);
  });

  it('tells once of changes that come together, until it is stopped', async () => {
    const changed = vi.fn();
    const stop = host.watch(changed);
    try {
      await until('the first notice', () => {
        poke();
        return changed.mock.calls.length > 0 || undefined;
      });
      await quiet(changed);
      changed.mockClear();
      namespace.batch(Array.from({ length: 20 }, (_, at) => `address add 192.0.2.${100 + at}/24 dev lan`));
      await until('a notice', () => changed.mock.calls.length > 0 || undefined);
      await quiet(changed);
      expect(changed.mock.calls.length).toBeLessThanOrEqual(5);
    } finally {
      stop();
    }
    await until('the end of the monitor', () => monitors().length === 0 || undefined);
  });

  it('goes on watching when the monitor is killed, and tells that it may have missed something', async () => {
    const changed = vi.fn();
    const stop = host.watch(changed);
    try {
      const [first = 0] = await until('the monitor', () => (monitors().length > 0 ? monitors() : undefined));
      await quiet(changed);
      changed.mockClear();
      process.kill(first);
      await until('a notice', () => changed.mock.calls.length > 0 || undefined);
      expect(await until('another monitor', () => monitors().find((pid) => pid !== first))).not.toBe(first);
    } finally {
      stop();
    }
  });

  const poke = (): void => {
    namespace.ip('address', 'add', '192.0.2.99/32', 'dev', 'lan');
    namespace.ip('address', 'del', '192.0.2.99/32', 'dev', 'lan');
  };

  /** The processes that watch this namespace. */
  const monitors = (): readonly number[] => {
    const pids = namespace.ip('netns', 'pids', namespace.name).split('\n');
    return pids.filter((pid) => commandOf(pid).includes('monitor')).map(Number);
  };
});

const isNever = (): undefined => undefined;

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It ended meanwhile.
    return '';
  }
}

/** Silence can only be waited for: three times as long as changes are collected. */
async function quiet(changed: Mock): Promise<void> {
  let calls: number;
  do {
    calls = changed.mock.calls.length;
    await pause(150);
  } while (calls !== changed.mock.calls.length);
}
