import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discardJournal, openJournal, type FileJournal } from '../../src/agent/journal.js';
import type { PeerChange } from '../../src/core/device.js';
import { address, endpoint, prefix } from '../support/expected.js';
import { testKey } from '../support/keys.js';
import { MemoryDevice } from '../support/memory-device.js';
import { useRunDir } from '../support/run-dir.js';

const directory = useRunDir();
const path = (): string => join(directory.path, 'wg0.journal');
const lines = (): readonly string[] => readFileSync(path(), 'utf8').trimEnd().split('\n');
const open = (incarnation = 'boot net:[1] 7'): FileJournal => openJournal('wg0', incarnation);

const HUB = testKey(1);
const SPOKE = testKey(2);
const FRIEND = testKey(3);
const spokesAddress = prefix('10.9.0.3/32');

/** A star: a hub with single addresses, and a peer the user added. */
const star = (): MemoryDevice =>
  new MemoryDevice([
    { publicKey: HUB, allowedIps: [prefix('10.9.0.1/32'), spokesAddress], keepalive: 25 },
    { publicKey: FRIEND, allowedIps: [prefix('10.9.0.4/32')] },
  ]);

const activate: readonly PeerChange[] = [
  { kind: 'set', publicKey: HUB, allowedIps: [prefix('10.9.0.1/32')] },
  { kind: 'set', publicKey: SPOKE, allowedIps: [prefix('fe80::3/128'), spokesAddress], keepalive: 25 },
];

/** As the agent does it: written down, then done. */
function change(journal: FileJournal, device: MemoryDevice, ...changes: readonly PeerChange[]): void {
  journal.record(changes, device.now);
  for (const one of changes) device.set(one);
}

const entries = (journal: FileJournal): readonly unknown[] => [...journal.ledger.values()];

