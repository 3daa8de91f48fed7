/**
 * One world under watch, from its beginning to its end: while things happen to it, in the peace that follows, while
 * nobody uses it, and after all agents were stopped. Ends with the first violation.
 */
import { onlyInContact, onlyWhatIsGranted } from '../checkers/allowed-ips.js';
import { asBefore, traces } from '../checkers/as-before.js';
import { noBlackHole } from '../checkers/black-hole.js';
import { bothEnds, noFault, noLoop } from '../checkers/devices.js';
import { asExpected, type Expectation } from '../checkers/expected.js';
import { boundedMemory, onlyAcceptedFacts } from '../checkers/facts.js';
import { Watch, type Checker, type Violation } from '../checkers/watch.js';
import type { EngineFactory } from '../agent/agent.js';
import { Random } from '../random.js';
import type { Scenario } from '../scenario.js';
import { World } from '../world.js';
import { becomeDirect, pairsOf, type Pair } from './peace.js';
import { staysQuiet } from './quiet.js';

export interface TrialOptions {
  readonly seed: number;
  readonly engine: EngineFactory;
  /** From when on nothing happens to the world any more, in ms. */
  readonly peaceFromMs: number;
  /** What the scenario itself says must be. */
  readonly expect?: readonly Expectation[];
  /** Pairs that are kept busy; drawn from the seed unless they are given. */
  readonly watched?: readonly Pair[];
  /** As for a world. */
  readonly trace?: boolean;
  readonly traceKeep?: number;
}

export interface Outcome {
  readonly violations: readonly Violation[];
  /** How long it took from the beginning of peace until all pairs were direct that have to be, in ms. */
  readonly directAfterMs: number | undefined;
  readonly pairs: number;
  readonly direct: number;
  /** Virtual time that passed, in ms. */
  readonly tookMs: number;
  readonly world: World;
}

export const HUB = 'hub';

/** Eight missed pings take 4 s at most, the word to the other end another, and what is lossy or far doubles it. */
const BLACK_HOLE_MS = 15_000;
/** A path without traffic: the renewal that goes unanswered comes within 60 s, silence 17 s after it, then the pings. */
const NOTICED_MS = 100_000;
/** Each ping costs some ten packets. */
const MOST_WATCHED = 6;
const STEP_MS = 500;
/** After a stop: goodbye takes 300 ms at most, and undoing a few more. */
const STOP_MS = 1_000;

export function runTrial(scenario: Scenario, options: TrialOptions): Outcome {
  const { seed, peaceFromMs } = options;
  const world = new World(scenario, { ...options, wakeTwice: true });
  const watched = options.watched ?? drawPairs(world, new Random(seed, 'watched'));
  const always: Checker[] = [
    noFault,
    noLoop(),
    onlyWhatIsGranted(HUB),
    onlyInContact(NOTICED_MS),
    bothEnds(NOTICED_MS),
    onlyAcceptedFacts(HUB),
    boundedMemory,
    asBefore(),
    asExpected(options.expect ?? []),
  ];
  const trial = new Trial(
    world,
    new Watch(world, always),
    new Watch(world, [noBlackHole(HUB, watched, BLACK_HOLE_MS)]),
  );
  const directAfterMs = trial.run(peaceFromMs);
  const pairs = pairsOf(world, HUB);
  const direct = trial.direct;
  return { violations: trial.violations, directAfterMs, pairs: pairs.length, direct, tookMs: world.now, world };
}

class Trial {
  direct = 0;
  readonly #world: World;
  readonly #invariants: Watch;
  readonly #pings: Watch;
  readonly #found: Violation[] = [];

  constructor(world: World, invariants: Watch, pings: Watch) {
    this.#world = world;
    this.#invariants = invariants;
    this.#pings = pings;
  }

  get violations(): readonly Violation[] {
    return [...this.#invariants.violations, ...this.#pings.violations, ...this.#found].toSorted(
      (left, right) => left.at - right.at,
    );
  }

  run(peaceFromMs: number): number | undefined {
    const world = this.#world;
    if (!this.#pass(peaceFromMs)) return undefined;
    const { tookMs, late, direct } = becomeDirect(world, HUB, (ms) => this.#pass(ms));
    this.direct = direct;
    this.#find('all are direct that can be', late);
    this.#pings.end();
    for (const flow of world.flows) flow.stop();
    if (!this.#isClean()) return tookMs;
    this.#find(
      'agents go quiet, and agree',
      staysQuiet(world, HUB, (ms) => this.#pass(ms)),
    );
    if (!this.#isClean()) return tookMs;
    this.#invariants.end();
    for (const host of world.hostNames) world.stop(host);
    world.run(STOP_MS);
    this.#find(
      'stopped agents leave interfaces as they were',
      world.hostNames.filter((host) => !world.host(host).asleep).flatMap((host) => traces(world, host)),
    );
    return tookMs;
  }

  /** Lets that much time pass, or less when something turns out wrong. Answers whether nothing has. */
  #pass(ms: number): boolean {
    const until = this.#world.now + ms;
    while (this.#isClean() && this.#world.now < until) this.#world.run(Math.min(STEP_MS, until - this.#world.now));
    return this.#isClean();
  }

  #isClean(): boolean {
    return this.violations.length === 0;
  }

  #find(checker: string, sentences: readonly string[]): void {
    for (const what of sentences) this.#found.push({ at: this.#world.now, checker, what });
  }
}

function drawPairs(world: World, random: Random): readonly Pair[] {
  const left = [...pairsOf(world, HUB)];
  const drawn: Pair[] = [];
  while (drawn.length < MOST_WATCHED && left.length > 0) {
    drawn.push(...left.splice(random.between(0, left.length - 1), 1));
  }
  return drawn;
}
