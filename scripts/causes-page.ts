/** docs/causes.md, made by `npm run sim:causes -- --write` from the runs it has just made. */
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { CAUSES, type Reason } from '../src/sim/causes/draw.js';

export const PAGE = fileURLToPath(new URL('../docs/causes.md', import.meta.url));

/** The least share of worlds in which both ends have to say nothing but the truth. */
export const ENOUGH = 0.95;

export interface Row {
  readonly reason: Reason;
  readonly worlds: number;
  /** In which both ends said nothing but the truth. */
  readonly agreed: number;
}

export function shareOf(rows: readonly Row[]): number {
  const sum = (what: 'worlds' | 'agreed'): number => rows.reduce((total, row) => total + row[what], 0);
  return sum('agreed') / sum('worlds');
}

/** The reasons for which it matters how often NATs of each kind are drawn. */
export const EVENLY_TOO: readonly Reason[] = ['symmetric NAT', 'UDP blocked', 'firewall between'];

/** `evenly`: those reasons with each cell of the grid as likely as any. As prettier leaves it. */
export async function causesPage(rows: readonly Row[], evenly: readonly Row[]): Promise<string> {
  return format(text(rows, evenly), { ...(await resolveConfig(PAGE)), parser: 'markdown' });
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const table = (rows: readonly Row[]): string => `| why the pair is not direct | the cause | worlds | agreed | share |
| --- | --- | --- | --- | --- |
${rows.map(line).join('\n')}`;

function line({ reason, worlds, agreed }: Row): string {
  const { what, codes } = CAUSES[reason];
  const told = codes.map((code) => `\`${code}\``).join(', ');
  return `| ${what} | ${told} | ${worlds} | ${agreed} | ${percent(agreed / worlds)} |`;
}

const text = (rows: readonly Row[], evenly: readonly Row[]): string => `# Whether agents know why

In each of these worlds of the simulator one pair cannot be direct, and it is known why: of NATs by [the grid's
oracle](nat-grid.md), of all else because the world was made so. Ends, NATs, latencies and moments are drawn; up to two
other spokes are there or not. The engine that runs beside a real interface runs there, and both ends are asked: with
\`peers\` every 3.7 s for two minutes and a half, then with \`connect\`. A world counts as agreed when neither end ever said
anything but the one cause in the table; of a symmetric NAT at one end also at which. Saying nothing counts as wrong.

${table(rows)}

Together: ${percent(shareOf(rows))}. \`npm run sim:causes -- --write\` makes this page; \`--seed\` draws other worlds, and
each one that does not agree is printed with the line that repeats it.

How often a kind of NAT is drawn decides these figures, and is assumed: in 85 of 100 worlds or more of the second and the third row no
NAT maps per destination; in the first row 5 of 100 pairs are behind one carrier's NAT, and of the others 10 of 100 have ports
that go with such NATs less often. With each cell of the grid as likely as any, NATs that map per destination are most of
them, and the cause is the right one less often:

${table(evenly)}

With these three in their place it is ${percent(shareOf(rows.map((row) => evenly.find(({ reason }) => reason === row.reason) ?? row)))} of all worlds.

## What they go by

An attempt that fails shows more than that it failed, and both ends tell each other what it showed
([PROTOCOL.md](PROTOCOL.md), 10.6). Nothing is sent for it that an attempt does not send anyway.

- From where the other end's packets came, if any did. At the endpoint that a router tells, its NAT maps alike for all; at
  another port of that address it does not, and one's own side lets in ports that nothing was sent to.
- Which of the two was heard. An end that hears and is not heard may answer from another port than it is sent to. If its
  NAT is known not to do that, a firewall lets UDP pass in one direction.
- Where others' packets came in, whether these attempts succeeded or not. A NAT that maps per destination, and lets others
  in at the port that a router sees, would have let in this one.
- How it went with others. An end whose UDP reached nobody but routers, though the NATs of some of them were no reason, is
  behind a firewall, whatever the NAT at the other end is like.
- Global IPv6 addresses at both ends: no NAT stands between those, so that something else drops packets there.

## What two ends cannot know

- **A NAT that maps per destination, and a firewall as well.** Where the other end lets in anybody, such a NAT alone would
  not keep them apart. While nobody has seen whether it does, or whether the NAT lets in others, the NAT is blamed: that is
  the more common reason by far. So it is where UDP of one end leads to the hub only and there is no third spoke to
  compare, which makes most of what is wrong in the table above.
- **Two homes behind one NAT that leads packets back inside and maps per destination.** From inside it looks like one that
  leads nothing back: nothing arrives. Hairpinning is blamed.
- **A NAT that maps per destination and showed the hub the machine's own port.** With nobody else to compare, it looks like
  any other, and a firewall is blamed. One more peer that is direct shows it.
- **A clock, from elsewhere.** The machine whose clock went back sees it by its own interface. To all others it is merely
  not heard of: \`offline\`.
`;
