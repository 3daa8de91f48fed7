import fc from 'fast-check';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openJournal, type FileJournal } from '../../src/agent/journal.js';
import { undo, undoSteps } from '../../src/agent/undo.js';
import type { PeerChange } from '../../src/core/device.js';
import { address, prefix } from '../support/expected.js';
import { testKey } from '../support/keys.js';
import { MemoryDevice } from '../support/memory-device.js';
import { MemoryHost } from '../support/memory-host.js';
import { useRunDir } from '../support/run-dir.js';

const directory = useRunDir();
const open = (): FileJournal => openJournal('wg0', 'boot net:[1] 7');

const HUB = testKey(1);
const SPOKE = testKey(2);
const FRIEND = testKey(3);
const spokesAddress = prefix('10.9.0.3/32');
const hubsAddress = prefix('10.9.0.1/32');
const friendsAddress = prefix('10.9.0.4/32');
const friendsLinkLocal = prefix('fe80::4/128');

const star = (): MemoryDevice =>
  new MemoryDevice([
    { publicKey: HUB, allowedIps: [hubsAddress, spokesAddress], keepalive: 25 },
    { publicKey: FRIEND, allowedIps: [friendsAddress] },
  ]);

const work: readonly PeerChange[] = [
  { kind: 'set', publicKey: SPOKE, allowedIps: [prefix('fe80::3/128'), spokesAddress], keepalive: 25 },
  { kind: 'set', publicKey: FRIEND, allowedIps: [friendsAddress, friendsLinkLocal], keepalive: 25 },
];

async function worked(): Promise<{ device: MemoryDevice; host: MemoryHost; journal: FileJournal }> {
  const [device, host, journal] = [star(), new MemoryHost(), open()];
  journal.recordLinkLocal(address('fe80::1'));
  await host.addLinkLocal(address('fe80::1'));
  journal.record(work, device.now);
  for (const change of work) device.set(change);
  return { device, host, journal };
}

const peer = (device: MemoryDevice, key: typeof HUB) => device.now.peers.find((one) => one.publicKey === key);

describe('undoing', () => {
  it('puts the interface back as it was and removes the journal', async () => {
    const { device, host, journal } = await worked();
    expect(await undo(device, host, journal)).toEqual({ outcome: 'restored', warnings: [] });
    expect(device.now).toEqual(star().now);
    expect(host.addresses.size).toBe(0);
    expect(existsSync(join(directory.path, 'wg0.journal'))).toBe(false);
    expect((await undo(device, host, open())).outcome).toBe('nothing-to-do');
  });

  it('brings prefixes home straight from the peer that has them, before that peer goes, and leaves the rest for last', async () => {
    const { device, journal } = await worked();
    expect(undoSteps(journal.ledger, device.now)).toEqual([
      { kind: 'set', publicKey: HUB, existing: true, allowedIps: [hubsAddress, spokesAddress] },
      { kind: 'remove', publicKey: SPOKE },
      { kind: 'set', publicKey: FRIEND, existing: true, allowedIps: [friendsAddress], keepalive: 0 },
    ]);
  });

  it('can be cut off after any step and finished by another process', async () => {
    for (let allowed = 0; allowed < 3; allowed++) {
      const { device, host, journal } = await worked();
      let steps = 0;
      device.beforeApply = () => {
        if (steps++ >= allowed) throw new Error('killed');
      };
      await expect(undo(device, host, journal)).rejects.toThrow('killed');
      device.beforeApply = () => undefined;
      await undo(device, host, open());
      expect(device.now).toEqual(star().now);
    }
  });

  it('does the other steps when the device refuses one, says so, and keeps the journal', async () => {
    const { device, host, journal } = await worked();
    device.beforeApply = (change) => {
      if (change.publicKey === FRIEND) throw new Error('refused');
    };
    await expect(undo(device, host, journal)).rejects.toThrow('refused');
    expect(peer(device, SPOKE)).toBeUndefined();
    expect(peer(device, HUB)?.allowedIps).toContain(spokesAddress);
    expect(open().ledger.size).toBeGreaterThan(0);
  });

  it('is over when the interface is gone, before or in the middle', async () => {
    for (const steps of [0, 1]) {
      const { device, host, journal } = await worked();
      let left = steps;
      device.beforeApply = () => {
        if (--left <= 0) device.present = false;
      };
      device.present = steps > 0;
      expect((await undo(device, host, journal)).outcome).toBe('interface-gone');
      expect(existsSync(join(directory.path, 'wg0.journal'))).toBe(false);
    }
  });
});

