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
export const IMPOSSIBLE = {
  blocked: because('blocked', TABLE),
  'no common family': because('no common family', TABLE),
  'no hairpin': because('no hairpin', SHARED),
  'unknown port': because('unknown port', TABLE),
};
/** Nobody gets in who was not sent to, at either end. */
export const CLOSED = POSSIBLE.filter(({ cell: { one, other } }) =>
  [one, other].every(({ behind }) => behind.some(({ filtering }) => filtering === 'address-and-port-dependent')),
);
/** Behind one carrier's NAT that does lead packets back inside. */
const NEIGHBOURS = because('unknown port', SHARED);
/** Symmetric NATs whose ports go with them less often. */
const OTHER_PORTS = because('unknown port', PORTS);

export function symmetric(random: Random): NamedCell {
  const cells = random.chance(0.05) ? NEIGHBOURS : random.chance(0.1) ? OTHER_PORTS : IMPOSSIBLE['unknown port'];
  return random.pick(cells);
}

export const mapsPerDestination = ({ behind }: End): boolean =>
  behind.some(({ mapping }) => mapping !== 'endpoint-independent');

/** Most networks map independent of the destination; of one that does not, an end may think that it is to blame. */
export const common = (cells: readonly NamedCell[], random: Random): NamedCell =>
  random.pick(
    random.chance(0.15) ? cells : cells.filter(({ cell: { one, other } }) => ![one, other].some(mapsPerDestination)),
  );
