/**
 * `npm run sim:scale [-- AGENTS[:PEERS] …]`: one star of so many agents in the simulator, all started at once, each of
 * which wants a direct path to so many others (all, unless said). Prints how long that takes in the world's time, what it
 * costs on the line and in processor time, and what the same agents cost when nothing happens any more.
 *
 * Bytes are those of whole IP packets at a machine's own line, both ways, WireGuard's handshakes and keepalives included.
 * Processor time is the engines' alone, from one event in seven.
 */
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { Engine } from '../src/core/engine.js';
import { hostPrefix } from '../src/core/values/prefix.js';
import type { EngineContract } from '../src/core/contract.js';
import { star, type World } from '../src/sim/index.js';
import { keyOf } from '../src/sim/build.js';

interface Size {
  readonly agents: number;
  readonly peers: number;
}

type Figures = Readonly<Record<string, string>>;

/** Sums since the beginning; the spokes' are those of all together. */
interface Sums {
  readonly bytes: { readonly hub: number; readonly spokes: number };
  readonly cpuMs: { readonly hub: number; readonly spokes: number };
}

const SEED = 1;
/** A thousand agents that all want each other would be half a million pairs. */
const SIZES = ['10', '100', '100:8', '1000:8'];
/** What the time until all are direct is rounded up to. */
const LOOK_EVERY_MS = 50;
const GIVE_UP_MS = 600_000;
/** Long enough for three rekeys, six renewals and all keepalives. */
const IDLE_MS = 360_000;
/** What is still under way when the last pair has become direct ends in this time. */
const SETTLE_MS = 30_000;
const HOUR_MS = 3_600_000;
/** Asking for the processor time costs more than most events; a number that no rhythm of events shares. */
const TIMED_ONE_IN = 7;

function main(): void {
  const asked = process.argv.slice(2);
  const rows = (asked.length > 0 ? asked : SIZES).map(sizeOf).map((size) => {
    // The largest takes by far the longest: what is known so far need not wait for it.
    return measure(size, (figures) => {
      for (const [what, figure] of Object.entries(figures)) process.stderr.write(`${what}: ${figure}\n`);
    });
  });
  const heads = Object.keys(rows[0] ?? {});
  const table = new Table({
    head: ['agents', ...rows.map((row) => row['agents'] ?? '')],
    style: { head: [], border: [] },
  });
  for (const head of heads.slice(1)) table.push({ [head]: rows.map((row) => row[head] ?? '') });
  process.stdout.write(`${table.toString()}\n`);
}

function sizeOf(text: string): Size {
  const [agents = NaN, peers = agents - 1] = text.split(':').map(Number);
  if (!(agents >= 2 && peers >= 1 && peers < agents)) throw new Error('usage: npm run sim:scale [-- AGENTS[:PEERS] …]');
  return { agents, peers };
}

/** `known` is given the figures in two parts, as soon as each is known. */
export function measure(size: Size, known: (figures: Figures) => void = () => undefined): Figures {
  const begin = process.cpuUsage();
  const cpuMs = { hub: 0, spokes: 0 };
  const wanted = pairsOf(size);
  const world = makeWorld(size, wanted, cpuMs);
  const tookMs = world.runUntil(allDirect(world, wanted), GIVE_UP_MS);
  const direct = sumsOf(world, cpuMs);
  const convergence: Figures = {
    agents: String(size.agents),
    'pairs that want to be direct': String(wanted.length),
    'until all are direct, s': tookMs === undefined ? `more than ${GIVE_UP_MS / 1000}` : (tookMs / 1000).toFixed(1),
    'until then, kB per agent': kilo(direct.bytes.spokes / size.agents),
    'until then, kB at the hub': kilo(direct.bytes.hub),
    'until then, ms of CPU per agent': (direct.cpuMs.spokes / size.agents).toFixed(0),
    'until then, ms of CPU at the hub': direct.cpuMs.hub.toFixed(0),
    'to simulate that, s of CPU': secondsOfCpu(begin),
  };
  known(convergence);
  world.run(SETTLE_MS);
  const settled = sumsOf(world, cpuMs);
  world.run(IDLE_MS);
  const idle = sumsOf(world, cpuMs);
  const perHour = (part: 'bytes' | 'cpuMs', who: 'hub' | 'spokes'): number =>
    ((idle[part][who] - settled[part][who]) * HOUR_MS) / IDLE_MS;
  const after: Figures = {
    'idle, kB an hour per agent': kilo(perHour('bytes', 'spokes') / size.agents),
    'idle, kB an hour at the hub': kilo(perHour('bytes', 'hub')),
    'idle, share of a core per agent, %': ((perHour('cpuMs', 'spokes') / size.agents / HOUR_MS) * 100).toFixed(3),
    'idle, share of a core at the hub, %': ((perHour('cpuMs', 'hub') / HOUR_MS) * 100).toFixed(3),
    'to simulate all of it, s of CPU': secondsOfCpu(begin),
    'to simulate it, MB of memory': (process.memoryUsage().rss / 2 ** 20).toFixed(0),
  };
  known(after);
  return { ...convergence, ...after };
}

