/** The options of `npm run sim` and `npm run sim:hunt`: what may be said, and what is said of what may not. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { FEWEST_HOSTS, MOST_HOSTS, SCENARIOS } from '../../src/sim/index.js';

/** Something is wrong with the command line; the text says what would be right. */
export class UsageError extends Error {}

export interface SimOptions {
  /** Drawn when it is not given. */
  readonly seed: number | undefined;
  readonly scenario: string | undefined;
  readonly hosts: number | undefined;
  readonly trace: boolean;
}

export interface HuntOptions {
  readonly minutes: number;
  /** The first seed; the next ones follow it. */
  readonly seed: number | undefined;
  readonly hosts: number | undefined;
}

const MOST_SEED = 2 ** 32 - 1;
const MOST_MINUTES = 24 * 60;

export function simOptions(args: readonly string[]): SimOptions {
  const values = parse(args, {
    seed: { type: 'string' },
    scenario: { type: 'string' },
    hosts: { type: 'string' },
    trace: { type: 'boolean' },
  });
  const scenario = text(values.scenario);
  if (scenario !== undefined && !Object.hasOwn(SCENARIOS, scenario)) {
    const known = Object.keys(SCENARIOS).map((name) => `  ${name}`);
    throw new UsageError(`There is no scenario "${scenario}". There are:\n${known.join('\n')}`);
  }
  const hosts = hostsOf(values.hosts);
  if (scenario !== undefined && hosts !== undefined) {
    throw new UsageError('--hosts is for random worlds; a scenario has the hosts that it names.');
  }
  return { seed: whole('--seed', values.seed, 0, MOST_SEED), scenario, hosts, trace: values.trace === true };
}

export function huntOptions(args: readonly string[]): HuntOptions {
  const values = parse(args, { minutes: { type: 'string' }, seed: { type: 'string' }, hosts: { type: 'string' } });
  const minutes = text(values.minutes);
  if (minutes === undefined) throw new UsageError('Say for how long: npm run sim:hunt -- --minutes 5');
  const count = Number(minutes);
  if (!(count > 0 && count <= MOST_MINUTES)) {
    throw new UsageError(`--minutes is a number above 0 and up to ${MOST_MINUTES}, not "${minutes}".`);
  }
  return { minutes: count, seed: whole('--seed', values.seed, 0, MOST_SEED), hosts: hostsOf(values.hosts) };
}

type Value = string | boolean | undefined;

function parse(args: readonly string[], options: NonNullable<ParseArgsConfig['options']>): Record<string, Value> {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values as Record<string, Value>;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const hostsOf = (value: Value): number | undefined => whole('--hosts', value, FEWEST_HOSTS, MOST_HOSTS);

const text = (value: Value): string | undefined => (typeof value === 'string' ? value : undefined);

function whole(option: string, value: Value, least: number, most: number): number | undefined {
  const given = text(value);
  if (given === undefined) return undefined;
  const number = /^\d+$/.test(given) ? Number(given) : NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`${option} is a whole number from ${least} to ${most}, not "${given}".`);
}
