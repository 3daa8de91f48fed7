/**
 * `--watch`: asks the agent again and again and shows what changed, until SIGINT or SIGTERM ends it. What it shows
 * depends on who looks: a person at a terminal, a pipe, or a program that reads JSON.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Screen } from '../render/screen.js';
import { changesBetween, type Change } from './changes.js';
import { Frame } from './terminal.js';

export interface Watched<Report, Item> {
  readonly ask: () => Promise<Report>;
  readonly itemsOf: (report: Report) => readonly Item[];
  readonly idOf: (item: Item) => string;
}

export interface Viewer<Report, Item> {
  show(report: Report, changes: readonly Change<Item>[]): void;
  close(): void;
}

/** People see it as at once; an agent answers from memory. */
const INTERVAL_MS = 1000;
/** Long enough to be seen by somebody who looked elsewhere for a moment. */
const MARKED_MS = 5000;

/** Resolves after a signal. Rejects with what asking rejects with. */
export async function watch<Report, Item>(
  { ask, itemsOf, idOf }: Watched<Report, Item>,
  viewer: Viewer<Report, Item>,
): Promise<void> {
  const ended = new AbortController();
  const end = (): void => {
    ended.abort();
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    let before: readonly Item[] = [];
    while (!ended.signal.aborted) {
      const report = await ask();
      const items = itemsOf(report);
      viewer.show(report, changesBetween(before, items, idOf));
      before = items;
      // The end of the wait is the end of the watch, not an error.
      await pause(INTERVAL_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  } finally {
    viewer.close();
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}

/** The whole at the first look, and again after each change, each with the time of day. */
export function sections<Report, Item>(
  print: (text: string) => void,
  render: (report: Report) => string,
): Viewer<Report, Item> {
  let first = true;
  return {
    show: (report, changes) => {
      if (!first && changes.length === 0) return;
      print(`${first ? '' : '\n'}${timeOfDay()}\n${render(report)}`);
      first = false;
    },
    close: () => undefined,
  };
}

/** One text that is kept up to date, with marks at what changed a moment ago. Afterwards the last one stays. */
export function onScreen<Report, Item>(
  idOf: (item: Item) => string,
  screenNow: () => Screen,
  render: (report: Report, screen: Screen, marked: ReadonlySet<string>) => string,
): Viewer<Report, Item> {
  const frame = new Frame(process.stdout);
  const markedAt = new Map<string, number>();
  let first = true;
  let last = '';
  return {
    show: (report, changes) => {
      const now = performance.now();
      // At the first look all of it is new, which tells nobody anything.
      if (!first) for (const { item } of changes) markedAt.set(idOf(item), now);
      first = false;
      for (const [id, at] of markedAt) if (now - at > MARKED_MS) markedAt.delete(id);
      // The width may have changed since.
      const screen = screenNow();
      last = render(report, screen, new Set(markedAt.keys()));
      frame.draw(last, screen.paint.dim(`${timeOfDay()}  * changed in the last ${MARKED_MS / 1000} s. Ctrl-C ends.`));
    },
    close: () => {
      frame.close();
      if (last !== '') process.stdout.write(`${last}\n`);
    },
  };
}

/** Each change as an object: when, what, and under `noun` the item. */
export function asLines<Report, Item>(printLine: (value: object) => void, noun: string): Viewer<Report, Item> {
  return {
    show: (_report, changes) => {
      const at = new Date().toISOString();
      for (const { what, item } of changes) printLine({ at, what, [noun]: item });
    },
    close: () => undefined,
  };
}

const timeOfDay = (): string => new Date().toTimeString().slice(0, 8);
