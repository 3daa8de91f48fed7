/** The places of the grid: where an end can stand, by name. Which pairs of them are run is in pairs.ts. */
import type { End, NatKind } from './cell.js';

export interface Place {
  /** Short, for rows and columns. */
  readonly name: string;
  readonly what: string;
  readonly end: End;
}

type Dependence = NatKind['mapping'];

const EI: Dependence = 'endpoint-independent';
const AD: Dependence = 'address-dependent';
const APD: Dependence = 'address-and-port-dependent';
const SHORT: Readonly<Record<Dependence, string>> = {
  'endpoint-independent': 'EI',
  'address-dependent': 'AD',
  'address-and-port-dependent': 'APD',
};
const DEPENDENCES = [EI, AD, APD] as const;

export function kind(mapping: Dependence, filtering: Dependence, more: Partial<NatKind> = {}): NatKind {
  // One that maps per destination cannot preserve ports for long; those that do it draw them.
  const ports = mapping === EI ? 'preserved' : 'random';
  const rest = { hairpin: false, unsolicited: 'dropped', refreshInbound: true, udp: 'passed' } as const;
  return { mapping, filtering, ports, ...rest, ...more };
}

export function end(behind: readonly NatKind[], more: Partial<End> = {}): End {
  return { behind, firewall: false, families: 'ipv4', ...more };
}

/** What most homes have. */
export const HOME = kind(EI, APD);
export const OPEN = kind(EI, EI);
export const SYMMETRIC = kind(APD, APD);

/** Mapping and filtering of every kind, with ports as they mostly go with them. */
const PLAIN: readonly Place[] = DEPENDENCES.flatMap((mapping) =>
  DEPENDENCES.map((filtering) => ({
    name: `${SHORT[mapping]}/${SHORT[filtering]}`,
    what: `behind a NAT of ${mapping} mapping and ${filtering} filtering`,
    end: end([kind(mapping, filtering)]),
  })),
);

const SPECIAL: readonly Place[] = [
  { name: 'public', what: 'a public address', end: end([]) },
  { name: 'public, fw', what: 'a public address, and a firewall on the host', end: end([], { firewall: true }) },
  { name: 'EI/EI, fw', what: 'as EI/EI, and a firewall on the host', end: end([OPEN], { firewall: true }) },
  { name: 'EI/APD, fw', what: 'as EI/APD, and a firewall on the host', end: end([HOME], { firewall: true }) },
  {
    name: 'remembers',
    what: 'as EI/APD, in front of a router that remembers packets nobody asked for (Linux without a drop rule)',
    end: end([kind(EI, APD, { unsolicited: 'remembered' })]),
  },
  {
    name: 'no refresh',
    what: 'as EI/APD, and what comes in does not keep a mapping alive; it lasts two minutes, not 30 s',
    end: end([kind(EI, APD, { refreshInbound: false })]),
  },
  { name: 'home in EI/APD', what: 'as EI/APD, behind a carrier’s NAT of the same kind', end: end([HOME, HOME]) },
  { name: 'home in APD/APD', what: 'as EI/APD, behind a carrier’s NAT that is symmetric', end: end([HOME, SYMMETRIC]) },
  { name: 'APD/AD in EI/AD', what: 'as APD/AD, behind a carrier’s of EI/AD', end: end([kind(APD, AD), kind(EI, AD)]) },
  { name: 'hub only', what: 'as EI/EI, and UDP leads to the hub only', end: end([kind(EI, EI, { udp: 'hub-only' })]) },
  { name: 'blocked', what: 'as EI/EI, and UDP is blocked', end: end([kind(EI, EI, { udp: 'blocked' })]) },
  { name: 'IPv6', what: 'a public IPv6 address alone, and a firewall on the host', end: six('ipv6') },
  { name: 'APD + IPv6', what: 'IPv4 as APD/APD, a public IPv6 address, and a firewall on the host', end: six('both') },
];

/** The same kinds with ports handed out otherwise. */
const OTHER_PORTS: readonly Place[] = PLAIN.flatMap(({ name, what, end: { behind } }) =>
  (['preserved', 'sequential', 'random', 'blocks'] as const).flatMap((ports) =>
    behind.every((nat) => nat.ports !== ports)
      ? [
          {
            name: `${name} ${ports}`,
            what: `${what}, ports ${ports}`,
            end: end(behind.map((nat) => ({ ...nat, ports }))),
          },
        ]
      : [],
  ),
);

/** Those that the page's table shows. */
export const PLACES: readonly Place[] = [...SPECIAL.slice(0, 1), ...PLAIN, ...SPECIAL.slice(1)];
/** Those that differ in how ports are handed out; the table has a row for none of them. */
export const PORT_PLACES: readonly Place[] = OTHER_PORTS;

function six(families: 'ipv6' | 'both'): End {
  return end([SYMMETRIC], { families, firewall: true });
}
