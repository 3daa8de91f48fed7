/**
 * `npm run sim`: one simulated world with the real engine, from a number or by the name of a scenario. Exits with 1 when
 * something was wrong in it, with 2 when the options are.
 *
 *   npm run sim -- [--seed N] [--scenario NAME] [--hosts N] [--trace]
 */
import { describeScenario, drawWorld, SCENARIOS } from '../../src/sim/index.js';
import { simOptions, UsageError } from './options.js';
import { run, tellFailure } from './trial.js';

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

function main(args: readonly string[]): number {
  const { trace, scenario, hosts, seed: given } = simOptions(args);
  const named = scenario === undefined ? undefined : SCENARIOS[scenario];
  const choice = { seed: given ?? named?.seed ?? Math.floor(Math.random() * 1e9), scenario, hosts };
  const drawn = named?.scenario ?? drawWorld(choice.seed, hosts).scenario;
  const outcome = run(choice, { trace });
  if (trace) console.log(outcome.world.trace.text());
  if (outcome.violations.length > 0) {
    console.error(tellFailure(choice, outcome));
    return 1;
  }
  const { pairs, direct, tookMs, directAfterMs = 0 } = outcome;
  console.log(`${drawn.name}, seed ${choice.seed}, ${drawn.hosts.length} hosts`);
  if (named !== undefined) console.log(named.about);
  console.log(describeScenario(drawn));
  console.log(
    `\nnothing was wrong: ${direct} of ${pairs} pairs direct in the end, all that have to be within ` +
      `${(directAfterMs / 1000).toFixed(1)} s of peace; ${(tookMs / 1000).toFixed(0)} s of its time`,
  );
  return 0;
}
