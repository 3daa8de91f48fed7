/** A world that nobody uses: agents hold what the others say, and sleep for as long as nothing is due. */
import { disagreements, holdings } from '../checkers/facts.js';
import type { World } from '../world.js';

/** Paths count as carrying traffic for 10 s after the last of it, and what was lost on the way is told again. */
const SETTLE_MS = 25_000;
/** In one a path may be lost on a bad line, and made again; who has a reason in each of so many has none. */
const LOOKS = 4;
const LOOK_MS = 30_000;
/** From a change to its having been told to all, with what is lost of it on a bad line. */
const TOLD_WITHIN_MS = 10_000;
/** Pings that may get lost on the way before a machine counts as cut off. */
const TRIES = 6;

/** What is wrong after some quiet half minutes. `pass` lets time pass and answers whether nothing else is wrong. */
export function staysQuiet(world: World, hub: string, pass: (ms: number) => boolean): readonly string[] {
  if (!pass(SETTLE_MS)) return [];
  let restless = world.hostNames;
  for (let left = LOOKS; left > 0 && restless.length > 0; left--) {
    const before = new Map(world.hostNames.map((host) => [host, world.agent(host).wakes]));
    if (!pass(LOOK_MS)) return [];
    restless = restless.filter((host) => world.agent(host).wakes - (before.get(host) ?? 0) > wakesAllowed(world, host));
  }
  return [
    ...restless.map(
      (host) => `${host} wakes up more than ${wakesAllowed(world, host)} times in half a minute without a reason`,
    ),
    ...differing(world, hub, pass),
  ];
}

/** The device is read every 2 s; each neighbour costs a renewal a minute and what may have to be repeated of it. */
const WAKES_ALONE = 30;
const WAKES_A_NEIGHBOUR = 12;
/** An attempt that fails: rounds of candidates, invitations, what is said of the loss. Pauses make them rare. */
const WAKES_A_FAILING_PEER = 400;

function wakesAllowed(world: World, host: string): number {
  const peers = world.peers(host);
  const neighbours = peers.filter(({ path, configured }) => configured || path === 'direct').length;
  const failing = peers.filter(({ path, agent, configured }) => !configured && agent && path !== 'direct').length;
  return WAKES_ALONE + WAKES_A_NEIGHBOUR * neighbours + WAKES_A_FAILING_PEER * failing;
}

/** Something may have changed just now, a NAT's mapping for instance: what still differs some seconds later is wrong. */
function differing(world: World, hub: string, pass: (ms: number) => boolean): readonly string[] {
  if (!world.agent(hub).running) return [];
  const first = new Set(differences(world, hub));
  if (first.size === 0 || !pass(TOLD_WITHIN_MS)) return [];
  return differences(world, hub).filter((each) => first.has(each));
}

function differences(world: World, hub: string): readonly string[] {
  const talking = world.hostNames.filter(
    (host) => world.agent(host).running && (host === hub || world.pathOf(host, hub, TRIES) !== 'none'),
  );
  const held = holdings(world);
  return talking.flatMap((host) =>
    disagreements(
      world,
      host,
      hub,
      talking.filter((other) => other !== host),
      held,
    ),
  );
}
