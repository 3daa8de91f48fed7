/** The options of `npm run sim`, `sim:hunt` and `sim:causes`: what may be said, and what is said of what may not. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { REASONS, type Reason } from '../../src/sim/causes/draw.js';
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
  /** For how long, or until so many worlds are through: whichever comes first of those that are given. */
  readonly minutes: number | undefined;
  readonly worlds: number | undefined;
  /** The first seed; the next ones follow it. */
  readonly seed: number | undefined;
  readonly hosts: number | undefined;
}

export interface CausesOptions {
  /** For each reason. */
  readonly worlds: number;
  /** The first seed; the next ones follow it. */
  readonly seed: number;
  readonly reasons: readonly Reason[];
  /** Each cell of the grid is as likely as any. */
  readonly evenly: boolean;
  readonly write: boolean;
}

const MOST_SEED = 2 ** 32 - 1;
const MOST_MINUTES = 24 * 60;
const MOST_WORLDS = 1_000_000;
/** Of each reason, where nobody says how many: some minutes. */
const WORLDS_OF_EACH = 40;

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
  const values = parse(args, {
    minutes: { type: 'string' },
    worlds: { type: 'string' },
    seed: { type: 'string' },
    hosts: { type: 'string' },
  });
  const minutes = minutesOf(text(values.minutes));
  const worlds = whole('--worlds', values.worlds, 1, MOST_WORLDS);
  if (minutes === undefined && worlds === undefined) {
    throw new UsageError('Say for how long: npm run sim:hunt -- --minutes 5, or --worlds 2000');
  }
  return { minutes, worlds, seed: whole('--seed', values.seed, 0, MOST_SEED), hosts: hostsOf(values.hosts) };
}

export function causesOptions(args: readonly string[]): CausesOptions {
  const values = parse(args, {
    worlds: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    evenly: { type: 'boolean' },
    write: { type: 'boolean' },
  });
  const only = text(values.only);
  const reasons = REASONS.filter((reason) => reason.includes(only ?? ''));
  if (reasons.length === 0) {
    const known = REASONS.map((reason) => `  ${reason}`);
    throw new UsageError(`No reason has "${only ?? ''}" in it. There are:\n${known.join('\n')}`);
  }
  const evenly = values.evenly === true;
  const write = values.write === true;
  if (write && (evenly || only !== undefined)) {
    throw new UsageError('--write makes the whole page, which --only and --evenly leave out parts of.');
  }
  const worlds = whole('--worlds', values.worlds, 1, MOST_WORLDS) ?? WORLDS_OF_EACH;
  return { worlds, seed: whole('--seed', values.seed, 0, MOST_SEED) ?? 1, reasons, evenly, write };
}

function minutesOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const count = Number(given);
  if (count > 0 && count <= MOST_MINUTES) return count;
  throw new UsageError(`--minutes is a number above 0 and up to ${MOST_MINUTES}, not "${given}".`);
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
