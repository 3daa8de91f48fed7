/** Which cells the grid has: each place with each other one and with its like, and pairs behind one NAT. */
import type { Cell, NatKind } from './cell.js';
import { end, HOME, kind, OPEN, PLACES, PORT_PLACES, SYMMETRIC, type Place } from './places.js';

export interface NamedCell {
  readonly name: string;
  readonly cell: Cell;
}

/** Ends that have nothing in common but the internet. */
export const apart = (one: Place, other: Place): NamedCell => ({
  name: `${one.name} with ${other.name}`,
  cell: { one: one.end, other: other.end, shared: 0 },
});

/** The cells of the page's table. */
export const TABLE: readonly NamedCell[] = pairsOf(PLACES);

/** All others apart: how ports are handed out changes nothing for the oracle, and has to change nothing here. */
export const PORTS: readonly NamedCell[] = pairsOf([...PLACES.filter(isPlain), ...PORT_PLACES]).filter(
  ({ name }) => !TABLE.some((cell) => cell.name === name),
);

/** Two hosts in one home, of every kind. */
export const ONE_HOME: readonly NamedCell[] = PLACES.filter(isPlain).flatMap(({ name, end: { behind } }) =>
  [false, true].map((hairpin) => {
    const one = end(
      behind.map((nat) => ({ ...nat, hairpin })),
      { firewall: hairpin },
    );
    const how = hairpin ? 'with hairpinning, firewalls on the hosts' : 'no hairpinning';
    return { name: `one home behind ${name}, ${how}`, cell: { one, other: one, shared: 1 } };
  }),
);

const HOMES: readonly (readonly [string, NatKind])[] = [
  ['EI/EI', OPEN],
  ['EI/APD', HOME],
  ['APD/AD', kind('address-and-port-dependent', 'address-dependent')],
  ['APD/APD', SYMMETRIC],
];

/** Two homes behind one carrier’s NAT. */
export const CARRIERS = HOMES.map(([name]) => name);
export const NEIGHBOURS: readonly (readonly [string, string])[] = CARRIERS.flatMap((one, at) =>
  CARRIERS.slice(at).map((other) => [one, other] as const),
);

export function inOneCarrier(carrier: string, [one, other]: readonly [string, string], hairpin: boolean): NamedCell {
  const shared = { ...natNamed(carrier), hairpin };
  return {
    name: `homes ${one} and ${other} behind one carrier’s ${carrier}, ${hairpin ? 'with' : 'no'} hairpinning`,
    cell: { one: end([natNamed(one), shared]), other: end([natNamed(other), shared]), shared: 1 },
  };
}

const ONE_CARRIER: readonly NamedCell[] = CARRIERS.flatMap((carrier) =>
  NEIGHBOURS.flatMap((homes) => [false, true].map((hairpin) => inOneCarrier(carrier, homes, hairpin))),
);

export const SHARED: readonly NamedCell[] = [...ONE_HOME, ...ONE_CARRIER];
export const GRID: readonly NamedCell[] = [...TABLE, ...SHARED, ...PORTS];

function natNamed(name: string): NatKind {
  const found = HOMES.find(([known]) => known === name);
  if (found === undefined) throw new Error(`there is no home ${name}`);
  return found[1];
}

function pairsOf(places: readonly Place[]): readonly NamedCell[] {
  return places.flatMap((one, at) => places.slice(at).map((other) => apart(one, other)));
}

function isPlain({ name }: Place): boolean {
  return /^[A-Z]+\/[A-Z]+$/.test(name);
}
