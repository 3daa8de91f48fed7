/** The oracle against cells that RFC 4787 makes obvious, and against a second way to reason about the others. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { End, NatKind } from '../../../../src/sim/grid/cell.js';
import { judge } from '../../../../src/sim/grid/oracle/judge.js';
import { checkTypesOnly } from '../../../architecture/imports.js';

type Dependence = NatKind['mapping'];

const EI = 'endpoint-independent';
const AD = 'address-dependent';
const APD = 'address-and-port-dependent';
const DEPENDENCES: readonly Dependence[] = [EI, AD, APD];

describe('the oracle', () => {
  it('imports nothing but types', () => {
    const folder = new URL('../../../../src/sim/grid/oracle/', import.meta.url);
    const sources = readdirSync(folder).map((file) => ({
      file: `src/sim/grid/oracle/${file}`,
      text: readFileSync(new URL(file, folder), 'utf8'),
    }));
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.flatMap(checkTypesOnly)).toEqual([]);
  });
});

describe('a direct path is possible', () => {
  it.each<[string, End, End]>([
    ['between public addresses', end(), end()],
    ['between public addresses with firewalls', end([], { firewall: true }), end([], { firewall: true })],
    ['between two homes with port-restricted NATs', end([kind(EI, APD)]), end([kind(EI, APD)])],
    ['from a symmetric NAT to a public address', end([kind(APD, APD)]), end()],
    ['from a symmetric NAT to a full cone', end([kind(APD, APD)]), end([kind(EI, EI)])],
    ['from a symmetric NAT to an address-restricted one', end([kind(APD, APD)]), end([kind(EI, AD)])],
    ['where both map per address and filter by address', end([kind(AD, AD)]), end([kind(AD, AD)])],
    ['through a home’s NAT and a carrier’s', end([kind(EI, APD), kind(EI, APD)]), end([kind(EI, APD)])],
    ['over IPv6 where both have it, whatever is done to IPv4', both(kind(APD, APD)), both(kind(APD, APD))],
    ['over IPv6 where IPv4 leads to the hub only', both({ ...kind(EI, APD), udp: 'hub-only' }), both(kind(EI, APD))],
  ])('%s', (_, one, other) => {
    expect(judge({ one, other, shared: 0 })).toEqual({ possible: true, provided: 'nothing' });
    expect(judge({ one: other, other: one, shared: 0 })).toEqual({ possible: true, provided: 'nothing' });
  });

  it('behind one NAT, by the LAN, whatever the NAT is like', () => {
    const one = end([kind(APD, APD)]);
    expect(judge({ one, other: one, shared: 1 })).toEqual({ possible: true, provided: 'nothing' });
  });

  it('behind one carrier’s NAT that turns packets round', () => {
    const one = end([kind(EI, APD), { ...kind(EI, APD), hairpin: true }]);
    expect(judge({ one, other: one, shared: 1 })).toEqual({ possible: true, provided: 'nothing' });
  });
});

describe('no direct path is possible', () => {
  it.each<[string, string, End, End]>([
    ['between two symmetric NATs', 'unknown port', end([kind(APD, APD)]), end([kind(APD, APD)])],
    ['between a symmetric and a port-restricted NAT', 'unknown port', end([kind(APD, APD)]), end([kind(EI, APD)])],
    ['where a host’s own firewall does what the NAT does not', 'unknown port', end([kind(APD, APD)]), guarded()],
    ['through a symmetric NAT in front of an open one', 'unknown port', end([kind(APD, EI), kind(EI, EI)]), guarded()],
    ['where both map per port and filter by address', 'moving ports', end([kind(APD, AD)]), end([kind(APD, AD)])],
    ['where UDP is blocked', 'no tunnel', end([{ ...kind(EI, EI), udp: 'blocked' }]), end()],
    ['where UDP leads to the hub only', 'blocked', end([{ ...kind(EI, EI), udp: 'hub-only' }]), end()],
    ['from IPv4 to IPv6', 'no common family', end(), end([], { families: 'ipv6' })],
  ])('%s: %s', (_, why, one, other) => {
    expect(judge({ one, other, shared: 0 })).toEqual({ possible: false, why });
    expect(judge({ one: other, other: one, shared: 0 })).toEqual({ possible: false, why });
  });

  it('behind one carrier’s NAT that does not turn packets round', () => {
    const one = end([kind(EI, EI), kind(EI, EI)]);
    expect(judge({ one, other: one, shared: 1 })).toEqual({ possible: false, why: 'no hairpin' });
  });
});

describe('a router that remembers what nobody asked for', () => {
  const remembers: NatKind = { ...kind(EI, APD), unsolicited: 'remembered' };

  it('has to send first to a port-restricted one', () => {
    const [one, other] = [end([remembers]), end([kind(EI, APD)])];
    expect(judge({ one, other, shared: 0 })).toEqual({ possible: true, provided: 'one first' });
    expect(judge({ one: other, other: one, shared: 0 })).toEqual({ possible: true, provided: 'other first' });
  });

  it('may come second where the other one filters by address alone', () => {
    const [one, other] = [end([remembers]), end([kind(EI, AD)])];
    expect(judge({ one, other, shared: 0 })).toEqual({ possible: true, provided: 'nothing' });
  });

  it('meets another one only where the first packets of both cross', () => {
    const one = end([remembers]);
    expect(judge({ one, other: one, shared: 0 })).toEqual({ possible: true, provided: 'together' });
  });
});

describe('between two NATs of any kind', () => {
  /**
   * Reasoned without packets. X's first packet gets through Y's NAT if that lets in anybody, or anybody at an address
   * sent to, or if X comes from the very port that Y was told of. Y's answer gets through X's NAT on the same grounds.
   * Where both map per port, each answer goes to another port than the one before it, and so comes from another one.
   */
  const reaches = (x: NatKind, y: NatKind): boolean => y.filtering !== APD || x.mapping === EI;
  const answers = (x: NatKind, y: NatKind): boolean => reaches(x, y) && (x.filtering !== APD || y.mapping === EI);
  const moving = (x: NatKind, y: NatKind): boolean => x.mapping === APD && y.mapping === APD;
  const kinds = DEPENDENCES.flatMap((mapping) => DEPENDENCES.map((filtering) => kind(mapping, filtering)));
  const pairs = kinds.flatMap((x) => kinds.map((y) => [x, y] as const));

  it.each(pairs.map(([x, y]) => [nameOf(x), nameOf(y), x, y] as const))(
    '%s and %s: as the rule says',
    (_x, _y, x, y) => {
      const verdict = judge({ one: end([x]), other: end([y]), shared: 0 });
      expect(verdict.possible).toBe(!moving(x, y) && (answers(x, y) || answers(y, x)));
    },
  );
});

function kind(mapping: Dependence, filtering: Dependence): NatKind {
  return {
    mapping,
    filtering,
    ports: 'random',
    hairpin: false,
    unsolicited: 'dropped',
    refreshInbound: true,
    udp: 'passed',
  };
}

function nameOf({ mapping, filtering }: NatKind): string {
  return `${mapping} mapping with ${filtering} filtering`;
}

function end(behind: readonly NatKind[] = [], more: Partial<End> = {}): End {
  return { behind, firewall: false, families: 'ipv4', ...more };
}

function both(nat: NatKind): End {
  return end([nat], { families: 'both', firewall: true });
}

/** Behind a full cone, but with a firewall that lets only answers in. */
function guarded(): End {
  return end([kind(EI, EI)], { firewall: true });
}
