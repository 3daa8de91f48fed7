import { describe, expect, it } from 'vitest';
import { parseAddresses, parseLinkIndex } from '../../../src/agent/host/addresses.js';
import { parseRoute } from '../../../src/agent/host/routes.js';
import { fixture } from '../fixtures/read.js';

// On one line, as ip prints it.
const machine = JSON.stringify(JSON.parse(fixture('ip-address.json')));

describe('the addresses ip prints', () => {
  it("are the other interfaces' with kind and network, and the tunnel's own", () => {
    const snapshot = parseAddresses(machine, 'wlac0');
    expect(snapshot?.mtu).toBe(1420);
    expect(snapshot?.tunnel).toEqual([
      { address: '10.9.0.1', network: '10.9.0.0/24' },
      { address: 'fe80::abcd', network: 'fe80::/64' },
      { address: 'fe80::15a1:7916:c3b4:5d9a', network: 'fe80::/64' },
    ]);
    const listed = snapshot?.addresses.map((one) => `${one.interface} ${one.kind} ${one.address} ${one.network}`);
    expect(listed).toContain('lo  127.0.0.1 127.0.0.0/8');
    expect(listed).toContain('va veth 192.0.2.1 192.0.2.0/24');
    expect(listed).toContain('br0 bridge 198.51.100.1 198.51.100.0/24');
    expect(listed).toContain('wlac1 tun fe80::92f1:410b:939d:2ed5 fe80::/64');
    expect(listed?.some((line) => line.startsWith('wlac0 '))).toBe(false);
  });

  it('have the network around the far end where there is one', () => {
    const far = parseAddresses(machine, 'wlac0')?.addresses.find((one) => one.address === '203.0.113.1');
    expect(far?.network).toBe('203.0.113.2/32');
  });

  it('leave out what is deprecated or not yet known to be ours', () => {
    const listed = parseAddresses(machine, 'wlac0')?.addresses.map((one) => one.address);
    expect(machine).toContain('"2001:db8::2"');
    expect(listed).not.toContain('2001:db8::2');
    expect(machine).toMatch(/"2001:db8:7::9"[^}]*"tentative":true/);
    expect(listed).not.toContain('2001:db8:7::9');
  });

  it('leave out interfaces that are down or have no cable', () => {
    const downs = [machine.replace('"UP","LOWER_UP"],"mtu":65536', '"LOWER_UP"],"mtu":65536')];
    downs.push(machine.replace('"UP","LOWER_UP"],"mtu":65536', '"NO-CARRIER","UP"],"mtu":65536'));
    for (const down of downs) {
      expect(down).not.toBe(machine);
      expect(parseAddresses(down, 'wlac0')?.addresses.some((one) => one.interface === 'lo')).toBe(false);
    }
  });

  it('are no snapshot without the interface', () => {
    expect(parseAddresses(machine, 'wg9')).toBeUndefined();
    expect(parseAddresses('[]', 'wg9')).toBeUndefined();
  });

  it('pass over an address of a kind that is not understood', () => {
    const odd = [
      { ifname: 'wg0', flags: ['UP'], mtu: 1420, addr_info: [{}, { local: 'nonsense', prefixlen: 3 }] },
      { ifname: 'bare', flags: ['UP', 'LOWER_UP'], mtu: 1500 },
      { ifname: 'odd', flags: ['UP', 'LOWER_UP'], mtu: 1500, addr_info: [{ local: '192.0.2.1', prefixlen: 99 }] },
    ];
    expect(parseAddresses(JSON.stringify(odd), 'wg0')).toEqual({ addresses: [], tunnel: [], mtu: 1420 });
  });

  it('are an error when they are not JSON of that form', () => {
    for (const nonsense of ['', '{}', '[{"ifname":1}]', 'null']) {
      expect(() => parseAddresses(nonsense, 'wg0')).toThrow();
      expect(() => parseLinkIndex(nonsense)).toThrow();
    }
  });
});

describe('the route ip prints', () => {
  const answers: readonly (readonly [string, string])[] = [
    ['elsewhere', '[{"dst":"192.0.2.9","dev":"va","prefsrc":"192.0.2.1","flags":[],"mark":100,"uid":0,"cache":[]}]'],
    ['tunnel', '[{"dst":"10.9.0.3","dev":"wg0","prefsrc":"10.9.0.1","flags":[],"mark":100,"uid":0,"cache":[]}]'],
    ['elsewhere', '[{"dst":"2001:db8::7","from":"::","dev":"va","protocol":"kernel","metric":256,"pref":"medium"}]'],
    ['nowhere', '[{"type":"local","dst":"192.0.2.1","dev":"lo","prefsrc":"192.0.2.1","cache":["local"]}]'],
    ['nowhere', '[{"type":"broadcast","dst":"192.0.2.255","dev":"va","cache":["local","brd"]}]'],
    ['nowhere', '[{"type":"unreachable","dst":"2001:db8:5::1","dev":"lo","metric":1024,"error":-113}]'],
  ];

  it.each(answers)('leads %s: %s', (leaves, answer) => {
    const [{ dst }] = JSON.parse(answer) as [{ readonly dst: string }];
    expect(parseRoute(answer, 'wg0')).toEqual([dst, leaves]);
  });
});
