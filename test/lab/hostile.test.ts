/** Hostile members of a real star: what the others' agents keep, answer, send and tell. */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Agent, command, peersOf, viewOf } from '../../lab/agent.js';
import { Hostile, type ClaimText, type Orders } from '../../lab/hostile.js';
import { pathOf, ping } from '../../lab/observe.js';
import { PacketCount } from '../../lab/packets.js';
import { patient } from '../../lab/patience.js';
import { twoHomes } from '../../lab/scenes.js';
import { buildStar, type Member } from '../../lab/star.js';
import { waitFor } from '../../lab/wait.js';
import { readDump, readState } from '../../lab/wireguard.js';
import { World } from '../../lab/world.js';
import { UNPROVEN_BURST, UNPROVEN_PER_MINUTE } from '../../src/core/limits.js';
import type { ClaimView } from '../../src/core/views.js';
import { enter } from './enter.js';

/** Node's collector lets 48 MB of young garbage lie before it hurries; the idle agent has 60 MB. */
const MAX_MEMORY_MB = 140;
/**
 * What is kept of a flood is kept once: another one like it finds its place taken. Chance puts the collector's rounds
 * elsewhere and lets one flood grow by as much; what is never given back grows with each.
 */
const MAX_GROWTH_MB = 15;
const ANSWER_WITHIN_MS = 1000;

async function unleash(member: Member, hub: Member, orders: Orders): Promise<Hostile> {
  const hostile = await Hostile.unleash(member, hub, orders);
  onTestFinished(() => {
    hostile.stop();
  });
  return hostile;
}

describe('a hub’s agent that a spoke without agent floods', () => {
  it(
    'keeps its memory, its peers and its routes, answers its socket, and tells who tried what',
    async () => {
      const { hub, a, b } = await enter(twoHomes());
      const agent = await Agent.start(hub);
      await Agent.start(b);
      await waitFor(
        'b knows the hub’s agent',
        () => viewOf(b, hub),
        (view) => view?.agent === true,
        { timeoutMs: 10_000 },
      );
      const before = await readState(hub.machine);
      const flood = async (claims: readonly ClaimText[]): Promise<{ memory: number; answered: number }> => {
        const hostile = await unleash(a, hub, { do: 'flood', claims });
        const flooding = { over: false };
        const over = hostile.done().finally(() => (flooding.over = true));
        const worst = { memory: 0, answered: 0 };
        while (!flooding.over) {
          worst.answered = Math.max(worst.answered, await answerTime(hub));
          worst.memory = Math.max(worst.memory, await memoryOf(agent));
          await sleep(100);
        }
        await over;
        return worst;
      };
      const claims: readonly ClaimText[] = [
        { prefix: `${b.address}/32` },
        { prefix: '0.0.0.0/0' },
        { prefix: `${hub.address}/32` },
        { endpoint: '127.0.0.1:51820' },
        { subject: hub.key, endpoint: '203.0.113.66:51820' },
        { subject: hub.key, prefix: '10.9.0.0/24' },
        { subject: b.key, endpoint: '203.0.113.66:51820' },
      ];
      const [first, second, third] = [await flood([]), await flood(claims), await flood(claims)];
      expect(Math.max(first.answered, second.answered, third.answered)).toBeLessThan(ANSWER_WITHIN_MS);
      expect(Math.max(first.memory, second.memory, third.memory)).toBeLessThan(MAX_MEMORY_MB);
      const grown = [second.memory - first.memory, third.memory - second.memory];
      expect(Math.min(...grown)).toBeLessThan(MAX_GROWTH_MB);
      expect(agent.dead).toBe(false);
      expect(await readState(hub.machine)).toEqual(before);
      expect(await ping(b.machine, hub.address)).toBeDefined();
      expect((await peersOf(hub)).peers.map(({ publicKey }) => publicKey).sort()).toEqual([a.key, b.key].sort());
      const told = (await rejectedAt(hub)).filter(({ source }) => source === a.key);
      expect(told.map(({ value }) => value)).toEqual(
        expect.arrayContaining([
          `${b.address}/32`,
          '0.0.0.0/0',
          '127.0.0.1:51820',
          '203.0.113.66:51820',
          '10.9.0.0/24',
        ]),
      );
      expect(told.every(({ rejected }) => rejected !== undefined && rejected !== '')).toBe(true);
      // A flood does not fill the disk either: refusals are told a few at a time.
      expect(agent.log.length).toBeLessThan(200);
    },
    patient(180_000),
  );
});