describe('what the user changed meanwhile stays', () => {
  const cases: readonly (readonly [string, PeerChange])[] = [
    ['a prefix given to another peer', { kind: 'set', publicKey: FRIEND, allowedIps: [spokesAddress] }],
    ['a router that was removed', { kind: 'remove', publicKey: HUB }],
    ['a peer that was removed', { kind: 'remove', publicKey: FRIEND }],
    ['a keepalive of their own', { kind: 'set', publicKey: FRIEND, keepalive: 7 }],
    ['a list without our address', { kind: 'set', publicKey: FRIEND, allowedIps: [prefix('10.9.0.5/32')] }],
    ['a new peer', { kind: 'set', publicKey: testKey(9), allowedIps: [prefix('10.9.0.9/32')] }],
  ];

  it.each(cases)('%s', async (_, meanwhile) => {
    const { device, host, journal } = await worked();
    device.set(meanwhile);
    const theirs = peer(device, meanwhile.publicKey);
    await undo(device, host, journal);
    const kept = peer(device, meanwhile.publicKey);
    expect(kept === undefined).toBe(theirs === undefined);
    if (meanwhile.kind === 'set') {
      expect(kept?.allowedIps).toEqual(theirs?.allowedIps.filter((one) => one !== friendsLinkLocal));
      if (meanwhile.keepalive !== undefined) expect(kept?.keepalive).toBe(meanwhile.keepalive);
    }
    expect(peer(device, SPOKE)).toBeUndefined();
  });

  it('and a prefix they added beside ours', async () => {
    const { device, host, journal } = await worked();
    const theirs = prefix('10.9.7.0/24');
    device.set({ kind: 'set', publicKey: FRIEND, allowedIps: [friendsAddress, friendsLinkLocal, theirs] });
    device.set({ kind: 'set', publicKey: HUB, allowedIps: [hubsAddress, prefix('10.9.8.0/24')] });
    await undo(device, host, journal);
    expect(peer(device, FRIEND)?.allowedIps).toEqual([friendsAddress, theirs]);
    expect(peer(device, HUB)?.allowedIps).toEqual([hubsAddress, spokesAddress, prefix('10.9.8.0/24')]);
  });

  it('also when it happens between two steps of undoing: a removed peer is not made again', async () => {
    const { device, host, journal } = await worked();
    device.beforeApply = (change) => {
      if (change.publicKey === HUB) device.set({ kind: 'remove', publicKey: FRIEND });
    };
    await undo(device, host, journal);
    expect(peer(device, FRIEND)).toBeUndefined();
  });
});

describe('after any changes, cut off anywhere', () => {
  const keys = [HUB, SPOKE, FRIEND, testKey(4), testKey(5)];
  const prefixes = Array.from({ length: 6 }, (_, at) => prefix(`10.9.0.${at}/32`));
  const keepalives = [0, 7, 25];
  const someSet = fc.record({
    kind: fc.constant('set' as const),
    publicKey: fc.constantFrom(...keys),
    allowedIps: fc.subarray(prefixes),
    keepalive: fc.constantFrom(...keepalives),
  });
  const someRemoval = fc.record({ kind: fc.constant('remove' as const), publicKey: fc.constantFrom(...keys) });
  const someBatch = fc.array(fc.oneof({ weight: 4, arbitrary: someSet }, someRemoval), { minLength: 1, maxLength: 4 });

  it('the interface is as it was before', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(someSet, { maxLength: 3, selector: (change) => change.publicKey }),
        fc.array(someBatch, { maxLength: 6 }),
        fc.nat(20),
        async (users, batches, killedAfter) => {
          const device = new MemoryDevice(users);
          const before = device.now;
          const journal = open();
          const isUsers = (key: typeof HUB): boolean => before.peers.some((one) => one.publicKey === key);
          let left = killedAfter;
          for (const batch of batches) {
            // The engine never asks for what the journal would refuse.
            const changes = batch.filter((change) => change.kind === 'set' || !isUsers(change.publicKey));
            if (left < 0) break;
            journal.record(changes, device.now);
            for (const change of changes) {
              if (left-- <= 0) break;
              device.set(change);
            }
            if (left > 0) journal.observe(device.now);
          }
          await undo(device, new MemoryHost(), open());
          expect(device.now).toEqual(before);
        },
      ),
      { numRuns: 300 },
    );
  });
});
