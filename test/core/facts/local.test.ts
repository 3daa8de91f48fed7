import { describe, expect, it } from 'vitest';
import { encodeFact } from '../../../src/core/facts/encoding.js';
import { factId, type Fact } from '../../../src/core/facts/fact.js';
import { hostCandidates, isLive, localFacts, type LocalInput } from '../../../src/core/facts/local.js';
import { DEFAULT_POLICY } from '../../../src/core/policy.js';
import { linkLocal } from '../../../src/core/values/key.js';
import { instant } from '../../../src/core/values/time.js';
import { device, devicePeer, host, SELF } from '../support/machine.js';
import { endpoint, key, prefix } from '../support/values.js';

const [HUB, SPOKE, ADDED] = [key(1), key(2), key(3)];
const BOOT_ID = '00112233445566778899aabbccddeeff';

describe('what this machine says of itself', () => {
  it('is that its agent runs, its addresses in the tunnel and its candidates', () => {
    const facts = localFacts(
      input({ host: host(['10.9.0.2/24', 'fd00::2/64', 'fe80::2/64'], ['eth0 192.168.1.2/24']) }),
    );
    expect(values(facts.self)).toEqual([
      ['alive', BOOT_ID],
      ['allowed-ip', '10.9.0.2/32'],
      ['allowed-ip', 'fd00::2/128'],
      ['endpoint', '192.168.1.2:51820'],
    ]);
    expect(facts.self.every(({ subject }) => subject === SELF)).toBe(true);
  });

  it('is its name too when the configuration gives one', () => {
    expect(values(localFacts(input({ ownName: 'laptop' })).self)).toContainEqual(['member', { name: 'laptop' }]);
  });

  it('never names an address that its own peers hold: a candidate there would run through the tunnel', () => {
    const facts = localFacts(
      input({
        host: host(['10.9.0.2/24'], ['eth0 192.168.1.2/24', 'eth1 172.16.5.2/24', 'eth2 10.9.0.77/24']),
        device: device(devicePeer(HUB, ['10.9.0.0/24', '172.16.0.0/16'])),
      }),
    );
    expect(endpoints(facts.self)).toEqual(['192.168.1.2:51820']);
  });

  it.each([[['0.0.0.0/0', '::/0']], [['0.0.0.0/1', '128.0.0.0/1', '2000::/3']]])(
    'still names its candidates when %j lead everything into the tunnel',
    (allowedIps) => {
      const facts = localFacts(
        input({
          host: host(['10.9.0.2/24'], ['eth0 192.168.1.2/24', 'eth0 2001:db8::2/64']),
          device: device(devicePeer(HUB, allowedIps)),
        }),
      );
      expect(endpoints(facts.self)).toEqual(['[2001:db8::2]:51820', '192.168.1.2:51820']);
    },
  );
});

describe('host candidates', () => {
  it.each([
    ['loopback', 'lo 127.0.0.1/8'],
    ['IPv6 loopback', 'lo ::1/128'],
    ['link-local', 'eth0 fe80::1/64'],
    ['IPv4 link-local', 'eth0 169.254.3.4/16'],
    ['multicast', 'eth0 224.0.0.1/32'],
    ['the tunnel', 'eth0 10.9.0.2/24'],
    ['docker', 'docker0 172.17.0.1/16 bridge'],
    ['a compose network', 'br-0123456789ab 172.18.0.1/16 bridge'],
    ['libvirt', 'virbr0 192.168.122.1/24 bridge'],
    ['a container cable', 'veth12ab 10.0.3.1/24 veth'],
    ['cni', 'cni0 10.42.0.1/24 bridge'],
    ['podman', 'podman0 10.88.0.1/16 bridge'],
    ['lxc', 'lxcbr0 10.0.3.1/24 bridge'],
    ['lxd', 'lxdbr0 10.0.4.1/24 bridge'],
    ['flannel', 'flannel.1 10.42.0.0/32 vxlan'],
    ['calico', 'cali123 10.42.1.1/32 veth'],
    ['kubernetes', 'kube-ipvs0 10.96.0.1/32 dummy'],
    ['another WireGuard', 'wg1 10.8.0.2/24 wireguard'],
    ['another VPN', 'tun0 10.7.0.2/24 tun'],
  ])('leave out %s', (_, address) => {
    expect(hostCandidates(host(['10.9.0.2/24'], [address]), 51820)).toEqual([]);
  });

  it.each([
    'br0 192.168.1.2/24 bridge',
    'br-lan 192.168.1.2/24 bridge',
    'lan 192.168.1.2/24 veth',
    'bond0 192.168.1.2/24 bond',
  ])('keep a LAN such as %s', (address) => {
    expect(hostCandidates(host([], [address]), 7)).toEqual(['192.168.1.2:7']);
  });

  it('are the same whatever the order of addresses, global ones first', () => {
    const addresses = [
      'eth0 192.168.1.2/24',
      'eth0 fd00::5/64',
      'wwan0 100.64.0.9/10',
      'eth0 2001:db8::2/64',
      'eth1 192.0.2.4/24',
    ];
    const candidates = hostCandidates(host([], addresses), 51820);
    expect(candidates).toEqual([
      '192.0.2.4:51820',
      '[2001:db8::2]:51820',
      '100.64.0.9:51820',
      '192.168.1.2:51820',
      '[fd00::5]:51820',
    ]);
    expect(hostCandidates(host([], addresses.toReversed()), 51820)).toEqual(candidates);
  });

  it('are eight at most, and each only once', () => {
    const many = Array.from({ length: 20 }, (_, at) => `eth${at} 192.168.${at % 12}.2/24`);
    const candidates = hostCandidates(host([], many), 51820);
    expect(candidates).toHaveLength(8);
    expect(new Set(candidates).size).toBe(8);
  });

  it('are none before the interface has a port', () => {
    expect(hostCandidates(host([], ['eth0 192.168.1.2/24']), 0)).toEqual([]);
  });
});