describe('a stranger whose address a member names as its own', () => {
  it(
    'gets a handful of packets in a minute, however often the member changes its facts and invites',
    async () => {
      const { hub, a, b, victim, world } = await enter(starWithVictim());
      const count = await PacketCount.start(victim.machine, 'input', 'meta l4proto udp');
      await Agent.start(hub);
      const agent = await Agent.start(b);
      const { listenPort } = await readDump(a.machine);
      await unleash(a, hub, { do: 'redirect', victim: victim.leg.address, other: b.key, listenPort });
      const seen = await waitFor(
        'b sends to the victim',
        () => count.packets(),
        (packets) => packets > 0,
        { timeoutMs: 30_000 },
      );
      expect(seen).toBeGreaterThan(0);
      await sleep(60_000);
      // The minute began when the first was seen; what was earned before that is in the second minute's worth.
      expect(await count.packets(), agent.story()).toBeLessThanOrEqual(UNPROVEN_BURST + 2 * UNPROVEN_PER_MINUTE);
      expect(await pathOf(b, hub)).toBe('direct');
      await world.close();
    },
    patient(180_000),
  );
});

describe('a member that claims what is another one’s', () => {
  it(
    'moves nothing, neither with the other’s address nor with 8.8.8.8 on a full-tunnel client',
    async () => {
      const scene = await enter(starOfThree());
      const { hub, a, b, c } = scene;
      await a.machine.run('wg', ['set', 'wg0', 'peer', hub.key, 'allowed-ips', '0.0.0.0/0']);
      const before = await readDump(a.machine);
      await Promise.all([Agent.start(hub), Agent.start(a), Agent.start(b)]);
      await unleash(c, hub, { do: 'claim', claims: [{ prefix: `${b.address}/32` }, { prefix: '8.8.8.8/32' }] });
      const told = await waitFor(
        'a refused what c claims',
        async () =>
          (await rejectedAt(a))
            .filter(({ subject }) => subject === c.key)
            .map(({ value }) => value)
            .sort(),
        (values) => values.length >= 2,
        { timeoutMs: 20_000 },
      );
      expect(told).toEqual([`${b.address}/32`, '8.8.8.8/32'].sort());
      await waitFor(
        'a and b are direct all the same',
        () => pathOf(a, b),
        (path) => path === 'direct',
        { timeoutMs: 20_000 },
      );
      const now = await readDump(a.machine);
      const holderOf = (prefix: string): string[] =>
        now.peers.filter(({ allowedIps }) => allowedIps.includes(prefix)).map(({ publicKey }) => publicKey);
      expect(holderOf(`${b.address}/32`)).toEqual([b.key]);
      expect(holderOf('8.8.8.8/32')).toEqual([]);
      expect(holderOf('0.0.0.0/0')).toEqual([hub.key]);
      expect(before.peers.map(({ publicKey }) => publicKey)).toEqual([hub.key]);
    },
    patient(120_000),
  );
});

async function rejectedAt(member: Member): Promise<readonly ClaimView[]> {
  const { stdout } = await command(member, ['facts', '--rejected', '--json']);
  return (JSON.parse(stdout) as { facts: ClaimView[] }).facts;
}

/** Megabytes that are really in memory. */
async function memoryOf(agent: Agent): Promise<number> {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${agent.pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

/** Milliseconds from a request at the agent's socket to its answer. */
async function answerTime(member: Member): Promise<number> {
  const began = performance.now();
  const socket = connect(member.machine.path('/run/wirelink/wg0.sock'));
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('data', () => {
      resolve();
    });
    socket.write('{"id":1,"method":"peers","params":{}}\n');
  });
  socket.destroy();
  return performance.now() - began;
}

const starOfThree = () =>
  World.build(async (world) => {
    const internet = await world.internet();
    const hub = await world.host('hub', internet);
    const hosts = [];
    for (const name of ['a', 'b', 'c']) hosts.push(await world.host(name, internet));
    const star = await buildStar(
      hub,
      hosts.map((host) => ({ host })),
    );
    const [a, b, c] = star.spokes;
    if (a === undefined || b === undefined || c === undefined) throw new Error('bug: a star of three spokes has three');
    return { hub: star.hub, a, b, c, internet };
  });

const starWithVictim = () =>
  World.build(async (world) => {
    const internet = await world.internet();
    const hub = await world.host('hub', internet);
    const victim = await world.host('victim', internet);
    const hosts = [await world.host('a', internet), await world.host('b', internet)];
    const star = await buildStar(
      hub,
      hosts.map((host) => ({ host })),
    );
    const [a, b] = star.spokes;
    if (a === undefined || b === undefined) throw new Error('bug: a star of two spokes has two');
    return { hub: star.hub, a, b, victim };
  });
