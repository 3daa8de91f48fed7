/**
 * `npm run test:kernel`: the laboratory's tests in an emulated machine whose Debian kernel has WireGuard and netem, with
 * this machine's files and this clone. A few of them, or with `--all` every one; with any other word, those whose names
 * match it. What does not boot, does not end, runs no test or skips one has failed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emulate } from './emulator.mjs';
import { prepareKernel } from './kernel-image.mjs';
import { findLaboratory, installTools } from './laboratory.mjs';
import { FEW, FILES, judge } from './kernel-tests.mjs';
import { root } from './run.mjs';

const TOOLS = {
  'qemu-system-x86_64': 'qemu-system-x86',
  modprobe: 'kmod',
  cpio: 'cpio',
  xz: 'xz-utils',
  tc: 'iproute2',
};

/** Many times what the tests take on two idle processors without KVM, for machines that have others to serve. */
const FEW_LIMIT_MS = 45 * 60_000;
const ALL_LIMIT_MS = 5 * 3600_000;
/** To itself the machine is a few times slower than this one. */
const PATIENCE = 4;

/** Answers the exit status. */
export async function runKernelTests(args) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('test:kernel emulates a PC, and needs Linux on x86-64.');
  const laboratory = await findLaboratory();
  if (laboratory.missing !== undefined) throw new Error(`test:kernel cannot run here: ${laboratory.missing}`);
  const missing = await installTools(TOOLS);
  if (missing !== undefined) throw new Error(`test:kernel cannot run here: ${missing}`);
  const all = args.includes('--all');
  const pattern = args.find((arg) => !arg.startsWith('--'));
  const wanted = { names: all || pattern !== undefined ? undefined : FEW, pattern };
  const image = prepareKernel();
  const exchange = mkdtempSync(join(tmpdir(), 'wirelink-kernel-'));
  const began = Date.now();
  try {
    writeFileSync(join(exchange, 'work.sh'), work(wanted));
    const { greeted, late } = await emulate(image, exchange, all ? ALL_LIMIT_MS : FEW_LIMIT_MS);
    const { status, told } = judge(wanted, { greeted, late, ...readResults(exchange) });
    console.log(
      `\n${status === 0 ? ' ok ' : 'FAIL'}  kernel tests  ${told}, ${Math.round((Date.now() - began) / 1000)} s`,
    );
    return status;
  } finally {
    rmSync(exchange, { recursive: true });
  }
}

/** The same program as on this machine, entered the same way. */
function work({ names, pattern }) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const files = names === undefined ? FILES : [...new Set(names.map(({ file }) => file))];
  const wanted = names?.map(({ name }) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|') ?? pattern;
  const command = [
    ...[process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.lab.config.ts'],
    ...['--reporter=verbose', '--reporter=json', '--outputFile.json=/run/exchange/report.json'],
    ...(wanted === undefined ? [] : ['--testNamePattern', wanted]),
    ...files,
  ];
  return [
    `cd ${quoted(root)} || exit 1`,
    // A serial line is a terminal to programs, and slow: no colours, and nothing drawn over and over.
    'export CI=true NO_COLOR=1',
    `export WIRELINK_LAB=required WIRELINK_LAB_MEANS=kernel WIRELINK_LAB_PATIENCE=${PATIENCE}`,
    `${command.map(quoted).join(' ')} </dev/null`,
    '',
  ].join('\n');
}

/** What the guest left; `undefined` for each that it did not. */
function readResults(exchange) {
  const read = (name) => {
    try {
      return readFileSync(join(exchange, name), 'utf8');
    } catch {
      return undefined;
    }
  };
  const report = read('report.json');
  return { exitStatus: read('status')?.trim(), report: report === undefined ? undefined : JSON.parse(report) };
}
