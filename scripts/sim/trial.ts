/** One world with the real engine, drawn or named, and what is told of one that failed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Engine } from '../../src/core/engine.js';
import {
  describeScenario,
  drawWorld,
  runTrial,
  SCENARIOS,
  sequenceDiagram,
  type Outcome,
  type Scenario,
  type TrialOptions,
} from '../../src/sim/index.js';

/** What one run is: with the same choice it is the same, event for event. */
export interface Choice {
  readonly seed: number;
  /** A named one instead of a drawn one. */
  readonly scenario?: string | undefined;
  /** Drawn too unless it is given. */
  readonly hosts?: number | undefined;
}

/** Where diagrams of failed runs go; git ignores it. */
export const FAILURES = fileURLToPath(new URL('../../sim-failures', import.meta.url));

/** What led to a violation stands at the end of a trace; this is some seconds of a small world. */
const TRACE_KEPT = 4_000;
const DIAGRAM_LINES = 200;

/** How it is run: the engine is the real one unless a test gives another. */
export type How = Partial<Pick<TrialOptions, 'trace' | 'traceKeep' | 'engine'>>;

export function run(choice: Choice, how: How = {}): Outcome {
  const { scenario, ...drawn } = prepare(choice);
  return runTrial(scenario, { engine: (given) => new Engine(given), ...drawn, ...how });
}

/** What failed, all that was drawn, and how to see it again. Runs it a second time to draw its last events. */
export function tellFailure(choice: Choice, { violations }: Outcome, how: How = {}, folder = FAILURES): string {
  const { scenario } = prepare(choice);
  const file = draw(choice, how, folder);
  const found = violations.map(({ at, checker, what }) => `at ${at.toFixed(0)} ms, ${checker}: ${what}`);
  return [
    `${scenario.name}, seed ${choice.seed}, ${scenario.hosts.length} hosts`,
    describeScenario(scenario),
    '',
    ...found,
    '',
    `again with: ${again(choice)}`,
    `the last events as a diagram: ${file}`,
  ].join('\n');
}

/** The one line that repeats a run. */
export function again({ seed, scenario, hosts }: Choice): string {
  const named = scenario === undefined ? '' : ` --scenario ${JSON.stringify(scenario)}`;
  return `npm run sim -- --seed ${seed}${named}${hosts === undefined ? '' : ` --hosts ${hosts}`}`;
}

function draw(choice: Choice, how: How, folder: string): string {
  const { world, violations } = run(choice, { ...how, trace: true, traceKeep: TRACE_KEPT });
  const [first] = violations;
  const before = world.trace.entries.filter(({ at }) => first === undefined || at <= first.at);
  const file = join(folder, `${choice.scenario?.replaceAll(' ', '-') ?? 'random'}-${choice.seed}.mmd`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, sequenceDiagram(before, DIAGRAM_LINES));
  return file;
}

function prepare({ seed, scenario, hosts }: Choice): Omit<TrialOptions, 'engine'> & { readonly scenario: Scenario } {
  if (scenario === undefined) return drawWorld(seed, hosts);
  const named = SCENARIOS[scenario];
  if (named === undefined) throw new Error(`bug: ${scenario} was not looked up before`);
  return { ...named, seed };
}
