import type { Brand } from './brand.js';

/** A point in time: milliseconds of a monotonic clock whose zero means nothing. Never a wall clock, which jumps. */
export type Instant = Brand<number, 'Instant'>;

/** A length of time in milliseconds. */
export type Millis = Brand<number, 'Millis'>;

export const instant = (milliseconds: number): Instant => milliseconds as Instant;
export const millis = (milliseconds: number): Millis => milliseconds as Millis;
export const seconds = (count: number): Millis => millis(count * 1000);

/** For people and JSON: tenths of a millisecond are as fine as anything here is measured. */
export const rounded = (duration: Millis): number => Math.round(duration * 10) / 10;

export const after = (start: Instant, duration: Millis): Instant => instant(start + duration);
export const since = (start: Instant, now: Instant): Millis => millis(now - start);

/** `undefined` when there is none. */
export function earliest(instants: readonly (Instant | undefined)[]): Instant | undefined {
  let first: Instant | undefined;
  for (const next of instants) if (next !== undefined && (first === undefined || next < first)) first = next;
  return first;
}
