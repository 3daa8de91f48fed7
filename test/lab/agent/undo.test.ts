/** Undoing on a real interface: what `wg` shows afterwards is what it showed before. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { socketDevice } from '../../../src/agent/device/socket.js';
import { toolDevice } from '../../../src/agent/device/tool.js';
import { linuxHost } from '../../../src/agent/host.js';
import { openJournal } from '../../../src/agent/journal.js';
import { restore } from '../../../src/agent/undo.js';
import type { PeerChange } from '../../../src/core/device.js';
import { linkLocal } from '../../../src/core/values/key.js';
import { describeLab } from '../../support/capability.js';
import { endpoint, prefix } from '../../support/expected.js';
import { testKey } from '../../support/keys.js';
import { TestNamespace, type TestInterface } from '../../support/namespace.js';
import { useRunDir } from '../../support/run-dir.js';
import { until } from '../../support/wait.js';

describeLab('undoing on a real interface', () => {
  const directory = useRunDir();
  const [hub, spoke, friend] = [testKey(1), testKey(2), testKey(3)];
  const spokesAddress = prefix('10.9.0.3/32');
  let namespace: TestNamespace;
  let own: TestInterface;

  beforeEach(() => {
    namespace = new TestNamespace();
    own = namespace.wireguard();
    const psk = namespace.file(namespace.wg('genpsk'));
    namespace.wg('set', own.name, 'peer', hub, 'allowed-ips', '10.9.0.1/32,10.9.0.3/32', 'preshared-key', psk);
    namespace.wg('set', own.name, 'peer', friend, 'allowed-ips', '10.9.0.4/32', 'persistent-keepalive', '15');
    vi.stubEnv('PATH', `${namespace.tools}:${process.env['PATH'] ?? ''}`);
  });
  afterEach(() => {
    namespace.close();
  });

  const work: readonly PeerChange[] = [
    { kind: 'set', publicKey: spoke, allowedIps: [prefix('fe80::3/128')], endpoint: endpoint('192.0.2.3:51820') },
    { kind: 'set', publicKey: friend, allowedIps: [prefix('10.9.0.4/32'), prefix('fe80::4/128')], keepalive: 25 },
    { kind: 'set', publicKey: hub, allowedIps: [prefix('10.9.0.1/32')] },
    { kind: 'set', publicKey: spoke, allowedIps: [prefix('fe80::3/128'), spokesAddress], keepalive: 25 },
    { kind: 'set', publicKey: friend, allowedIps: [prefix('10.9.0.4/32')], keepalive: 0 },
  ];

  /** All that can be seen of the interface but the order in which `wg` happens to print it. */
  const shown = (): readonly string[] => {
    const lines = namespace.wg('show', own.name, 'dump').split('\n');
    const sorted = lines.map((line) =>
      line
        .split('\t')
        .map((field) => field.split(',').sort().join())
        .join('\t'),
    );
    return [...sorted, namespace.ip('-o', 'address', 'show', 'dev', own.name)].sort();
  };

  /** What an agent does, killed after so many changes: the link-local address is the first of them. */
  async function agentKilledAfter(changes: number, open: typeof socketDevice): Promise<void> {
    const [host, device] = [linuxHost(own.name), open(own.name)];
    const journal = openJournal(own.name, await host.incarnation());
    journal.recordLinkLocal(linkLocal(own.publicKey));
    if (changes > 0) await host.addLinkLocal(linkLocal(own.publicKey));
    for (const [at, change] of work.entries()) {
      if (at >= changes) return;
      journal.record([change], await device.read());
      if (at + 1 < changes) await device.apply(change);
    }
  }

  describe.each([
    ['through its socket', socketDevice],
    ['through wg', toolDevice],
  ] as const)('changed %s', (_, open) => {
    it.each(Array.from({ length: work.length + 2 }, (_, at) => at))('after %i changes', async (changes) => {
      const before = shown();
      await agentKilledAfter(changes, open);
      if (changes > 1) expect(shown()).not.toEqual(before);
      expect(await restore(own.name)).toEqual({ outcome: 'restored', warnings: [] });
      expect(shown()).toEqual(before);
      expect(existsSync(join(directory.path, `${own.name}.journal`))).toBe(false);
      expect((await restore(own.name)).outcome).toBe('nothing-to-do');
    });
  });

  it('leaves an interface alone that was made anew', async () => {
    await agentKilledAfter(work.length, socketDevice);
    namespace.ip('link', 'del', own.name);
    await until('the end of the interface', () =>
      linuxHost(own.name)
        .incarnation()
        .then(isNever, () => true),
    );
    own = namespace.wireguard(own.name);
    namespace.wg('set', own.name, 'peer', spoke, 'allowed-ips', '10.9.0.3/32');
    const before = shown();
    expect((await restore(own.name)).outcome).toBe('nothing-to-do');
    expect(shown()).toEqual(before);
  });

  it('throws the journal away when the interface is gone', async () => {
    await agentKilledAfter(work.length, socketDevice);
    namespace.ip('link', 'del', own.name);
    await until('the end of the interface', () =>
      linuxHost(own.name)
        .incarnation()
        .then(isNever, () => true),
    );
    expect((await restore(own.name)).outcome).toBe('interface-gone');
    expect(existsSync(join(directory.path, `${own.name}.journal`))).toBe(false);
  });
});

const isNever = (): undefined => undefined;
