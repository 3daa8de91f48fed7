/**
 * Looks at a running world at short intervals and collects what must not be. Checkers see machines as a person with
 * `wg show` and `ping` would: they never ask an engine what it believes.
 */
import type { World } from '../world.js';

export interface Checker {
  readonly name: string;
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
  readonly #checkers: readonly Checker[];
  readonly #seen = new Map<string, Violation>();

  /** From now on, as long as the world runs. */
  constructor(world: World, checkers: readonly Checker[]) {
    this.#world = world;
    this.#checkers = checkers;
    this.#look();
  }

  /** In the order in which they were first seen. */
  get violations(): readonly Violation[] {
    return [...this.#seen.values()];
  }

  #look(): void {
    const at = this.#world.now;
    for (const checker of this.#checkers) {
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
  exhausted(now: number, present: Iterable<string>): readonly string[] {
    const since = new Map<string, number>();
    for (const what of present) since.set(what, this.#since.get(what) ?? now);
    this.#since = since;
    return [...since].flatMap(([what, begin]) => (now - begin > this.#allowedMs ? [what] : []));
  }
}
