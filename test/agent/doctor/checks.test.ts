import { describe, expect, it } from 'vitest';
import { examine } from '../../../src/agent/doctor/checks.js';
import type { Reading } from '../../../src/agent/doctor/reading.js';
import type { DevicePeer } from '../../../src/core/device.js';
import type { CheckName } from '../../../src/core/views.js';
import { address, endpoint, prefix } from '../../support/expected.js';
import { aHub, aSelf, aSpoke, HUB, SELF, SPOKE, without } from '../../support/views.js';

const hubAddress = address('198.51.100.1');

const aPeer = (different: Partial<DevicePeer> = {}): DevicePeer => ({
  publicKey: HUB,
  endpoint: endpoint('198.51.100.1:51820'),
  allowedIps: [prefix('10.9.0.0/24')],
  handshakeAt: undefined,
  rxBytes: 0,
  txBytes: 0,
  keepalive: 25,
  ...different,
});

const aDevice = (peers: readonly DevicePeer[] = [aPeer()], fwmark = 0): Reading['device'] => ({
  publicKey: SELF,
  listenPort: 51820,
  fwmark,
  peers,
});

/** A spoke behind a NAT on which all is as it should be. */
function aReading(different: Partial<Reading> = {}): Reading {
  return {
    interface: 'wg0',
    agent: { self: aSelf(), peers: [aHub(), aSpoke()] },
    device: aDevice(),
    host: {
      addresses: [],
      tunnel: [{ address: address('10.9.0.2'), network: prefix('10.9.0.0/24') }],
      mtu: 1420,
    },
    live: new Set([HUB]),
    forwards: { 4: false, 6: false },
    ways: new Map([[hubAddress, { interface: 'eth0', mtu: 1500 }]]),
    versions: { wg: 'wireguard-tools v1.0.20210914 - https://…', ip: 'ip utility, iproute2-6.1.0, libbpf 1.1.2' },
    dropping: [],
    clock: { wall: new Date('2026-11-23T12:00:00Z'), synchronized: true },
    ...different,
  };
}

const withoutAgent = (different: Partial<Reading> = {}): Reading => without(aReading(different), 'agent');

const found = (check: CheckName, reading: Reading) => examine(reading).find((each) => each.check === check);

const chain = (...accepts: readonly string[]) => ({ family: 'inet', table: 'f', chain: 'input', accepts });

describe('the doctor', () => {
  it('finds nothing wrong where all is as it should be', () => {
    expect(examine(aReading()).map(({ outcome }) => outcome)).toEqual(Array.from({ length: 8 }, () => 'ok'));
  });

  it('gives a command with all that is wrong', () => {
    const reading = withoutAgent({ device: aDevice([aPeer({ allowedIps: [prefix('0.0.0.0/0')] })]), saveConfig: 'x' });
    const wrong = examine(reading).filter(({ outcome }) => outcome === 'wrong');
    expect(wrong.map(({ check }) => check)).toEqual(['agent', 'full-tunnel', 'save-config']);
    for (const { fix } of wrong) expect(fix).toMatch(/wg0/);
  });

  it.each([
    ['wireguard-tools v1.0.20210914', 'ip utility, iproute2-4.16.0', 'iproute2'],
    ['wireguard-tools v1.0.20210914', 'ip utility, iproute2-ss171112', 'iproute2'],
    ['wireguard-tools v0.0.20170115', 'ip utility, iproute2-ss190107', 'wireguard-tools'],
  ])('says of %s and %s that %s is too old', (wg, ip, old) => {
    expect(found('tools', aReading({ versions: { wg, ip } }))).toMatchObject({
      outcome: 'wrong',
      fix: `apt-get install ${old}`,
    });
  });

  it('takes a version that it cannot read for a new one', () => {
    expect(found('tools', aReading({ versions: { wg: '?', ip: '?' } }))).toMatchObject({ outcome: 'ok' });
  });

  it('only hints at a clock, which it cannot compare', () => {
    const wall = new Date('1970-01-02T00:00:00Z');
    expect(found('clock', aReading({ clock: { wall, synchronized: false } }))).toMatchObject({ outcome: 'hint' });
    const unsure = { wall: new Date('2026-11-23T00:00:00Z'), synchronized: false };
    expect(found('clock', aReading({ clock: unsure }))).toMatchObject({ outcome: 'hint' });
  });
});

describe('forwarding', () => {
  const spokes = [
    aPeer({ publicKey: HUB, allowedIps: [prefix('10.9.0.3/32')] }),
    aPeer({ publicKey: SPOKE, allowedIps: [prefix('10.9.0.4/32')] }),
  ];
  const onHub = { agent: { self: aSelf({ routers: [] }), peers: [] }, device: aDevice(spokes) };

  it('has to be on where several peers have nobody else to carry it', () => {
    expect(found('forwarding', aReading(onHub))).toMatchObject({
      outcome: 'wrong',
      fix: 'sysctl -w net.ipv4.ip_forward=1',
    });
    expect(found('forwarding', aReading({ ...onHub, forwards: { 4: true, 6: false } }))).toMatchObject({
      outcome: 'ok',
    });
  });

  it('is looked at without an agent, too', () => {
    expect(found('forwarding', withoutAgent({ device: aDevice(spokes) }))).toMatchObject({ outcome: 'wrong' });
  });

  it('is no matter on a spoke, or between two machines', () => {
    expect(found('forwarding', aReading())).toBeUndefined();
    expect(found('forwarding', aReading({ ...onHub, device: aDevice(spokes.slice(1)) }))).toBeUndefined();
  });
});