describe('what this machine says of its peers', () => {
  const spoke = devicePeer(SPOKE, ['10.9.0.3/32', `${linkLocal(SPOKE)}/128`], { at: '198.51.100.7:4500' });

  it('is what the user gave them, where they are seen, and that no agent was heard', () => {
    const facts = localFacts(
      input({ device: device(spoke), live: new Set([SPOKE]), names: new Map([[SPOKE, 'nas']]) }),
    );
    expect(facts.peers).toEqual([
      { subject: SPOKE, attribute: 'member', value: { name: 'nas', plain: true } },
      { subject: SPOKE, attribute: 'allowed-ip', value: prefix('10.9.0.3/32') },
      { subject: SPOKE, attribute: 'endpoint', value: endpoint('198.51.100.7:4500') },
    ]);
  });

  it('leaves out a name that does not fit on the wire, our own too', () => {
    const long = '\u5bb6'.repeat(22);
    const facts = localFacts(input({ device: device(spoke), names: new Map([[SPOKE, long]]), ownName: long }));
    expect(values([...facts.self, ...facts.peers]).filter(([name]) => name === 'member')).toEqual([
      ['member', { plain: true }],
    ]);
    for (const fact of [...facts.self, ...facts.peers]) expect(encodeFact(fact, 1)).not.toHaveLength(0);
  });

  it('is no endpoint once the peer has fallen silent', () => {
    expect(endpoints(localFacts(input({ device: device(spoke) })).peers)).toEqual([]);
  });

  it('says so when an agent was heard', () => {
    const facts = localFacts(input({ device: device(spoke), agents: new Set([SPOKE]) }));
    expect(values(facts.peers)).toContainEqual(['member', { plain: false }]);
  });

  it('is nothing about peers that we added', () => {
    expect(localFacts(input({ device: device(spoke), managed: new Set([SPOKE]) })).peers).toEqual([]);
  });

  it('counts a prefix that we moved away as that of the peer it came from', () => {
    const facts = localFacts(
      input({
        device: device(devicePeer(HUB, ['10.9.0.1/32']), devicePeer(ADDED, ['10.9.0.3/32'])),
        managed: new Set([ADDED]),
        moved: [{ prefix: prefix('10.9.0.3/32'), from: HUB }],
      }),
    );
    expect(values(facts.peers).filter(([name]) => name === 'allowed-ip')).toEqual([
      ['allowed-ip', '10.9.0.1/32'],
      ['allowed-ip', '10.9.0.3/32'],
    ]);
  });
});

describe('what this machine sees of each peer', () => {
  it('is the endpoint of every live one, those that we added among them', () => {
    const facts = localFacts(
      input({
        device: device(
          devicePeer(HUB, ['10.9.0.0/24'], { at: '192.0.2.1:51820' }),
          devicePeer(SPOKE, ['10.8.0.3/32'], { at: '192.0.2.2:51820' }),
          devicePeer(ADDED, [], { at: '192.0.2.3:51820' }),
        ),
        managed: new Set([ADDED]),
        live: new Set([HUB, ADDED]),
      }),
    );
    expect([...facts.observed.keys()]).toEqual([HUB, ADDED]);
    expect(factId(facts.observed.get(ADDED) as Fact)).toBe(`${ADDED} endpoint 192.0.2.3:51820`);
  });

  it('is never an endpoint inside the tunnel', () => {
    const facts = localFacts(
      input({
        device: device(
          devicePeer(HUB, ['10.9.0.0/24', '10.20.0.0/16']),
          devicePeer(ADDED, [], { at: '10.20.0.3:51820' }),
        ),
        managed: new Set([ADDED]),
        live: new Set([ADDED]),
      }),
    );
    expect(facts.observed.size).toBe(0);
  });
});

describe('a peer is live', () => {
  const at = instant(500_000);

  it.each([
    ['for 180 s after a handshake', instant(320_001), true],
    ['and no longer', instant(320_000), false],
    ['never before the first', undefined, false],
  ])('%s', (_, handshakeAt, live) => {
    expect(isLive({ ...devicePeer(HUB, []), handshakeAt }, at)).toBe(live);
  });
});

function input(changes: Partial<LocalInput>): LocalInput {
  return {
    self: SELF,
    device: device(devicePeer(HUB, ['10.9.0.0/24'])),
    host: host(['10.9.0.2/24']),
    managed: new Set(),
    moved: [],
    bootId: BOOT_ID,
    names: new Map(),
    agents: new Set(),
    live: new Set(),
    announce: DEFAULT_POLICY.announce,
    ...changes,
  };
}

const values = (facts: readonly Fact[]): [string, unknown][] => facts.map(({ attribute, value }) => [attribute, value]);

const endpoints = (facts: readonly Fact[]): unknown[] =>
  facts.filter(({ attribute }) => attribute === 'endpoint').map(({ value }) => value);
