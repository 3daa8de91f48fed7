/**
 * A direct path that works, and another one beside it: in a network that both ends come to be in, or over second lines
 * with other delays. Judged by the order of what happens and by where the interfaces send, not by milliseconds.
 */
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../lab/agent.js';
import type { CableOptions } from '../../lab/cable.js';
import type { Internet } from '../../lab/internet.js';
import { patient } from '../../lab/patience.js';
import { PingStream } from '../../lab/ping-stream.js';
import { twoHomes } from '../../lab/scenes.js';
import { buildStar, type Member } from '../../lab/star.js';
import { waitFor } from '../../lab/wait.js';
import { readDump } from '../../lab/wireguard.js';
import { World } from '../../lab/world.js';
import { enter } from './enter.js';
import { DIRECT_WITHIN_MS, Mesh } from './mesh.js';

/** The path counts as carrying traffic for ten seconds after the last packet; then each end has its turn. */
const TRIED_WITHIN_MS = 60_000;
/** What runs over the new path from then on: four seconds of pings. */
const WATCHED_ANSWERS = 40;

const COUNTER = `table inet second {
  chain leaving {
    type filter hook output priority filter
    oifname "eth1" meta l4proto udp counter
  }
}
`;

const SLOW: CableOptions = { delayMs: 25 };

interface Pair {
  readonly world: World;
  readonly internet: Internet;
  readonly hub: Member;
  readonly a: Member;
  readonly b: Member;
}

/** Two spokes with public addresses. */
const twoOpen = (cable: CableOptions): Promise<Pair> =>
  World.build(async (world) => {
    const internet = await world.internet();
    const hub = await world.host('hub', internet);
    const hosts = [await world.host('a', internet, { cable }), await world.host('b', internet, { cable })];
    const star = await buildStar(
      hub,
      hosts.map((host) => ({ host })),
    );
    const [a, b] = star.spokes;
    if (a === undefined || b === undefined) throw new Error('bug: a star of two spokes has two');
    return { internet, hub: star.hub, a, b };
  });

/** A line of IPv6 beside the one of IPv4; what WireGuard sends by it is counted, before any of it gets lost. */
async function addLine({ machine }: Member, internet: Internet, cable: CableOptions): Promise<void> {
  await machine.nft(COUNTER);
  await internet.plug(machine, 'eth1', { families: 'ipv6', cable });
}

async function leftBySecondLine({ machine }: Member): Promise<number> {
  const rules = await machine.run('nft', ['list', 'table', 'inet', 'second']);
  return Number(/packets (\d+)/.exec(rules)?.[1]);
}

/** Where the interface of one sends what is for the other. */
const endpointAt = async (from: Member, to: Member): Promise<string> =>
  (await readDump(from.machine)).peers.find(({ publicKey }) => publicKey === to.key)?.endpoint ?? '';

const endpoints = async ({ a, b }: Pair): Promise<readonly string[]> => [
  await endpointAt(a, b),
  await endpointAt(b, a),
];

const inLan = (endpoint: string): boolean => endpoint.startsWith('172.20.5.');
const onIpv6 = (endpoint: string): boolean => endpoint.startsWith('[');

/** Pings run for a while, and each takes the direct path. Answers how many got lost. */
async function lostFromNowOn({ a, b }: Pair, mesh: Mesh): Promise<number> {
  const pings = new PingStream(a, b);
  const seen = new Set<string>();
  await mesh.telling(
    waitFor(
      'pings run',
      () => {
        if (pings.latest.echo !== undefined) seen.add(pings.latest.path);
        return pings.answers;
      },
      (answers) => answers >= WATCHED_ANSWERS,
      { timeoutMs: DIRECT_WITHIN_MS, everyMs: 20 },
    ),
  );
  pings.stop();
  expect([...seen]).toEqual(['direct']);
  return pings.lost;
}

const until = (what: string, pair: Pair, mesh: Mesh, enough: (endpoint: string) => boolean) =>
  mesh.telling(
    waitFor(
      `both interfaces send ${what}`,
      () => endpoints(pair),
      (seen) => seen.every(enough),
      { timeoutMs: TRIED_WITHIN_MS },
    ),
  );

describe('two spokes that are direct over the internet and come to be in one LAN', () => {
  it(
    'send there as soon as their path is quiet, and lose nothing from then on',
    async () => {
      const scene = await enter(twoHomes({ cable: SLOW }, { cable: SLOW }));
      const { a, b } = scene;
      const mesh = await Mesh.start(scene);
      await mesh.until('direct', DIRECT_WITHIN_MS);
      await a.machine.ip(`link add lan type veth peer name lan netns ${b.machine.pid}`);
      for (const [{ machine }, address] of [
        [a, '172.20.5.1/24'],
        [b, '172.20.5.2/24'],
      ] as const)
        await machine.ip(`addr add ${address} dev lan`, 'link set lan up');
      await until('into the LAN', scene, mesh, inLan);
      expect(await lostFromNowOn(scene, mesh)).toBe(0);
      expect((await endpoints(scene)).every(inLan)).toBe(true);
      expect((await viewOf(a, b))?.endpoint).toBe(await endpointAt(a, b));
    },
    patient(120_000),
  );
});

describe('two spokes that get a second line', () => {
  it(
    'move to it where it is clearly quicker, and lose nothing from then on',
    async () => {
      const scene = await enter(twoOpen(SLOW));
      const mesh = await Mesh.start(scene);
      await mesh.until('direct', DIRECT_WITHIN_MS);
      for (const member of [scene.a, scene.b]) await addLine(member, scene.internet, { delayMs: 5 });
      await until('over the second line', scene, mesh, onIpv6);
      expect(await lostFromNowOn(scene, mesh)).toBe(0);
      expect((await endpoints(scene)).every(onIpv6)).toBe(true);
    },
    patient(120_000),
  );

  it.each([
    ['as quick', SLOW],
    ['slower', { delayMs: 60 }],
    ['as quick, and both are bad', { delayMs: 25, jitterMs: 20, loss: 0.05 }],
  ])(
    'try it and stay where they are: %s',
    async (_, second) => {
      const lossy = 'loss' in second;
      const first = lossy ? second : SLOW;
      const scene = await enter(twoOpen(first));
      const mesh = await Mesh.start(scene);
      await mesh.until('direct', DIRECT_WITHIN_MS);
      for (const member of [scene.a, scene.b]) await addLine(member, scene.internet, second);
      await mesh.telling(
        waitFor(
          'a ping and its answer left by the second line',
          async () => [await leftBySecondLine(scene.a), await leftBySecondLine(scene.b)],
          // Where the ping gets lost, nothing answers it.
          (left) => left[lossy ? 'some' : 'every']((packets) => packets > 0),
          { timeoutMs: TRIED_WITHIN_MS },
        ),
      );
      // While traffic runs nothing is tried, so where it ends is where both have stayed.
      const lost = await lostFromNowOn(scene, mesh);
      if (!lossy) expect(lost).toBe(0);
      await until('over the first line', scene, mesh, (endpoint) => !onIpv6(endpoint));
    },
    patient(120_000),
  );
});