function secondsOfCpu(begin: NodeJS.CpuUsage): string {
  const { user, system } = process.cpuUsage(begin);
  return ((user + system) / 1e6).toFixed(0);
}

/** Each agent wants the next `peers` in the circle; whoever is wanted need not want. */
function pairsOf({ agents, peers }: Size): readonly (readonly [string, string])[] {
  const pairs = new Map<string, readonly [string, string]>();
  for (let one = 1; one <= agents; one++) {
    for (let step = 1; step <= Math.ceil(peers / 2); step++) {
      const other = ((one + step - 1) % agents) + 1;
      pairs.set(`${Math.min(one, other)} ${Math.max(one, other)}`, [`s${one}`, `s${other}`]);
    }
  }
  return [...pairs.values()];
}

function makeWorld(
  { agents }: Size,
  wanted: ReturnType<typeof pairsOf>,
  cpuMs: Record<'hub' | 'spokes', number>,
): World {
  const wants = new Map<string, Set<ReturnType<typeof keyOf>>>();
  for (const [one, other] of wanted) {
    wants.set(one, (wants.get(one) ?? new Set()).add(keyOf(other)));
    wants.set(other, (wants.get(other) ?? new Set()).add(keyOf(one)));
  }
  let starting: 'hub' | 'spokes' = 'hub';
  const world = star({
    seed: SEED,
    started: false,
    // A thousand agents tell a million paths.
    keepNotices: false,
    spokes: Array.from({ length: agents }, (_, at) => ({ policy: { connect: wants.get(`s${at + 1}`) ?? new Set() } })),
    engine: (options) => timed(new Engine(options), cpuMs, starting),
  });
  for (const name of world.hostNames) {
    starting = name === 'hub' ? 'hub' : 'spokes';
    world.startAgent(name);
  }
  return world;
}

function timed(engine: Engine, cpuMs: Record<'hub' | 'spokes', number>, who: 'hub' | 'spokes'): EngineContract {
  let calls = 0;
  return {
    handle: (event, now) => {
      if (calls++ % TIMED_ONE_IN !== 0) return engine.handle(event, now);
      const begin = process.cpuUsage();
      const actions = engine.handle(event, now);
      const { user, system } = process.cpuUsage(begin);
      cpuMs[who] += (TIMED_ONE_IN * (user + system)) / 1000;
      return actions;
    },
    wakeAt: () => engine.wakeAt(),
    self: (now) => engine.self(now),
    peers: (now) => engine.peers(now),
    facts: (now, rejected) => engine.facts(now, rejected),
  };
}

/** Read off the interfaces: each end has given the other its address. Looks now and then, at those left alone. */
function allDirect(world: World, wanted: ReturnType<typeof pairsOf>): () => boolean {
  let left = wanted;
  let lookAt = 0;
  const gives = (one: string, other: string): boolean => {
    const address = world.host(other).tunnelAddress(4);
    const { allowedIps } = world.host(one).device;
    return address !== undefined && allowedIps.ownerOf(hostPrefix(address)) === world.key(other);
  };
  return () => {
    if (world.now < lookAt) return false;
    lookAt = world.now + LOOK_EVERY_MS;
    left = left.filter(([one, other]) => !gives(one, other) || !gives(other, one));
    return left.length === 0;
  };
}

function sumsOf(world: World, cpuMs: Sums['cpuMs']): Sums {
  const bytesOf = (name: string): number => world.host(name).line.sent + world.host(name).line.received;
  const spokes = world.hostNames.filter((name) => name !== 'hub').reduce((sum, name) => sum + bytesOf(name), 0);
  return { bytes: { hub: bytesOf('hub'), spokes }, cpuMs: { ...cpuMs } };
}

const kilo = (bytes: number): string => (bytes / 1000).toFixed(0);

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
