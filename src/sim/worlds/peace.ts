/** What has to come about once nothing disturbs a world any more: pairs that can be direct are, and all talk. */
import { mustBeDirect } from '../checkers/direct.js';
import type { World } from '../world.js';

export type Pair = readonly [string, string];

export interface Peace {
  /** Until all were direct that have to be; `undefined` when some never were. */
  readonly tookMs: number | undefined;
  /** Who was not in time, and why it says it was not. */
  readonly late: readonly string[];
  /** How many pairs were direct in the end, those among them of which no rule says so. */
  readonly direct: number;
}

/**
 * After a lost path attempts are 2 s apart for two minutes; who could not connect for longer than that waits a minute or
 * two for the next attempt, and that may fail on a bad line.
 */
const DIRECT_WITHIN_MS = 300_000;
const ASK_EVERY_MS = 1_000;
/** Pings that may get lost on the way before it counts. */
const TRIES = 6;
/** No path here takes longer. */
const ANSWERED_WITHIN_MS = 1_000;

/** `pass` lets time pass and answers whether the world is still without a violation. */
export function becomeDirect(world: World, hub: string, pass: (ms: number) => boolean): Peace {
  const begin = world.now;
  const pairs = pairsOf(world, hub);
  const wanted = pairs.filter(([one, other]) => mustBeDirect(world, hub, one, other));
  for (;;) {
    const direct = areDirect(world);
    const waiting = wanted.filter((pair) => !direct(pair));
    if (waiting.length === 0) break;
    if (world.now - begin > DIRECT_WITHIN_MS || !pass(ASK_EVERY_MS)) {
      return { tookMs: undefined, late: waiting.map((pair) => tell(world, pair)), direct: count(world, pairs) };
    }
  }
  const tookMs = world.now - begin;
  return { tookMs, late: mistaken(world, wanted), direct: count(world, pairs) };
}

/** Those whose agents call their path direct while pings of that moment go another way, or none. */
function mistaken(world: World, pairs: readonly Pair[]): readonly string[] {
  const wrong: string[] = [];
  // It may just have been lost and found again; then both ends know.
  const judge = (pair: Pair, path: string): void => {
    if (path !== 'direct' && areDirect(world)(pair))
      wrong.push(`${pair.join(' and ')} are direct, and pings are ${path}`);
  };
  const answered = new Set<Pair>();
  const waiting = (): readonly Pair[] => pairs.filter((pair) => !answered.has(pair));
  for (let left = TRIES; left > 0 && answered.size < pairs.length; left--) {
    for (const pair of waiting()) {
      world.sendPing(...pair, ({ path }) => {
        if (answered.has(pair)) return;
        answered.add(pair);
        judge(pair, path);
      });
    }
    world.run(ANSWERED_WITHIN_MS);
  }
  for (const pair of waiting()) judge(pair, 'none');
  return wrong;
}

/** Every two spokes. */
export function pairsOf(world: World, hub: string): readonly Pair[] {
  const spokes = world.hostNames.filter((name) => name !== hub);
  return spokes.flatMap((one, index) => spokes.slice(index + 1).map((other) => [one, other] as const));
}

const count = (world: World, pairs: readonly Pair[]): number => pairs.filter(areDirect(world)).length;

/** Whether two are direct at this moment, as the agents of both show it. Each of them is asked once at most. */
function areDirect(world: World): (pair: Pair) => boolean {
  const reached = new Map<string, ReadonlySet<string>>();
  const direct = (from: string): ReadonlySet<string> => {
    const known =
      reached.get(from) ??
      new Set(world.peers(from).flatMap(({ path, publicKey }) => (path === 'direct' ? [world.nameOf(publicKey)] : [])));
    reached.set(from, known);
    return known;
  };
  return ([one, other]) => direct(one).has(other) && direct(other).has(one);
}

function tell(world: World, [one, other]: Pair): string {
  const ends = [world.view(one, other), world.view(other, one)];
  const told = ends.map((view) => (view === undefined ? 'not known' : `${view.path}: ${view.cause?.text ?? ''}`));
  return `${one} and ${other} can be direct and are not (${told.join(' | ')})`;
}
