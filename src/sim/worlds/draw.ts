/** Random worlds: from one number everything, the machines, what happens to them, and who is watched. */
import { Random } from '../random.js';
import type { Scenario } from '../scenario.js';
import { drawCourse } from './faults.js';
import { drawStar, weighted } from './star.js';

export interface DrawnWorld {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly peaceFromMs: number;
}

export const FEWEST_HOSTS = 3;
export const MOST_HOSTS = 50;

/** `hosts`, the hub among them, is drawn unless it is given. */
export function drawWorld(seed: number, hosts?: number): DrawnWorld {
  const random = new Random(seed, 'a random world');
  const count = hosts ?? drawCount(random.fork('count'));
  const star = drawStar(random.fork('star'), count);
  const { at, peaceFromMs } = drawCourse(random.fork('course'), star, random.pick([0, 3, 6, 10]));
  const { hosts: machines, segments, nats, starts } = star;
  const scenario = { name: `random world ${seed}`, segments, nats, hosts: machines, at: [...starts, ...at] };
  return { seed, scenario, peaceFromMs };
}

/**
 * Most worlds are small: what goes wrong goes wrong between two or three, and a world costs about the square of its
 * hosts, so that one of fifty takes the time of a hundred small ones. Of a thousand worlds two have more than 25.
 */
function drawCount(random: Random): number {
  const size = weighted(random, { few: 930, some: 60, many: 8, most: 2 });
  switch (size) {
    case 'few':
      return random.between(FEWEST_HOSTS, 5);
    case 'some':
      return random.between(6, 12);
    case 'many':
      return random.between(13, 25);
    case 'most':
      return random.between(26, MOST_HOSTS);
  }
}
