/**
 * One life of an engine among hostile peers: a simulated star with real engines on all its machines, in which one of
 * them gets thousands of datagrams from a peer that WireGuard lets through, at every stage of its connections. The star
 * lives on between the datagrams: what the engine answers is carried out, and its device shows it.
 */
import { Engine } from '../../src/core/engine.js';
import { MAX_CLAIMS_OF_PEER } from '../../src/core/limits.js';
import { Random } from '../../src/core/random.js';
import type { StateName } from '../../src/core/connection/states.js';
import { MAX_REJECTED } from '../../src/core/trust/beliefs.js';
import type { Address } from '../../src/core/values/address.js';
import { linkLocal, type PublicKey } from '../../src/core/values/key.js';
import { covers, holds, hostPrefix, type Prefix } from '../../src/core/values/prefix.js';
import { keyOf } from '../../src/sim/build.js';
import { noBlackHole, noFault, noLoop, star, Watch, type Checker, type World } from '../../src/sim/index.js';
import { below, oneOf } from '../core/support/seeded.js';
import { address, prefix } from '../core/support/values.js';
import { ALL_KINDS, Inputs } from './inputs.js';
import { Watched, type Rules } from './watched.js';

/** Enough to let what one datagram did meet what others do, few enough to be repeated in a second. */
export const INPUTS_PER_LIFE = 2000;

const MEMBERS = ['hub', 's1', 's2', 's3'] as const;
const STAGES: readonly StateName[] = ['idle', 'inviting', 'session', 'probing', 'contact', 'moving', 'active'];

/** Who attacks whom: a spoke another one and the hub they share, or the hub a spoke. */
const ROLES = [
  { attacker: 's2', targets: ['s1', 'hub'] },
  { attacker: 's3', targets: ['s1', 'hub'] },
  { attacker: 'hub', targets: ['s1'] },
] as const;
type Role = (typeof ROLES)[number];

/**
 * One datagram can let a whole window of a feed go to each of three neighbours, and tell of each of its peers. More
 * would be an amplifier.
 */
const MAX_ACTIONS = 128;
/** At peace a path is pinged twice a second and the device read once, and nothing else happens. */
const QUIET_ACTIONS_PER_SECOND = 30;
/** Feeds are told anew within 17 s, refused attempts are tried again in pauses that grow. */
const CALM_MS = 30_000;
const QUIET_MS = 10_000;
/** Loss is noticed within some seconds while traffic moves, and within the 25 s of the slowest exchange without any. */
const BLACK_HOLE_MS = 15_000;

type Name = (typeof MEMBERS)[number];
const TUNNEL = { hub: '10.9.0.1', s1: '10.9.0.2', s2: '10.9.0.3', s3: '10.9.0.4' } as const;
/** What the hub's entry holds on s1, and on nobody else. */
const ROUTED = {
  covering: ['10.9.0.0/16'].map(prefix),
  single: ['10.9.0.1/32', '10.9.0.3/32', '10.9.0.4/32'].map(prefix),
};
/** The engines that are not under attack are watched for nothing: what they do is part of the world. */
const UNWATCHED: Rules = { maxActions: Infinity, isConfigured: () => false, mayHold: () => true };

/** What a life has seen: `kind stage`, each a message of that kind while the connection it is about was there. */
export type Seen = Set<string>;

/** Throws with what went wrong and at which input. Nothing but the arguments decides what happens, `seen` least of all. */
export function live(seed: number, inputs: number, seen: Seen): void {
  const now: Seen = new Set();
  const random = new Random(seed);
  const role = ROLES[seed % ROLES.length] ?? ROLES[0];
  const hubEntry = oneOf(random, ['covering', 'single'] as const);
  const engines = new Map<Name, Watched>();
  let starting: Name = 'hub';
  const world = star({
    seed,
    spokes: [{}, {}, {}],
    hubEntry,
    started: false,
    engine: (options) => {
      const rules = isTarget(role, starting) ? rulesFor(role, starting, ROUTED[hubEntry]) : UNWATCHED;
      const watched = new Watched(new Engine(options), rules);
      engines.set(starting, watched);
      return watched;
    },
  });
  for (starting of MEMBERS) world.startAgent(starting);
  const watch = new Watch(world, checkersFor(role));
  const victims = role.targets.map((name) => victimOf(world, role, name, found(engines.get(name)), random));
  attack(world, victims, role, random, inputs, now);
  for (const cell of now) seen.add(cell);
  world.run(CALM_MS);
  const before = victims.map(({ engine }) => engine.actions);
  world.run(QUIET_MS);
  for (const [at, { name, engine }] of victims.entries()) {
    const perSecond = (engine.actions - (before[at] ?? 0)) / (QUIET_MS / 1000);
    if (perSecond > QUIET_ACTIONS_PER_SECOND) throw new Error(`${name} has no peace: ${perSecond} actions a second`);
  }
  if (watch.violations.length > 0) throw new Error(JSON.stringify(watch.violations[0]));
}

interface Victim {
  readonly name: Name;
  readonly engine: Watched;
  readonly hostile: Inputs;
}

