/**
 * What an agent costs that has nothing to do: all three agents of the scene, each with two peers, the spokes direct and
 * without traffic. Memory and processor time are the agent's with the processes it started; WireGuard's are not its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent } from '../../lab/agent.js';
import { monotonic } from '../../lab/clock.js';
import { PacketCount } from '../../lab/packets.js';
import type { BenchOptions, Experiment } from '../experiment.js';
import { costOf } from '../processes.js';
import { rowOf, type RowSpec } from '../row.js';
import { Trio } from '../trio.js';

const MEMORY: RowSpec = {
  id: 'idle-memory',
  what: 'agent idle, two peers: memory',
  unit: 'MB',
  targets: [{ of: 'max', limit: 80 }],
};
const PROCESSOR: RowSpec = {
  id: 'idle-processor',
  what: 'agent idle, two peers: share of a core',
  unit: '%',
  targets: [{ of: 'max', limit: 0.3 }],
};
const WIRE: RowSpec = {
  id: 'idle-wire',
  what: 'agent idle, two peers: on the wire without WireGuard’s keepalives',
  unit: 'MB a day',
  targets: [{ of: 'max', limit: 2 }],
};
const HANDSHAKES: RowSpec = {
  id: 'idle-handshakes',
  what: 'of these, WireGuard’s handshakes',
  unit: 'MB a day',
  targets: [],
};

/** A path counts as carrying traffic for 10 s after the last packet; the first facts have been renewed by then. */
const SETTLED_MS = 90_000;
/** How often memory is looked at; the most that was seen counts. */
const LOOK_EVERY_MS = 5000;

const DAY_MS = 86_400_000;
const MEGABYTE = 1e6;

/** Lengths of UDP with its header: a data packet without data; initiation, response and cookie. */
const KEEPALIVE = '40';
const HANDSHAKE = '{ 156, 100, 72 }';

const specs = [MEMORY, PROCESSOR, WIRE, HANDSHAKES];

export const idle: Experiment = {
  name: 'idle',
  specs,
  measure: (options) =>
    Trio.with(async (trio) => {
      await trio.becomeDirect();
      options.say(`  direct; ${SETTLED_MS / 1000} s to settle, then ${options.idleMinutes} minutes`);
      await sleep(SETTLED_MS);
      const seen = await Promise.all(trio.agents.map((agent) => watch(agent, options)));
      return specs.map((spec, at) =>
        rowOf(
          spec,
          seen.map((values) => values[at] ?? Number.NaN),
        ),
      );
    }),
};

/** The values of the four rows, in their order. */
async function watch(agent: Agent, { idleMinutes, say }: BenchOptions): Promise<readonly number[]> {
  const { machine, name } = agent.member;
  const keepalives = await countBothWays(agent, KEEPALIVE);
  const handshakes = await countBothWays(agent, HANDSHAKE);
  const all = await countBothWays(agent, '0-65535');
  const before = costOf(agent.pid).seconds;
  const begun = monotonic();
  let memory = 0;
  while (monotonic() - begun < idleMinutes * 60_000) {
    memory = Math.max(memory, costOf(agent.pid).bytes);
    await sleep(LOOK_EVERY_MS);
  }
  const took = monotonic() - begun;
  const share = ((costOf(agent.pid).seconds - before) * 1000) / took;
  const aDay = (bytes: number): number => ((bytes / took) * DAY_MS) / MEGABYTE;
  const wire = aDay((await all()) - (await keepalives()));
  const values = [memory / MEGABYTE, share * 100, wire, aDay(await handshakes())];
  say(`  ${name} on ${machine.name}: ${values.map((value) => value.toFixed(2)).join(', ')}`);
  return values;
}

/** Everything on the wire is WireGuard's there: bytes of IP packets whose UDP has one of these lengths, in and out. */
async function countBothWays({ member: { machine } }: Agent, lengths: string): Promise<() => Promise<number>> {
  const counts = await Promise.all([
    PacketCount.start(machine, 'input', `iifname "eth0" udp length ${lengths}`),
    PacketCount.start(machine, 'postrouting', `oifname "eth0" udp length ${lengths}`),
  ]);
  return async () => (await Promise.all(counts.map((count) => count.bytes()))).reduce((sum, bytes) => sum + bytes, 0);
}