describe('what is written down', () => {
  it('is there before the change is made, for the owner alone to read', () => {
    const device = star();
    open().record(activate, device.now);
    expect(device.now).toEqual(star().now);
    expect(entries(open())).toEqual([
      { did: 'prefix-moved', prefix: spokesAddress, from: HUB },
      { did: 'peer-added', peer: SPOKE },
    ]);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it('names the router a prefix came from, whether it was taken away first or simply moved', () => {
    const direct = open();
    direct.record([{ kind: 'set', publicKey: SPOKE, allowedIps: [spokesAddress] }], star().now);
    expect(direct.adopted()).toEqual({ peers: [SPOKE], moved: [{ prefix: spokesAddress, from: HUB }] });
  });

  it('names what a peer of the user gets, and the keepalive it had', () => {
    const journal = open();
    const ours = prefix('fe80::4/128');
    const step = { kind: 'set', publicKey: FRIEND, allowedIps: [prefix('10.9.0.4/32'), ours], keepalive: 25 } as const;
    change(journal, star(), step);
    expect(entries(journal)).toEqual([
      { did: 'keepalive-set', peer: FRIEND, was: 0, set: [25] },
      { did: 'prefix-added', peer: FRIEND, prefix: ours },
    ]);
    expect(journal.adopted()).toEqual({ peers: [], moved: [] });
  });

  it('is nothing for an endpoint, and nothing for what is so already', () => {
    const journal = open();
    const device = star();
    change(journal, device, { kind: 'set', publicKey: FRIEND, endpoint: endpoint('192.0.2.1:51820') });
    change(journal, device, { kind: 'set', publicKey: HUB, keepalive: 25, allowedIps: [...hubs(device)] });
    expect(existsSync(path())).toBe(false);
  });

  it('never allows the removal of a peer the user added', () => {
    const journal = open();
    expect(() => {
      journal.record([{ kind: 'remove', publicKey: FRIEND }], star().now);
    }).toThrow('which the user added');
    expect(existsSync(path())).toBe(false);
  });

  it('is the link-local address once, however often it comes back', () => {
    const journal = open();
    journal.recordLinkLocal(address('fe80::1'));
    journal.recordLinkLocal(address('fe80::1'));
    expect(lines()).toHaveLength(2);
  });
});

describe('what is forgotten', () => {
  it('is a peer that is gone and a prefix that is home', () => {
    const journal = open();
    const device = star();
    change(journal, device, ...activate);
    change(
      journal,
      device,
      { kind: 'set', publicKey: HUB, allowedIps: [...hubs(star())] },
      { kind: 'remove', publicKey: SPOKE },
    );
    journal.observe(device.now);
    expect(entries(journal)).toEqual([]);
    expect(entries(open())).toEqual([]);
  });

  it('is not a prefix that nobody has: whoever took it may have been killed before it came home', () => {
    const journal = open();
    const device = star();
    change(journal, device, ...activate);
    change(journal, device, { kind: 'remove', publicKey: SPOKE });
    journal.observe(device.now);
    expect(journal.adopted()).toEqual({ peers: [], moved: [{ prefix: spokesAddress, from: HUB }] });
  });

  it('is a prefix the user gave to somebody else, or whose router the user removed', () => {
    for (const meanwhile of [
      { kind: 'set', publicKey: FRIEND, allowedIps: [spokesAddress] },
      { kind: 'remove', publicKey: HUB },
    ] as const) {
      const journal = open();
      const device = star();
      change(journal, device, ...activate);
      device.set(meanwhile);
      journal.observe(device.now);
      expect(journal.adopted().moved).toEqual([]);
      journal.clear();
    }
  });

  it('is a keepalive the user set to something of their own', () => {
    const journal = open();
    const device = star();
    change(journal, device, { kind: 'set', publicKey: FRIEND, keepalive: 25 });
    device.set({ kind: 'set', publicKey: FRIEND, keepalive: 15 });
    journal.observe(device.now);
    expect(entries(journal)).toEqual([]);
  });

  it('is a keepalive that we put back: when the user sets it later, it is theirs', () => {
    const journal = open();
    const device = star();
    change(journal, device, { kind: 'set', publicKey: FRIEND, keepalive: 25 });
    change(journal, device, { kind: 'set', publicKey: FRIEND, keepalive: 0 });
    journal.observe(device.now);
    device.set({ kind: 'set', publicKey: FRIEND, keepalive: 25 });
    journal.observe(device.now);
    expect(entries(journal)).toEqual([]);
  });

  it('is everything once it is undone', () => {
    const journal = open();
    journal.record(activate, star().now);
    journal.clear();
    expect(entries(journal)).toEqual([]);
    expect(existsSync(path())).toBe(false);
  });
});

describe('an earlier journal', () => {
  it('is void for an interface that was made anew', () => {
    open().record(activate, star().now);
    expect(entries(open('boot net:[1] 8'))).toEqual([]);
    expect(open('boot net:[1] 8').warnings).toEqual([]);
  });

  it('is carried on by the next agent', () => {
    const device = star();
    change(open(), device, ...activate);
    const next = open();
    next.observe(device.now);
    change(next, device, { kind: 'set', publicKey: testKey(9) });
    expect(open().adopted()).toEqual({ peers: [SPOKE, testKey(9)], moved: [{ prefix: spokesAddress, from: HUB }] });
  });

  it('may end in the middle of a line', () => {
    open().record(activate, star().now);
    const whole = readFileSync(path(), 'utf8');
    const before = whole.slice(0, whole.lastIndexOf('\n', whole.length - 2) + 1);
    for (let length = before.length; length < whole.length; length++) {
      writeFileSync(path(), whole.slice(0, length));
      const journal = open();
      expect(journal.warnings).toEqual([]);
      expect(journal.adopted()).toEqual({ peers: [], moved: [{ prefix: spokesAddress, from: HUB }] });
    }
  });

  it('is moved aside, with a warning, when it cannot be understood', () => {
    for (const content of ['', '\n', 'not json\n', '{"journal":2,"interface":"x"}\n', '\0\0\0\n', '[]\n']) {
      writeFileSync(path(), content);
      const journal = open();
      expect(journal.warnings).toHaveLength(1);
      expect(entries(journal)).toEqual([]);
      expect(readFileSync(`${path()}.unusable`, 'utf8')).toBe(content);
      expect(existsSync(path())).toBe(false);
    }
  });

  it('is moved aside even when it is a directory', () => {
    mkdirSync(path());
    expect(open().warnings).toHaveLength(1);
    expect(open().warnings).toEqual([]);
  });

  it('keeps its readable lines when others make no sense', () => {
    open().record(activate, star().now);
    const [header = '', first = '', second = ''] = lines();
    const nonsense = ['{"did":"peer-added","peer":"short"}', '{"did":"sing"}', 'x'];
    writeFileSync(path(), `${[header, first, ...nonsense, second].join('\n')}\n`);
    const journal = open();
    expect(journal.warnings).toHaveLength(1);
    expect(journal.adopted()).toEqual({ peers: [SPOKE], moved: [{ prefix: spokesAddress, from: HUB }] });
    expect(lines()).toHaveLength(3);
    expect(open().warnings).toEqual([]);
  });

  it('of an interface that is gone is thrown away', () => {
    open().record(activate, star().now);
    discardJournal('wg0');
    discardJournal('wg0');
    expect(readdirSync(directory.path)).toEqual([]);
  });
});

describe('the file', () => {
  it('does not grow when the same peer comes and goes', () => {
    const journal = open();
    const device = star();
    for (let round = 0; round < 1000; round++) {
      change(journal, device, ...activate);
      if (round % 2 === 0) journal.observe(device.now);
      change(
        journal,
        device,
        { kind: 'set', publicKey: HUB, allowedIps: [...hubs(star())] },
        { kind: 'remove', publicKey: SPOKE },
      );
      if (round % 2 === 0) journal.observe(device.now);
      expect(lines().length).toBeLessThan(250);
    }
    expect(open().warnings).toEqual([]);
  });

  it('does not grow when the keepalive of a peer is set again and again', () => {
    const journal = open();
    const device = star();
    for (let round = 0; round < 200; round++) {
      change(journal, device, { kind: 'set', publicKey: FRIEND, keepalive: round % 2 === 0 ? 25 : 0 });
    }
    expect(lines().length).toBeLessThan(250);
  });

  it('comes back whole when somebody removed it', () => {
    const journal = open();
    journal.recordLinkLocal(address('fe80::1'));
    discardJournal('wg0');
    expect(() => {
      journal.record(activate, star().now);
    }).toThrow('ENOENT');
    journal.record(activate, star().now);
    expect(entries(open())).toHaveLength(3);
  });
});

const hubs = (device: MemoryDevice) => device.now.peers.find((peer) => peer.publicKey === HUB)?.allowedIps ?? [];
