/**
 * A world: the machines of a scenario, agents on them, the user's traffic, and time. Whoever develops or tests the
 * engine talks to this class. Every answer about paths comes from packets, not from what an engine believes.
 */
import type { DeviceSnapshot } from '../core/device.js';
import { DEFAULT_POLICY } from '../core/policy.js';
import type { PublicKey } from '../core/values/key.js';
import type { PeerView } from '../core/views.js';
import { SimAgent, type EngineFactory } from './agent/agent.js';
import { build, configurePeers, keyOf, makeLegs, type Built } from './build.js';
import type { Context } from './context.js';
import type { Host } from './host.js';
import { Cuts } from './network/cuts.js';
import type { Link } from './network/segment.js';
import { Pings, type Echo } from './pings.js';
import { placeOf, reachedAt, type Place } from './places.js';
import { Power } from './power.js';
import { Random } from './random.js';
import type { PeerSpec, Scenario, Step, Uplink } from './scenario.js';
import { Scheduler } from './scheduler.js';
import { perform } from './steps.js';
import { Trace } from './trace.js';
import { Flow, type SeenPath, type Stream } from './traffic.js';
import { UserPeers } from './user-peers.js';

export interface WorldOptions {
  readonly seed: number;
  readonly engine: EngineFactory;
  /** Whether to keep a trace; costs time and memory. */
  readonly trace?: boolean;
  /** How many entries of it to keep, the last ones; all of them unless it says so. */
  readonly traceKeep?: number;
  /** Whether agents keep what they told, for whoever asks; unless it says so, they do. */
  readonly keepNotices?: boolean;
  /** Hands each `wake` in twice and counts a fault when the second one asks for anything. */
  readonly wakeTwice?: boolean;
  /** The agents' port. */
  readonly port?: number;
}

const AGENT_PORT = 51821;
/** What `runUntil` asks its question after, at the latest: asking after every packet would cost more than the packets. */
const ASK_EVERY_MS = 1;

export class World {
  readonly scenario: Scenario;
  readonly scheduler = new Scheduler();
  readonly trace: Trace;
  readonly random: Random;
  readonly flows: Flow[] = [];
  readonly #cuts = new Cuts();
  readonly #built: Built;
  readonly #agents = new Map<string, SimAgent>();
  readonly #names: ReadonlyMap<PublicKey, string>;
  readonly #userPeers: UserPeers;
  readonly #power = new Power(this.scheduler);
  readonly #pings = new Pings(this.scheduler);
  readonly #context: Context;

