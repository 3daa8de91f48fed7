/** What the text is written for: how wide, and whether with colours. */
import { Chalk, type ChalkInstance } from 'chalk';

export interface Screen {
  /** Columns; no line is longer. */
  readonly width: number;
  readonly paint: ChalkInstance;
}

/** What fits every terminal, and what a pipe gets. */
const USUAL_WIDTH = 80;

/** Below this a table has no room for an address; such a terminal wraps the lines itself. */
const LEAST_WIDTH = 60;

/** A terminal says its width itself; COLUMNS says it for a pipe, which is how `watch` does it. */
export function screen(): Screen {
  const told = process.stdout.isTTY ? process.stdout.columns : Number(process.env['COLUMNS']);
  const width = Number.isInteger(told) && told > 0 ? Math.max(LEAST_WIDTH, told) : USUAL_WIDTH;
  // chalk does not look at NO_COLOR, and on some build machines colours pipes.
  const plain = !process.stdout.isTTY || Boolean(process.env['NO_COLOR']);
  return { width, paint: plain ? new Chalk({ level: 0 }) : new Chalk() };
}
