/**
 * Looks at a running world at short intervals and collects what must not be. Most checkers see machines as a person with
 * `wg show` and `ping` would; some read what an agent shows of itself. None takes part in any decision.
 */
import type { DevicePeer } from '../../core/device.js';
import type { World } from '../world.js';

export interface Checker {
  readonly name: string;
  /** How often it wants to look, in ms; at every look unless it says so. */
  readonly everyMs?: number;
  /** What is wrong now, or has been for too long; one sentence each, the same as long as it is the same thing. */
  check(world: World): readonly string[];
}

export interface Violation {
  /** When it was seen first, in ms of the world's time. */
  readonly at: number;
  readonly checker: string;
  readonly what: string;
}

/** Short against everything the checkers allow time for. */
const LOOK_EVERY_MS = 50;

export class Watch {
  readonly #world: World;
  readonly #checkers: readonly { readonly checker: Checker; lookedAt: number }[];
  readonly #seen = new Map<string, Violation>();
  #ended = false;

  /** From now on, as long as the world runs. */
  constructor(world: World, checkers: readonly Checker[]) {
    this.#world = world;
    this.#checkers = checkers.map((checker) => ({ checker, lookedAt: -Infinity }));
    this.#look();
  }

  /** In the order in which they were first seen. */
  get violations(): readonly Violation[] {
    return [...this.#seen.values()];
  }

  /** Looks no more, and sends nothing more. */
  end(): void {
    this.#ended = true;
  }

  #look(): void {
    if (this.#ended) return;
    const at = this.#world.now;
    for (const each of this.#checkers) {
      const { checker } = each;
      if (at - each.lookedAt < (checker.everyMs ?? 0)) continue;
      each.lookedAt = at;
      for (const what of checker.check(this.#world)) {
        const key = `${checker.name}: ${what}`;
        if (this.#seen.has(key)) continue;
        this.#seen.set(key, { at, checker: checker.name, what });
        this.#world.trace.note('world', () => `VIOLATION ${key}`);
      }
    }
    this.#world.scheduler.after(LOOK_EVERY_MS, () => {
      this.#look();
    });
  }
}

/** Remembers since when something is so, and answers what has been so for longer than allowed. */
export class Patience {
  readonly #allowedMs: number;
  #since = new Map<string, number>();

  constructor(allowedMs: number) {
    this.#allowedMs = allowedMs;
  }

  /** `now` in ms; `present` is all that is so at the moment. */
  exhausted(now: number, present: readonly string[]): readonly string[] {
    if (present.length === 0 && this.#since.size === 0) return present;
    const since = new Map<string, number>();
    for (const what of present) since.set(what, this.#since.get(what) ?? now);
    this.#since = since;
    return [...since].flatMap(([what, begin]) => (now - begin > this.#allowedMs ? [what] : []));
  }
}

export type Peers = readonly Pick<DevicePeer, 'publicKey' | 'allowedIps' | 'endpoint'>[];

/**
 * What follows from the peers of one interface, for each machine in turn, worked out anew only where the interface has
 * changed. As long as none has, the answer is the same object.
 */
export function perInterface<Result>(judge: (peers: Peers, host: string, world: World) => Result) {
  const judgeOne = ofInterface((host, world) => judge(world.device(host).peers, host, world));
  let all: readonly Result[] = [];
  return (world: World): readonly Result[] => {
    const results = world.hostNames.map((host) => judgeOne(host, world));
    if (results.length !== all.length || results.some((result, at) => result !== all[at])) all = results;
    return all;
  };
}

/** The same of one machine. What else it follows from must not change without the interface. */
export function ofInterface<Result>(judge: (host: string, world: World) => Result) {
  const known = new Map<string, { readonly device: unknown; readonly revision: number; readonly result: Result }>();
  return (host: string, world: World): Result => {
    const { device } = world.host(host);
    const { revision } = device;
    const before = known.get(host);
    if (before?.device === device && before.revision === revision) return before.result;
    const result = judge(host, world);
    known.set(host, { device, revision, result });
    return result;
  };
}
