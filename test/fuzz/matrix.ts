/** Which kinds of message met which stages of a connection, as a table and as what is missing in it. */
import { TRANSITIONS, type StateName } from '../../src/core/connection/states.js';
import { ALL_KINDS } from './inputs.js';
import type { Seen } from './life.js';

const STAGES = Object.keys(TRANSITIONS) as StateName[];

export function matrix(seen: Seen): string {
  const widest = Math.max(...ALL_KINDS.map((kind) => kind.length));
  const row = (name: string, cells: readonly string[]): string => `${name.padEnd(widest)}  ${cells.join('  ')}`;
  return [
    row('', STAGES),
    ...ALL_KINDS.map((kind) =>
      row(
        kind,
        STAGES.map((stage) => (seen.has(`${kind} ${stage}`) ? 'x' : '-').padEnd(stage.length)),
      ),
    ),
  ].join('\n');
}

/** `kind stage` for each that has not been. */
export const unseen = (seen: Seen): readonly string[] =>
  ALL_KINDS.flatMap((kind) => STAGES.map((stage) => `${kind} ${stage}`)).filter((cell) => !seen.has(cell));