function victimOf(world: World, { attacker }: Role, name: Name, engine: Watched, random: Random): Victim {
  const passing =
    attacker === 'hub'
      ? ({ kind: 'forwarded' } as const)
      : name === 'hub'
        ? ({ kind: 'forward', to: world.key('s1') } as const)
        : undefined;
  const setting = { attacker: world.key(attacker), members: MEMBERS.map((member) => world.key(member)), passing };
  return { name, engine, hostile: new Inputs(random, setting, engine.heard) };
}

function attack(
  world: World,
  victims: readonly Victim[],
  role: Role,
  random: Random,
  inputs: number,
  seen: Seen,
): void {
  const attacker = world.key(role.attacker);
  for (let sent = 0; sent < inputs;) {
    // s1 waits to be invited by s3, whose key is lower, for a moment at the beginning and never again.
    const expected = role.attacker !== 's2' && sent === 0;
    const { name, engine, hostile } = (expected ? victims[0] : undefined) ?? oneOf(random, victims);
    const agent = world.agent(name);
    const another = (): PublicKey => world.key(expected ? 's3' : oneOf(random, ['s2', 's3']));
    const peer = role.attacker === 'hub' ? another() : attacker;
    if (name === 's1') bringTo(world, engine, peer, expected ? 'expecting' : oneOf(random, STAGES));
    for (let burst = expected ? 100 : 1 + below(random, 40); burst > 0 && sent < inputs; burst--, sent++) {
      const stage = engine.stageOf(peer);
      const missing = ALL_KINDS.filter((each) => !seen.has(`${each} ${stage}`));
      const wanted = missing.length > 0 && below(random, 4) > 0 ? oneOf(random, missing) : undefined;
      const { bytes, kind, about } = hostile.next(wanted);
      if (kind !== undefined) seen.add(`${kind} ${engine.stageOf(about)}`);
      const from = below(random, 50) === 0 ? address('fe80::1') : linkLocal(attacker);
      try {
        agent.deliver(from, bytes);
        if (!expected && below(random, 8) === 0) world.run(below(random, 20));
      } catch (error) {
        const hex = Buffer.from(bytes).toString('hex');
        throw new Error(`after input ${sent}, to ${name}, ${kind ?? 'noise'}: ${hex}`, { cause: error });
      }
    }
    checkBounds(engine, agent.now, role);
  }
}

/** Lets time pass until the connection is there, for a while at most: what came before may have made that impossible. */
function bringTo(world: World, engine: Watched, peer: PublicKey, stage: StateName): void {
  const asked = stage !== 'idle' && stage !== 'expecting';
  if (engine.stageOf(peer) === 'idle' && asked) world.agent('s1').connect(peer);
  world.runUntil(() => engine.stageOf(peer) === stage, 1500);
}

/** What a person sees is bounded, so is what it is made of. */
function checkBounds(engine: Watched, now: Parameters<Watched['facts']>[0], { attacker }: Role): void {
  const rejected = engine.facts(now, true).length;
  if (rejected > MAX_REJECTED) throw new Error(`${rejected} refused claims are kept`);
  if (attacker === 'hub') return;
  const others = MEMBERS.length * 32;
  const held = engine.facts(now, false).length;
  if (held > MAX_CLAIMS_OF_PEER + others) throw new Error(`${held} claims are held`);
  const peers = engine.peers(now).length;
  if (peers >= MEMBERS.length) throw new Error(`${peers} peers, of ${MEMBERS.length - 1} there are`);
}

/** A member can draw no prefix but its own to itself; a hub can hand out what leads to it anyway. */
function rulesFor({ attacker }: Role, target: Name, hubEntry: readonly Prefix[]): Rules {
  const names = new Map<PublicKey, Name>(MEMBERS.map((name) => [keyOf(name), name]));
  const addressOf = (name: Name): Address => address(TUNNEL[name]);
  return {
    maxActions: MAX_ACTIONS,
    isConfigured: (peer) => (target === 'hub' ? names.has(peer) : peer === keyOf('hub')),
    mayHold: (peer, prefix) => {
      const name = names.get(peer);
      if (name === 'hub') return hubEntry.includes(prefix);
      if (attacker !== 'hub') return name !== undefined && prefix === hostPrefix(addressOf(name));
      // A router that keeps quiet about its own address can have it moved: that is its word, and its loss.
      return !holds(prefix, addressOf(target)) && hubEntry.some((routed) => covers(routed, prefix));
    },
  };
}

/** Those who take no part in the attack notice nothing of it. */
function checkersFor({ attacker }: Role): Checker[] {
  return [
    noFault,
    noLoop(),
    ...(attacker === 'hub' ? [] : [noBlackHole('hub', [['s1', attacker === 's2' ? 's3' : 's2']], BLACK_HOLE_MS)]),
  ];
}

const isTarget = ({ targets }: Role, name: Name): boolean => targets.some((target) => target === name);

function found(engine: Watched | undefined): Watched {
  if (engine === undefined) throw new Error('a started agent has an engine');
  return engine;
}
