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

/** As prettier leaves it. */
export async function causesPage(rows: readonly Row[]): Promise<string> {
  return format(text(rows), { ...(await resolveConfig(PAGE)), parser: 'markdown' });
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const text = (rows: readonly Row[]): string => `# Whether agents know why

In each of these worlds of the simulator one pair cannot be direct, and it is known why: of NATs by [the grid's
oracle](nat-grid.md), of all else because the world was made so. Ends, NATs, latencies and moments are drawn; up to two
other spokes are there or not. The engine that runs beside a real interface runs there, and both ends are asked: with
\`peers\` every 3.7 s for two minutes and a half, then with \`connect\`. A world counts as agreed when neither end ever said
anything but the one cause in the table; of a symmetric NAT at one end also at which. Saying nothing counts as wrong.

| why the pair is not direct | the cause | worlds | agreed | share |
| --- | --- | --- | --- | --- |
${rows.map((row) => `| ${CAUSES[row.reason].what} | ${CAUSES[row.reason].codes.map((code) => `\`${code}\``).join(', ')} | ${row.worlds} | ${row.agreed} | ${percent(row.agreed / row.worlds)} |`).join('\n')}

Together: ${percent(shareOf(rows))}. \`npm run sim:causes -- --write\` makes this page; \`--seed\` draws other worlds, and
each one that does not agree is printed with the line that repeats it.

## What two ends cannot know

- **A NAT that maps per destination, and a firewall as well.** Where the other end lets in anybody, such a NAT alone would
  not keep them apart. Whether it lets in anybody nobody has seen, so the NAT is blamed.
- **Two homes behind one NAT that leads packets back inside and maps per destination.** From inside it looks like one that
  leads nothing back: nothing arrives. Hairpinning is blamed.
- **A NAT that maps per destination and showed the hub the machine's own port.** With nobody else to compare, it looks like
  any other, and a firewall is blamed. One more peer that is direct shows it.
- **A clock, from elsewhere.** The machine whose clock went back sees it by its own interface. To all others it is merely
  not heard of: \`offline\`.
`;
