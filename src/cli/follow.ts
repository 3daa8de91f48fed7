/** Showing what comes until somebody has seen enough: SIGINT and SIGTERM end it, and are no failure. */
import { toJsonLine } from '../core/text.js';

/** One of several documents, a line each. */
export const asLine = (value: object): string => toJsonLine(value);

/** Resolves when the work does or a signal comes, whatever comes first. Rejects as the work does. */
export async function untilSignal(work: Promise<unknown>): Promise<void> {
  let end: () => void = () => undefined;
  const signalled = new Promise<void>((resolve) => (end = resolve));
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    await Promise.race([work, signalled]);
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}