describe('the agent on the hub', () => {
  const silent = { self: aSelf(), peers: [aHub({ agent: false })] };

  it('is missed where WireGuard reaches the hub and no agent answers', () => {
    expect(found('hub-agent', aReading({ agent: silent }))).toMatchObject({
      outcome: 'wrong',
      text: expect.stringContaining('WireGuard reaches hub, but no agent answers') as string,
      fix: expect.stringMatching(/^wirelink up wg0 /) as string,
    });
  });

  it('is not to blame where WireGuard does not reach the hub', () => {
    const { text, fix } = found('hub-agent', aReading({ agent: silent, live: new Set() })) ?? {};
    expect(text).toContain('no session with hub');
    expect(fix).toBe('wg show wg0');
  });
});

describe('the firewall', () => {
  const unheard = { self: aSelf(), peers: [aHub({ agent: false })] };

  it('is what drops where WireGuard comes through, no agent is heard, and nothing could let one in', () => {
    const ssh = chain('[{"match":{"right":22}},{"accept":null}]');
    expect(found('firewall', aReading({ agent: unheard, dropping: [ssh] }))).toMatchObject({
      outcome: 'wrong',
      fix: 'nft insert rule inet f input iifname "wg0" ip6 saddr fe80::/10 udp dport 51821 accept',
    });
  });

  it.each(['[{"match":{"right":"wg0"}}]', '[{"match":{"right":51821}}]', '[{"right":"established"}]', '[{"xt":null}]'])(
    'is not blamed where a rule may let agents in: %s',
    (accept) => {
      expect(found('firewall', aReading({ agent: unheard, dropping: [chain(accept)] }))).toMatchObject({
        outcome: 'ok',
      });
    },
  );

  it('is not blamed where agents are heard', () => {
    expect(found('firewall', aReading({ dropping: [chain()] }))).toMatchObject({ outcome: 'ok' });
  });

  it('is hinted at where there is no proof', () => {
    expect(found('firewall', withoutAgent({ dropping: [chain()] }))).toMatchObject({ outcome: 'hint' });
    const unlive = aReading({ agent: unheard, live: new Set(), dropping: [chain()] });
    expect(found('firewall', unlive)).toMatchObject({ outcome: 'hint' });
  });

  it('is unknown where nft does not tell', () => {
    expect(found('firewall', without(aReading(), 'dropping'))).toMatchObject({ outcome: 'unknown' });
  });
});

describe('a full tunnel', () => {
  const all = [aPeer({ allowedIps: [prefix('0.0.0.0/0'), prefix('::/0')] })];

  it("keeps WireGuard's own packets out by a mark", () => {
    expect(found('full-tunnel', aReading({ device: aDevice(all, 51820) }))).toMatchObject({ outcome: 'ok' });
    expect(found('full-tunnel', aReading({ device: aDevice(all, 0) }))).toMatchObject({ outcome: 'wrong' });
  });

  it('is broken where they go into it all the same', () => {
    const ways = new Map([[hubAddress, { interface: 'wg0', mtu: 1420 }]]);
    expect(found('full-tunnel', aReading({ device: aDevice(all, 51820), ways }))).toMatchObject({ outcome: 'wrong' });
  });
});

describe('the MTU', () => {
  it('has to leave room for what WireGuard puts around a packet', () => {
    const tight = new Map([[hubAddress, { interface: 'ppp0', mtu: 1472 }]]);
    expect(found('mtu', aReading({ ways: tight }))).toMatchObject({
      outcome: 'wrong',
      fix: 'ip link set wg0 mtu 1412',
    });
    const enough = new Map([[hubAddress, { interface: 'ppp0', mtu: 1480 }]]);
    expect(found('mtu', aReading({ ways: enough }))).toMatchObject({ outcome: 'ok' });
  });

  it('needs more room over IPv6', () => {
    const six = new Map([[address('2001:db8::1'), { interface: 'eth0', mtu: 1492 }]]);
    expect(found('mtu', aReading({ ways: six }))).toMatchObject({ outcome: 'wrong', fix: 'ip link set wg0 mtu 1412' });
  });
});

describe('the keepalive', () => {
  const unkept = aDevice([aPeer({ keepalive: 0 })]);

  it('is missed behind a NAT', () => {
    expect(found('keepalive', aReading({ device: unkept }))).toMatchObject({
      outcome: 'wrong',
      fix: expect.stringContaining(`wg set wg0 peer ${HUB} persistent-keepalive 25`) as string,
    });
  });

  it('is not needed without one, and nothing is said where nobody knows', () => {
    const nat = (verdict: 'none' | 'unknown') => ({
      self: aSelf({ nat: { verdict, certain: true, text: '' } }),
      peers: [aHub()],
    });
    expect(found('keepalive', aReading({ device: unkept, agent: nat('none') }))).toMatchObject({ outcome: 'ok' });
    expect(found('keepalive', aReading({ device: unkept, agent: nat('unknown') }))).toBeUndefined();
  });
});
