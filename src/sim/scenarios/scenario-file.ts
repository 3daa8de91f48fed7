/** What a named scenario is: a world, what happens in it, and what must have come of it at which time. */
import type { Expectation } from '../checkers/expected.js';
import type { Scenario, TimedStep } from '../scenario.js';
import type { Pair } from '../worlds/peace.js';
import { starScenario, type SpokeOptions, type StarShape } from '../star.js';

export interface NamedScenario {
  /** What it shows, in a sentence. */
  readonly about: string;
  /** Where packets are lost by chance: the number with which the engine once failed. */
  readonly seed: number;
  readonly scenario: Scenario;
  readonly peaceFromMs: number;
  readonly expect: readonly Expectation[];
  /** The pairs between which pings run all the time, where it must not be any. */
  readonly watched?: readonly Pair[];
}

interface Told extends Omit<StarShape, 'spokes' | 'at'> {
  readonly about: string;
  readonly spokes: readonly SpokeOptions[];
  readonly at?: readonly TimedStep[];
  readonly expect?: readonly Expectation[];
  readonly seed?: number;
  readonly watched?: readonly Pair[];
}

/** A star of `hub`, `s1`, `s2` and so on. Peace is from the last step on. */
export function inStar(
  name: string,
  { about, expect = [], seed = 1, at = [], watched, ...shape }: Told,
): NamedScenario {
  const scenario = { ...starScenario({ ...shape, at }), name };
  const peaceFromMs = lastMoment(at, expect);
  return { about, seed, scenario, expect, peaceFromMs, ...(watched === undefined ? {} : { watched }) };
}

function lastMoment(at: readonly TimedStep[], expect: readonly Expectation[]): number {
  const ends = at.map(({ ms, do: step }) => {
    if (step.kind === 'sleep') return ms + step.forMs;
    return step.kind === 'reboot' ? ms + step.offMs : ms;
  });
  return Math.max(0, ...ends, ...expect.map(({ ms }) => ms)) + 1_000;
}
