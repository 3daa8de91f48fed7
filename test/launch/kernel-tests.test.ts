/** A run in the emulated machine counts only when its tests ran and passed: everything else is a failure. */
import { expect, it } from 'vitest';

interface Judgement {
  readonly status: number;
  readonly told: string;
}

interface Launcher {
  readonly FEW: readonly { readonly file: string; readonly name: string }[];
  readonly FILES: readonly string[];
  readonly judge: (wanted: object, seen: object) => Judgement;
}

const launcher = '../../scripts/launch/kernel-tests.mjs';
const { FEW, FILES, judge } = (await import(launcher)) as Launcher;

const ALL = {};
const TWO = { names: [{ name: 'one' }, { name: 'two' }] };
const reportOf = (...tests: readonly (readonly [title: string, status: string])[]) => ({
  testResults: [{ assertionResults: tests.map(([title, status]) => ({ title, status })) }],
});
const bothPassed = reportOf(['one', 'passed'], ['two', 'passed']);
const good = { greeted: true, late: false, exitStatus: '0', report: bothPassed };

it('passes when every test that was asked for passed, whatever a choice of names left out', () => {
  expect(judge(ALL, good)).toEqual({ status: 0, told: '2 passed, 0 failed' });
  const more = reportOf(['one', 'passed'], ['two', 'passed'], ['three', 'skipped']);
  expect(judge(TWO, { ...good, report: more }).status).toBe(0);
});

it.each([
  ['that does not boot', ALL, { greeted: false }, /did not boot/],
  ['that takes too long', ALL, { late: true }, /too long/],
  ['whose kernel ends before its work', ALL, { exitStatus: undefined, report: undefined }, /ended before its work/],
  ['without a report', ALL, { report: undefined }, /no report/],
  ['with a failed test', ALL, { report: reportOf(['one', 'passed'], ['two', 'failed']) }, /1 failed/],
  ['that ends badly', ALL, { exitStatus: '1' }, /exit status 1/],
  [
    'in which one of the few is missing',
    TWO,
    { report: reportOf(['one', 'passed'], ['two', 'skipped']) },
    /not run: two/,
  ],
  ['of all tests that skips one', ALL, { report: reportOf(['one', 'passed'], ['two', 'skipped']) }, /1 skipped/],
  ['in which nothing ran', { pattern: 'none' }, { report: reportOf(['one', 'skipped']) }, /no test ran/],
])('fails a run %s', (_, wanted, seen, reason) => {
  expect(judge(wanted, { ...good, ...seen })).toEqual({ status: 1, told: expect.stringMatching(reason) as string });
});

it('asks by default only for tests of files that it knows', () => {
  expect(FILES).toEqual(expect.arrayContaining(FEW.map(({ file }) => file)));
});
