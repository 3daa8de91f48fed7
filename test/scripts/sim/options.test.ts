/** What may be said to the simulator on the command line, and what is answered to what may not. */
import { describe, expect, it } from 'vitest';
import { causesOptions, huntOptions, simOptions } from '../../../scripts/sim/options.js';
import { REASONS } from '../../../src/sim/causes/draw.js';
import { again } from '../../../scripts/sim/trial.js';

describe('the options of npm run sim', () => {
  it('are a seed, a number of hosts, a scenario and a trace, all of them optional', () => {
    expect(simOptions([])).toEqual({ seed: undefined, hosts: undefined, scenario: undefined, trace: false });
    expect(simOptions(['--seed', '7', '--hosts', '9', '--trace'])).toMatchObject({ seed: 7, hosts: 9, trace: true });
    expect(simOptions(['--scenario', 'two homes']).scenario).toBe('two homes');
  });

  it.each([
    [['--seed', 'x'], '--seed is a whole number from 0 to 4294967295, not "x".'],
    [['--seed', '-1'], "'--seed' argument is ambiguous"],
    [['--seed', '1.5'], '--seed is a whole number'],
    [['--hosts', '2'], '--hosts is a whole number from 3 to 50, not "2".'],
    [['--hosts', '51'], '--hosts is a whole number from 3 to 50, not "51".'],
    [['--scenario', 'three homes'], 'There is no scenario "three homes". There are:\n  two homes'],
    [['--scenario', 'toString'], 'There is no scenario "toString"'],
    [['--scenario', 'two homes', '--hosts', '4'], '--hosts is for random worlds'],
    [['--sed', '1'], "Unknown option '--sed'"],
    [['7'], 'Unexpected argument'],
  ])('are refused when they are %j', (args, what) => {
    expect(() => simOptions(args)).toThrow(what);
  });
});

describe('the options of npm run sim:hunt', () => {
  it('are minutes, fractions among them, and what narrows the hunt', () => {
    expect(huntOptions(['--minutes', '0.5', '--seed', '3'])).toMatchObject({ minutes: 0.5, seed: 3, hosts: undefined });
  });

  it('are a number of worlds, with or without minutes', () => {
    expect(huntOptions(['--worlds', '2000'])).toMatchObject({ worlds: 2000, minutes: undefined });
    expect(huntOptions(['--worlds', '2', '--minutes', '1'])).toMatchObject({ worlds: 2, minutes: 1 });
  });

  it.each([
    [[], 'Say for how long'],
    [['--minutes', '0'], '--minutes is a number above 0 and up to 1440, not "0".'],
    [['--minutes', 'soon'], '--minutes is a number above 0'],
    [['--minutes', '1441'], '--minutes is a number above 0'],
    [['--worlds', '0'], '--worlds is a whole number from 1 to 1000000, not "0".'],
  ])('are refused when they are %j', (args, what) => {
    expect(() => huntOptions(args)).toThrow(what);
  });
});

describe('the line that repeats a run', () => {
  it.each([
    [{ seed: 5 }, 'npm run sim -- --seed 5'],
    [{ seed: 5, hosts: 9 }, 'npm run sim -- --seed 5 --hosts 9'],
    [{ seed: 1, scenario: 'two homes' }, 'npm run sim -- --seed 1 --scenario "two homes"'],
  ])('says all that was chosen in %j', (choice, line) => {
    expect(again(choice)).toBe(line);
    expect(
      simOptions(
        line
          .split(' -- ')[1]
          ?.match(/"[^"]*"|\S+/g)
          ?.map((word) => word.replaceAll('"', '')) ?? [],
      ),
    ).toMatchObject(choice);
  });
});

describe('the options of npm run sim:causes', () => {
  it('are how many worlds of each reason, from which seed on, of which reasons, and how they are drawn', () => {
    expect(causesOptions([])).toEqual({ worlds: 40, seed: 1, reasons: REASONS, evenly: false, write: false });
    const args = ['--worlds', '3', '--seed', '7', '--only', 'MTU', '--evenly'];
    expect(causesOptions(args)).toEqual({ worlds: 3, seed: 7, reasons: ['MTU'], evenly: true, write: false });
    expect(causesOptions(['--write', '--worlds', '50'])).toMatchObject({ worlds: 50, write: true });
  });

  it.each([
    [['--worlds', 'x'], '--worlds is a whole number from 1'],
    [['--worlds', '0'], '--worlds is a whole number from 1'],
    [['--seed', '1.5'], '--seed is a whole number'],
    [['--only', 'weather'], 'No reason has "weather" in it. There are:\n  symmetric NAT'],
    [['--write', '--only', 'MTU'], '--write makes the whole page'],
    [['--write', '--evenly'], '--write makes the whole page'],
    [['--evenlyy'], "Unknown option '--evenlyy'"],
  ])('are refused when they are %j', (args, what) => {
    expect(() => causesOptions(args)).toThrow(what);
  });
});
