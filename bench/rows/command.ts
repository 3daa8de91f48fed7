/** How long a command takes, as a multiple of what Node itself takes to start; and the room that all of it needs. */
import { fileURLToPath } from 'node:url';
import { EXECUTABLE } from '../../lab/agent.js';
import type { Experiment } from '../experiment.js';
import { installedBytes } from '../installed.js';
import { rowOf, type RowSpec } from '../row.js';
import { Trio } from '../trio.js';

const MULTIPLE: RowSpec = {
  id: 'peers-command',
  what: 'wirelink peers --json as a multiple of node -e 0, in pairs',
  unit: 'times',
  targets: [{ of: 'p50', limit: 4 }],
};
const TOOK: RowSpec = { id: 'peers-command-took', what: 'wirelink peers --json by itself', unit: 'ms', targets: [] };
const SIZE: RowSpec = { id: 'installed', what: 'installed size, packages included', unit: 'MB', targets: [] };

const PAIRS = fileURLToPath(new URL('../pairs.mjs', import.meta.url));

const MEGABYTE = 1e6;

export const commands: Experiment = {
  name: 'command',
  specs: [MULTIPLE, TOOK, SIZE],
  measure: ({ runs, say }) =>
    Trio.with(async (trio) => {
      await trio.becomeDirect();
      const both = [
        [process.execPath, EXECUTABLE, 'peers', '--json'],
        [process.execPath, '-e', '0'],
      ];
      // The machine's environment is bare: nothing of ours, such as NODE_EXTRA_CA_CERTS, slows one of them down.
      const args = [PAIRS, String(runs), ...both.map((command) => JSON.stringify(command))];
      const pairs = JSON.parse(await trio.scene.a.machine.run(process.execPath, args)) as [number, number][];
      say(`  ${runs} pairs`);
      return [
        rowOf(
          MULTIPLE,
          pairs.map(([ours, bare]) => ours / bare),
        ),
        rowOf(
          TOOK,
          pairs.map(([ours]) => ours),
        ),
        rowOf(SIZE, [installedBytes() / MEGABYTE]),
      ];
    }),
};
