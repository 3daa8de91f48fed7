/**
 * The way into a fresh clone: `node scripts/launch.mjs demo|bench|fuzz|sim|hunt|test|test:kernel`, which is what `npm run
 * demo`, `npm run bench`, `npm run fuzz`, `npm run sim`, `npm run sim:hunt`, `npm test` and `npm run test:kernel` run. It
 * brings what the work needs (Node's version, node_modules, the build, system packages,
 * namespaces) and then starts it.
 *
 * It runs before `npm ci` and on a Node that is too old to run anything else: only `node:` modules, and only syntax
 * that Node 18 parses.
 */
import { checkNode, giveBack, prepareBuild, prepareModules } from './launch/clone.mjs';
import { runKernelTests } from './launch/kernel.mjs';
import { run } from './launch/run.mjs';
import { enterLaboratory, findLaboratory, node } from './launch/laboratory.mjs';
import { runTests } from './launch/tests.mjs';

/** A program of the laboratory, by name. */
const programs = { demo: 'lab/demo.ts', bench: 'bench/bench.ts' };
/** What needs no laboratory. */
const plain = { fuzz: 'test/fuzz/fuzz.ts', sim: 'scripts/sim/sim.ts', hunt: 'scripts/sim/hunt.ts' };

async function main([what = '', ...args]) {
  checkNode();
  const known = ['test', 'test:kernel', ...Object.keys(programs), ...Object.keys(plain)];
  if (!known.includes(what)) throw new Error(`usage: node scripts/launch.mjs ${known.join('|')}`);
  await prepareModules();
  if (plain[what] !== undefined) return run(node('--import', 'tsx', plain[what], ...args));
  await prepareBuild();
  if (what === 'test') return runTests();
  if (what === 'test:kernel') return runKernelTests(args);
  const laboratory = await findLaboratory();
  if (laboratory.missing !== undefined) throw new Error(`The ${what} cannot run here: ${laboratory.missing}`);
  return enterLaboratory(laboratory, node('--import', 'tsx', programs[what], ...args));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await giveBack();
}
