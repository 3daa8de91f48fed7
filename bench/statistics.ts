/** What is said of a number of runs. A run that failed counts as infinitely bad, so it can never make a figure better. */

/** A run that failed. */
export const FAILED = Number.POSITIVE_INFINITY;

export interface Summary {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  readonly runs: number;
  readonly failed: number;
}

/** Of no runs, everything is `NaN`: nothing was shown. */
export function summarize(samples: readonly number[]): Summary {
  return {
    p50: percentile(samples, 0.5),
    p95: percentile(samples, 0.95),
    max: percentile(samples, 1),
    runs: samples.length,
    failed: samples.filter((sample) => sample === FAILED).length,
  };
}

/**
 * The smallest sample that a share (0 to 1) of all samples does not exceed, the "nearest rank": always one that was
 * measured, and defined beside infinite ones, where interpolation is not.
 */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}
