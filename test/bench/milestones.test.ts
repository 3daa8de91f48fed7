import { expect, it } from 'vitest';
import { MILESTONES, passings } from '../../bench/milestones.js';

const log = (...lines: [number, string][]): { at: number; text: string }[] => lines.map(([at, text]) => ({ at, text }));

const one = log(
  [100, 'wg0: ready. Link-local fe80::1, port 51821, 1 peer'],
  [150, '12:00:00 3nGfOgWd: its agent is here'],
  [200, '12:00:00 debug: boOY9IIk: invited through 3nGfOgWd'],
  [300, '12:00:00 debug: boOY9IIk: session through the router'],
  [310, '12:00:00 debug: boOY9IIk: candidate 198.51.100.10:55366: tried'],
  [390, '12:00:00 debug: boOY9IIk: contact at 198.51.100.10:55366, 101.2 ms'],
);
const other = log(
  [120, 'wg0: ready. Link-local fe80::2, port 51821, 1 peer'],
  [180, '12:00:00 3nGfOgWd: its agent is here'],
  [250, '12:00:00 debug: 5EvC6W8g: accepted its invitation through 3nGfOgWd'],
  [260, '12:00:00 3nGfOgWd: its agent is here'],
  [340, '12:00:00 debug: 5EvC6W8g: session through the router'],
  [380, '12:00:00 debug: 5EvC6W8g: contact at 198.51.100.6:56942, 101.0 ms'],
);

it('a step counts when the first agent has taken it, or the later one where both have to; one not taken is infinite', () => {
  const moments = passings([one, other]);
  expect(MILESTONES.map(({ what }, at) => [what, moments[at]])).toEqual([
    ['both are ready', 120],
    ['both have heard the hub’s agent', 180],
    ['one has invited the other', 200],
    ['the other has accepted', 250],
    ['one has a session, and tries candidates', 300],
    ['both have a session', 340],
    ['one has contact', 380],
    ['both have contact', 390],
    ['both have moved', Infinity],
  ]);
});
