/**
 * docs/nat-grid.md, made from the cells of the grid and what each run of them has to end with. `npm run sim:grid --
 * --write` writes it once every run has ended so; a test holds that it was.
 */
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { CROSSING, expectationOf } from '../src/sim/grid/expect.js';
import { judge, type Verdict } from '../src/sim/grid/oracle/judge.js';
import {
  apart,
  CARRIERS,
  GRID,
  inOneCarrier,
  NEIGHBOURS,
  ONE_HOME,
  PORTS,
  TABLE,
  type NamedCell,
} from '../src/sim/grid/pairs.js';
import { PLACES } from '../src/sim/grid/places.js';

export const PAGE = fileURLToPath(new URL('../docs/nat-grid.md', import.meta.url));

/** As prettier leaves it, so that the page can be compared with the committed one. */
export async function gridPage(): Promise<string> {
  return format(text(), { ...(await resolveConfig(PAGE)), parser: 'markdown' });
}

function text(): string {
  return `# Every NAT against every NAT

Which pairs of ends become direct, and which stay on the hub because no path between them is possible. The engine that
runs beside a real interface was run in the simulator for each of ${GRID.length} cells, with the ends in both places and
other latencies in each run, and the path that packets take in the end was compared with an oracle. The oracle
(\`src/sim/grid/oracle\`) is reasoned from RFC 4787 and from how WireGuard follows a peer, apart from the simulator, and was
there before the first run. Every run ended as this page says; \`npm run sim:grid\` runs them again and says which one does
not, and ten cells and more are held against real WireGuard in the namespace laboratory (\`test/lab/nat-grid.test.ts\`).

This page is made by \`npm run sim:grid -- --write\`.

## The places

EI, AD and APD stand for endpoint-independent, address-dependent, and address-and-port-dependent. The first is how a NAT
maps (does another destination get another port?), the second how it filters (who may send to a mapped port?). Home
routers mostly are EI/APD (port-restricted), "symmetric" is APD/APD, a "full cone" EI/EI.

| place | where the end stands |
| --- | --- |
${PLACES.map(({ name, what }) => `| ${name} | ${what} |`).join('\n')}

## Two ends that have nothing in common but the internet

${legend()}

| | ${PLACES.map((_, at) => at + 1).join(' | ')} |
| --- | ${PLACES.map(() => '---').join(' | ')} |
${table()}

## Two ends behind one NAT

Two hosts in one home meet by their LAN addresses, whatever the NAT is like (${ONE_HOME.length} cells: ${symbolsOf(ONE_HOME)}).

Two homes behind one carrier's NAT know each other only by the carrier's address outside. So without hairpinning they do
not meet (${STRAIGHT.length} cells: ${symbolsOf(STRAIGHT)}). With it, the carrier's NAT maps and filters what it turns round as all else:

| carrier's | ${NEIGHBOURS.map((homes) => homes.join(', ')).join(' | ')} |
| --- | ${NEIGHBOURS.map(() => '---').join(' | ')} |
${CARRIERS.map((carrier) => `| ${carrier} | ${NEIGHBOURS.map((homes) => symbolOf(inOneCarrier(carrier, homes, true))).join(' | ')} |`).join('\n')}

## How ports are handed out

The table above has ports preserved where mapping does not depend on the destination, and drawn where it does. In
${PORTS.length} more cells ports are preserved, sequential, random or drawn from a block of a carrier's, for each kind of
mapping and filtering with each other one. Nothing changes by it: a port that only depends on its own end is told by the
hub, one that depends on the destination is a new one for the peer, and nobody guesses. Sequential ports could be
guessed; wirelink does not.

## What decides

A packet of X gets through Y's NAT if that lets in anybody, or anybody at an address that Y sent to, or if X comes from
the very port that the hub told Y of, which is so where X's mapping is EI. Y's answer gets through X's NAT on the same
grounds. If that holds for one of the two directions, the pair can be direct: WireGuard answers to where the last
authentic packet came from. So "symmetric with port-restricted fails, all else works" is not the rule: AD/AD with
APD/AD works.

One thing more: the ports have to come to rest. Where both NATs map per destination port (APD) and neither filters by
port, packets pass; but each answer goes to a port that the NAT in front of its sender never sent to, and so leaves by yet
another one. Under traffic that takes some hundred ports a second of both NATs, each for as long as they remember a flow,
and soon nobody behind them can open a connection. An agent sees that proofs of a path keep coming from other ports, and
leaves such a pair on the hub.

## Limits

### ${CROSSING.name}

${CROSSING.reason}

### Time

Mappings are taken to last 30 s where what comes in refreshes them, and two minutes where it does not. A NAT with less
has gaps with plain WireGuard too: an end that receives puts its keepalive off, and may be silent itself for longer than
such a NAT remembers it.
`;
}

const SYMBOLS = {
  direct: ['●', 'direct'],
  turns: [
    '◐',
    'direct, but one end has to be the first to send: a router would remember the other’s packet. Both take turns, which can take two minutes',
  ],
  limit: ['◌', 'possible, and not promised: see Limits'],
  'unknown port': [
    'p',
    'not possible: a NAT maps each destination anew, and the other side lets in only ports that were sent to',
  ],
  'moving ports': [
    'm',
    'not possible: both NATs map each destination port anew, so each exchange would take another port of both, until none are left',
  ],
  'no hairpin': ['h', 'not possible: the NAT in common does not turn packets round'],
  'no common family': ['f', 'not possible: one has IPv4 only, the other IPv6 only'],
  blocked: ['b', 'not possible: UDP leads to the hub only'],
  'no tunnel': ['x', 'no star: the end does not reach the hub'],
} as const;

/** Those that occur among the cells. */
const symbolsOf = (cells: readonly NamedCell[]): string => [...new Set(cells.map(symbolOf))].join(', ');

const STRAIGHT = CARRIERS.flatMap((carrier) => NEIGHBOURS.map((homes) => inOneCarrier(carrier, homes, false)));

const symbolOf = ({ cell }: NamedCell): string => SYMBOLS[signOf(judge(cell))][0];

function signOf(verdict: Verdict): keyof typeof SYMBOLS {
  if (!verdict.possible) return verdict.why;
  if ('limit' in expectationOf(verdict)) return 'limit';
  return verdict.provided === 'nothing' ? 'direct' : 'turns';
}

function legend(): string {
  const signs = TABLE.map(({ cell }) => signOf(judge(cell)));
  return Object.entries(SYMBOLS)
    .map(([sign, [symbol, what]]) => {
      const count = signs.filter((each) => each === sign).length;
      return `- ${symbol} ${what}${count === 0 ? '' : ` (${count} of ${TABLE.length} cells)`}`;
    })
    .join('\n');
}

function table(): string {
  return PLACES.map((row, at) => {
    const cells = PLACES.map((column, other) => (other < at ? '' : symbolOf(apart(row, column))));
    return `| ${at + 1} ${row.name} | ${cells.join(' | ')} |`;
  }).join('\n');
}