  constructor(scenario: Scenario, options: WorldOptions) {
    this.scenario = scenario;
    this.#userPeers = new UserPeers(scenario.hosts);
    this.trace = new Trace(this.scheduler, options.trace ?? false, options.traceKeep);
    this.random = new Random(options.seed, scenario.name);
    let lastIndex = 0;
    const nextIndex = (): number => ++lastIndex;
    this.#context = { scheduler: this.scheduler, random: this.random, trace: this.trace, nextIndex };
    this.#built = build(scenario, this.#context, this.#cuts);
    this.#names = new Map(scenario.hosts.map(({ name }) => [keyOf(name), name]));
    for (const { name, connect = 'auto', policy: decided = {} } of scenario.hosts) {
      const host = this.host(name);
      const policy = { ...DEFAULT_POLICY, names: this.#names, connect, ...decided };
      const { engine: createEngine, port = AGENT_PORT, wakeTwice = false, keepNotices = true } = options;
      this.#agents.set(name, new SimAgent(host, { createEngine, port, policy, wakeTwice, keepNotices }, this.#context));
      this.#listen(host);
    }
    for (const { ms, do: step } of scenario.at)
      this.scheduler.at(ms, () => {
        this.do(step);
      });
  }

  get now(): number {
    return this.scheduler.now;
  }

  get hostNames(): readonly string[] {
    return [...this.#built.hosts.keys()];
  }

  /** Lets that many milliseconds pass. */
  run(ms: number): void {
    this.scheduler.runUntil(this.now + ms);
  }

  /** Lets time pass until the condition holds, for `limitMs` at most. Answers how many milliseconds that took. */
  runUntil(condition: () => boolean, limitMs = 60_000): number | undefined {
    const [begin, limit] = [this.now, this.now + limitMs];
    for (;;) {
      if (condition()) return this.now - begin;
      if (this.now >= limit) return undefined;
      this.scheduler.runUntil(Math.min(limit, Math.max(this.now + ASK_EVERY_MS, this.scheduler.nextAt ?? limit)));
    }
  }

  host(name: string): Host {
    return found(this.#built.hosts.get(name), name);
  }

  agent(name: string): SimAgent {
    return found(this.#agents.get(name), name);
  }

  key(name: string): PublicKey {
    return this.host(name).device.options.publicKey;
  }

  /** Where the machine stands at present, one place for each of its legs. */
  placesOf(name: string): readonly Place[] {
    return this.host(name).legs.map((leg) => placeOf(leg, this.#built));
  }

  device(name: string): DeviceSnapshot {
    return this.host(name).device.snapshot((at) => at);
  }

  nameOf(key: PublicKey): string {
    return this.#names.get(key) ?? key;
  }

  /** Whether the scenario put that peer on the interface, rather than an agent. */
  isConfigured(name: string, peer: PublicKey): boolean {
    return this.userPeers(name).some(({ host }) => host === this.nameOf(peer));
  }

  /** What the agent there shows of its peers. */
  peers(name: string): readonly PeerView[] {
    return this.agent(name).peers();
  }

  view(name: string, peer: string): PeerView | undefined {
    return this.peers(name).find(({ publicKey }) => publicKey === this.key(peer));
  }

  /** On a machine that is off: once it is on again. */
  startAgent(name: string): void {
    if (!this.#power.takes(name, true)) this.agent(name).start();
  }

  stop(name: string): void {
    if (!this.#power.takes(name, false)) this.agent(name).stop();
  }

  kill(name: string): void {
    this.agent(name).kill();
  }

  /** Cuts everything between the two but what goes through a third machine's tunnel. */
  cutDirect(from: string, to: string, oneWay = false): void {
    for (const one of reachedAt(this.placesOf(from))) {
      for (const other of reachedAt(this.placesOf(to))) {
        this.#cuts.cut(one, other);
        if (!oneWay) this.#cuts.cut(other, one);
      }
    }
  }

  /** Drops what is longer than so many bytes on every way between the two but that through a third machine's tunnel. */
  narrowDirect(one: string, other: string, bytes: number): void {
    for (const here of reachedAt(this.placesOf(one))) {
      for (const there of reachedAt(this.placesOf(other))) this.#cuts.narrow(here, there, bytes);
    }
  }

  heal(): void {
    this.#cuts.healAll();
  }

  /** These machines reach each other only, and the rest reach each other. */
  partition(names: readonly string[]): void {
    this.#cuts.partition([names.flatMap((name) => reachedAt(this.placesOf(name)))]);
  }

  /** Sends a ping through the tunnel and lets time pass until its answer, or for `withinMs`. */
  ping(from: string, to: string, withinMs = 1_000, family = this.#familyOf(from, to)): Echo | undefined {
    const limit = this.now + withinMs;
    const answer: { echo?: Echo } = {};
    this.sendPing(from, to, (echo) => (answer.echo = echo), family);
    while (answer.echo === undefined && this.scheduler.step(limit));
    if (answer.echo === undefined) this.scheduler.runUntil(limit);
    return answer.echo;
  }

  /** Sends a ping through the tunnel; `answered` is called once, or never. */
  sendPing(from: string, to: string, answered: (echo: Echo) => void, family = this.#familyOf(from, to)): void {
    this.#pings.send(this.host(from), found(this.host(to).tunnelAddress(family), `address of ${to}`), answered);
  }

  /** How packets between the two go now, both ways, by a ping; lets up to a second pass for each one that is lost. */
  pathOf(from: string, to: string, tries = 1): SeenPath | 'none' {
    for (let left = tries; left > 0; left--) {
      const echo = this.ping(from, to);
      if (echo !== undefined) return echo.path;
    }
    return 'none';
  }

  /** Paced traffic both ways until it is stopped. */
  stream(from: string, to: string, { perSecond }: { readonly perSecond: number }): Stream {
    const [there, back] = [this.#flow(from, to, 1000 / perSecond), this.#flow(to, from, 1000 / perSecond)];
    return {
      there,
      back,
      stop: () => {
        there.stop();
        back.stop();
      },
      lost: (since) => there.lost(since) + back.lost(since),
    };
  }

  do(step: Step): void {
    perform(this, step);
  }

  sleep(name: string, forMs: number): void {
    const host = this.host(name);
    host.sleep();
    this.scheduler.after(forMs, () => {
      host.wakeUp();
    });
  }

  /** Off and on again: the agent is started again if it ran. */
  reboot(name: string, offMs: number): void {
    const host = this.host(name);
    this.#power.cycle(host, this.agent(name), offMs, () => {
      configurePeers(host, this.userPeers(name));
    });
  }

  /** The machine is plugged in elsewhere. */
  move(name: string, uplinks: readonly Uplink[]): void {
    const host = this.host(name);
    host.setLegs(makeLegs(host, uplinks, this.#built.segments));
  }

  rebootNat(name: string): void {
    found(this.#built.nats.get(name), name).reboot();
  }

  renumberNat(name: string, address: string, network: string): void {
    this.#built.renumber(name, address, network);
  }

  /** The user of that machine gives its interface a peer, or changes one. */
  setPeer(name: string, peer: PeerSpec): void {
    this.#userPeers.set(name, peer);
    configurePeers(this.host(name), [peer]);
  }

  removePeer(name: string, peer: string): void {
    this.#userPeers.remove(name, peer);
    this.host(name).device.configure({ kind: 'remove', publicKey: this.key(peer) });
  }

  /** What the user of that machine wants on the interface at present. */
  userPeers(name: string): readonly PeerSpec[] {
    return this.#userPeers.of(name);
  }

  /** Changes the cables of a machine's legs. */
  changeLink(name: string, link: Partial<Link>): void {
    for (const leg of this.host(name).legs) leg.link = { ...leg.link, ...link };
  }

  #flow(from: string, to: string, intervalMs: number): Flow {
    const target = found(this.host(to).tunnelAddress(this.#familyOf(from, to)), `address of ${to}`);
    const flow = new Flow(this.flows.length, this.host(from), this.host(to), target, intervalMs, this.#context);
    this.flows.push(flow);
    return flow;
  }

  #listen(host: Host): void {
    this.#pings.answerOn(host);
    host.listen('flow', (packet) => {
      if (packet.payload.kind === 'flow') this.flows[packet.payload.flow]?.arrived(packet);
    });
  }

  /** In which family the users of the two talk. */
  #familyOf(from: string, to: string): 4 | 6 {
    return [from, to].every((name) => this.host(name).tunnelAddress(4) !== undefined) ? 4 : 6;
  }
}

function found<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Error(`there is no ${name} in this world`);
  return value;
}
