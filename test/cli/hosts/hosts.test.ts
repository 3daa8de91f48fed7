import { describe, expect, it } from 'vitest';
import { blockOf, withBlock } from '../../../src/cli/hosts/block.js';
import { hostName, hostsOf } from '../../../src/cli/hosts/entries.js';
import { parseAddress } from '../../../src/core/values/address.js';
import type { PeerView } from '../../../src/core/views.js';
import { aClaim, aHub, aKey, aPrefix, aSpoke, HUB, without } from '../../support/views.js';

const OWN_CLAIM = aClaim({ subject: HUB, source: HUB, attribute: 'allowed-ip', value: '10.9.0.1/32' });

const peer = (number: number, name: string, different: Partial<PeerView> = {}): PeerView =>
  aSpoke({ publicKey: aKey(number), name, allowedIps: [aPrefix(`10.9.0.${number}`)], ...different });

const lines = (...peers: readonly PeerView[]): readonly string[] =>
  hostsOf(peers, [OWN_CLAIM], 'desk.example').hosts.map(({ address, name }) => `${address} ${name}`);

const reasons = (...peers: readonly PeerView[]): readonly string[] =>
  hostsOf(peers, [OWN_CLAIM], 'desk.example').leftOut.map(({ name, reason }) => `${name}: ${reason}`);

describe('a name of a peer', () => {
  it('stands for its single addresses, and for none of the networks behind it', () => {
    const allowedIps = ['10.9.0.3', 'fd00:9::3', '192.168.7.0/24', 'fe80::1'].map(aPrefix);
    expect(lines(peer(3, 'nas', { allowedIps }))).toEqual(['10.9.0.3 nas', 'fd00:9::3 nas']);
  });

  it('of a router stands for the addresses that it says are its own, if they lie in what is routed to it', () => {
    expect(lines(aHub())).toEqual(['10.9.0.1 hub']);
    expect(lines(aHub({ allowedIps: [aPrefix('10.8.0.0/24')] }))).toEqual([]);
  });

  it('counts when the configuration or a router gave it, and not when the peer calls itself so', () => {
    expect(lines(peer(3, 'nas', { namedBy: 'configuration' }), peer(4, 'phone', { namedBy: 'router' }))).toHaveLength(
      2,
    );
    expect(lines(peer(3, 'bank', { namedBy: 'itself' }))).toEqual([]);
    expect(reasons(peer(3, 'bank', { namedBy: 'itself' }))).toEqual([
      'bank: it calls itself so, and nobody else does: name it on the hub',
    ]);
  });

  it.each([
    ['NAS', 'nas'],
    ['kim.nas_2', 'kim-nas-2'],
    ['bank.example.', 'bank-example'],
    ['-x-', 'x'],
    ['büro', ''],
    ['...', ''],
    ['x'.repeat(64), ''],
    ['x\n127.0.0.1 y', ''],
    ['', ''],
  ])('%j becomes the label %j', (name, label) => {
    expect(hostName(name)).toBe(label);
  });

  it.each(['localhost', 'ip6-allnodes', 'WPAD', 'Desk'])('%s is left out: it is taken', (name) => {
    expect(lines(peer(3, name))).toEqual([]);
    expect(reasons(peer(3, name))).toHaveLength(1);
  });

  it('that two peers have is left out, both of them, unless one of the two only calls itself so', () => {
    expect(lines(peer(3, 'nas'), peer(4, 'NAS'), peer(5, 'phone'))).toEqual(['10.9.0.5 phone']);
    expect(reasons(peer(3, 'nas'), peer(4, 'NAS'))).toEqual([
      'nas: another peer has that name, too',
      'NAS: another peer has that name, too',
    ]);
    expect(lines(peer(3, 'nas'), peer(4, 'nas', { namedBy: 'itself' }))).toEqual(['10.9.0.3 nas']);
  });

  it('of a peer without an address is left out, and a peer without a name is not worth a word', () => {
    expect(reasons(peer(3, 'nas', { allowedIps: [] }))).toEqual(['nas: it has no address in the tunnel']);
    expect(reasons(without(peer(3, 'x'), 'name', 'namedBy'))).toEqual([]);
  });
});

describe('the block in a hosts file', () => {
  const host = (name: string, text: string) => {
    const address = parseAddress(text);
    if (address === undefined) throw new Error(`${text} is no address`);
    return { name, address, publicKey: HUB };
  };
  const block = blockOf('wg0', [host('hub', '10.9.0.1'), host('nas', 'fd00:9::3')]);
  const FILE = '127.0.0.1\tlocalhost\n\n# ours\n192.0.2.1 router\n';

  it('has its addresses and names in columns, between two marks', () => {
    expect(block).toBe(
      '# BEGIN wirelink wg0, written by: wirelink hosts --apply\n10.9.0.1   hub\nfd00:9::3  nas\n# END wirelink wg0\n',
    );
  });

  it('comes at the end at first, stays in its place, and goes without a trace', () => {
    const first = withBlock(FILE, 'wg0', block);
    expect(first).toBe(`${FILE}${block}`);
    const edited = `${first}192.0.2.2 printer\n`;
    const other = blockOf('wg0', [host('hub', '10.9.0.1')]);
    expect(withBlock(edited, 'wg0', other)).toBe(`${FILE}${other}192.0.2.2 printer\n`);
    expect(withBlock(edited, 'wg0', undefined)).toBe(`${FILE}192.0.2.2 printer\n`);
    expect(withBlock(first, 'wg0', block)).toBe(first);
  });

  it('is one for each interface', () => {
    const both = withBlock(withBlock(FILE, 'wg0', block), 'wg1', blockOf('wg1', []));
    expect(withBlock(both, 'wg0', undefined)).toBe(withBlock(FILE, 'wg1', blockOf('wg1', [])));
  });

  it('begins on a line of its own, and is not mistaken for one without an end', () => {
    expect(withBlock('127.0.0.1 x', 'wg0', block)).toBe(`127.0.0.1 x\n${block}`);
    const [mark = ''] = block.split('\n');
    expect(withBlock(`${mark}\n127.0.0.1 x\n`, 'wg0', undefined)).toBe(`${mark}\n127.0.0.1 x\n`);
  });
});
