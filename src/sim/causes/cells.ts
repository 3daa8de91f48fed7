/** Which cells of the grid the worlds are made of, by what its oracle says of them. */
import type { End } from '../grid/cell.js';
import { judge, type Why } from '../grid/oracle/judge.js';
import { PORTS, SHARED, TABLE, type NamedCell } from '../grid/pairs.js';
import type { Random } from '../random.js';

const whyNot = ({ cell }: NamedCell): Why | undefined => {
  const verdict = judge(cell);
  return verdict.possible ? undefined : verdict.why;
};

/** Those that are direct at once, whoever is first. */
export const POSSIBLE = TABLE.filter(({ cell }) => {
  const verdict = judge(cell);
  return verdict.possible && verdict.provided === 'nothing';
});
const because = (why: Why, cells: readonly NamedCell[]): readonly NamedCell[] =>
  cells.filter((cell) => whyNot(cell) === why);
/** A NAT, or both, that maps per destination: nobody knows the port, or it moves on with each packet. */
const mappedAnew = (cells: readonly NamedCell[]): readonly NamedCell[] => [
  ...because('unknown port', cells),
  ...because('moving ports', cells),
];
export const IMPOSSIBLE = {
  blocked: because('blocked', TABLE),
  'no common family': because('no common family', TABLE),
  'no hairpin': because('no hairpin', SHARED),
  'mapped anew': mappedAnew(TABLE),
};
/** Nobody gets in who was not sent to, at either end. */
export const CLOSED = POSSIBLE.filter(({ cell: { one, other } }) =>
  [one, other].every(({ behind }) => behind.some(({ filtering }) => filtering === 'address-and-port-dependent')),
);
/** Behind one carrier's NAT that does lead packets back inside. */
const NEIGHBOURS = mappedAnew(SHARED);
/** Symmetric NATs whose ports go with them less often. */
const OTHER_PORTS = mappedAnew(PORTS);

export const mapsPerDestination = ({ behind }: End): boolean =>
  behind.some(({ mapping }) => mapping !== 'endpoint-independent');

/**
 * `as met`: in most worlds neither end maps per destination, unless that is the reason; carriers whose NAT does, and leads
 * packets back inside, are few. These shares are assumed, not measured. `evenly`: each cell of the grid as likely as any.
 */
export type Share = 'as met' | 'evenly';

const MAPPED_ANYHOW = 0.15;
const NEIGHBOURS_SHARE = 0.05;
const OTHER_PORTS_SHARE = 0.1;

export function common(cells: readonly NamedCell[], random: Random, nats: Share): NamedCell {
  if (nats === 'evenly' || random.chance(MAPPED_ANYHOW)) return random.pick(cells);
  return random.pick(cells.filter(({ cell: { one, other } }) => ![one, other].some(mapsPerDestination)));
}

export function symmetric(random: Random, nats: Share): NamedCell {
  if (nats === 'evenly') return random.pick([...IMPOSSIBLE['mapped anew'], ...NEIGHBOURS, ...OTHER_PORTS]);
  if (random.chance(NEIGHBOURS_SHARE)) return random.pick(NEIGHBOURS);
  return random.pick(random.chance(OTHER_PORTS_SHARE) ? OTHER_PORTS : IMPOSSIBLE['mapped anew']);
}
