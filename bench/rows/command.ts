/** How long a command takes, as a multiple of what Node itself takes to start; and the room that all of it needs. */
import { fileURLToPath } from 'node:url';
import { EXECUTABLE } from '../../lab/agent.js';
import type { Experiment } from '../experiment.js';
import { installedBytes } from '../installed.js';
import { rowOf, type Row, type RowSpec } from '../row.js';
import { Trio } from '../trio.js';

const TABLE: RowSpec = {
  id: 'peers-table',
  what: 'wirelink peers as a multiple of node -e 0, in pairs',
  unit: 'times',
  targets: [{ of: 'p50', limit: 3 }],
};
const DOCUMENT: RowSpec = {
  id: 'peers-command',
  what: 'wirelink peers --json as a multiple of node -e 0, in pairs',
  unit: 'times',
  targets: [{ of: 'p50', limit: 2.5 }],
};
const TABLE_TOOK: RowSpec = { id: 'peers-table-took', what: 'wirelink peers by itself', unit: 'ms', targets: [] };
const DOCUMENT_TOOK: RowSpec = {
  id: 'peers-command-took',
  what: 'wirelink peers --json by itself',
  unit: 'ms',
  targets: [],
};
const SIZE: RowSpec = { id: 'installed', what: 'installed size, packages included', unit: 'MB', targets: [] };

const IN_TURN = fileURLToPath(new URL('../in-turn.mjs', import.meta.url));

/** A program in the laboratory has 20 s for all it does. */
const TURNS_AT_A_TIME = 10;

const MEGABYTE = 1e6;

export const commands: Experiment = {
  name: 'command',
  specs: [TABLE, DOCUMENT, TABLE_TOOK, DOCUMENT_TOOK, SIZE],
  measure: ({ runs, say }) =>
    Trio.with(async (trio) => {
      await trio.becomeDirect();
      const commands = [
        [process.execPath, EXECUTABLE, 'peers'],
        [process.execPath, EXECUTABLE, 'peers', '--json'],
        [process.execPath, '-e', '0'],
      ];
      const took: (readonly [table: number, document: number, bare: number])[] = [];
      while (took.length < runs) {
        // The machine's environment is bare: nothing of ours, such as NODE_EXTRA_CA_CERTS, slows one of them down.
        const turns = String(Math.min(TURNS_AT_A_TIME, runs - took.length));
        const args = [IN_TURN, turns, ...commands.map((command) => JSON.stringify(command))];
        took.push(...(JSON.parse(await trio.scene.a.machine.run(process.execPath, args)) as typeof took));
        say(`  ${took.length}/${runs}`);
      }
      const row = (spec: RowSpec, figure: (times: (typeof took)[number]) => number): Row =>
        rowOf(spec, took.map(figure));
      return [
        row(TABLE, ([table, , bare]) => table / bare),
        row(DOCUMENT, ([, document, bare]) => document / bare),
        row(TABLE_TOOK, ([table]) => table),
        row(DOCUMENT_TOOK, ([, document]) => document),
        rowOf(SIZE, [installedBytes() / MEGABYTE]),
      ];
    }),
};
