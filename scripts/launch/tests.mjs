/** `npm test`: every check there is, whatever becomes of the ones before it, and one summary. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enterLaboratory, findLaboratory, node } from './laboratory.mjs';
import { run } from './run.mjs';

/** Answers the exit status: 0 when all that had to run ran, and passed. */
export async function runTests() {
  const rows = [
    await check('types', 'tsc', '--noEmit'),
    await check('eslint', 'eslint', '.'),
    await check('prettier', 'prettier', '--check', '--log-level', 'warn', '.'),
    await vitest('unit tests', { prefix: [] }),
    await labTests(),
  ];
  console.log();
  for (const { name, status, told } of rows)
    console.log(`${status === 0 ? ' ok ' : 'FAIL'}  ${name.padEnd(12)} ${told}`);
  const sum = (key) => rows.reduce((total, { counts }) => total + (counts === undefined ? 0 : counts[key]), 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
  return rows.some(({ status }) => status !== 0) ? 1 : 0;
}

async function check(name, tool, ...args) {
  console.log(`\n— ${name}`);
  return { name, status: await run(node(join('node_modules/.bin', tool), ...args)), told: '' };
}

/** Where the machine cannot run them they are skipped, loudly; with WIRELINK_LAB=required that is a failure. */
async function labTests() {
  const laboratory = await findLaboratory();
  if (laboratory.missing === undefined) return vitest('lab tests', laboratory, '--config', 'vitest.lab.config.ts');
  const required = process.env.WIRELINK_LAB === 'required';
  const told = `${required ? 'REQUIRED, BUT ' : ''}SKIPPED: ${laboratory.missing}`;
  console.log(
    `\n${'!'.repeat(80)}\n!!! THE LAB TESTS, ON REAL WIREGUARD, DID NOT RUN.\n!!! ${told}\n${'!'.repeat(80)}`,
  );
  return { name: 'lab tests', status: required ? 1 : 0, told };
}

async function vitest(name, laboratory, ...args) {
  console.log(`\n— ${name}`);
  const directory = mkdtempSync(join(tmpdir(), 'wirelink-test-'));
  const report = join(directory, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const program = node('node_modules/.bin/vitest', 'run', ...reporters, ...args);
    const status = await enterLaboratory(laboratory, program);
    const counts = countIn(report, status);
    return {
      name,
      status,
      counts,
      told: `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A run that failed without a failed test (a file that does not load, an error outside of tests) counts as one failure. */
function countIn(report, status) {
  let result = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch (error) {
    console.error(`vitest left no report: ${error.message}`);
  }
  const failed = status !== 0 && result.numFailedTests === 0 ? 1 : result.numFailedTests;
  return { passed: result.numPassedTests, failed, skipped: result.numPendingTests + result.numTodoTests };
}
