import { describe, expect, it } from 'vitest';
import { FAILED, percentile, summarize } from '../../bench/statistics.js';

const twenty = Array.from({ length: 20 }, (_, at) => 20 - at);

describe('a percentile', () => {
  it('is a sample that was measured: the smallest that enough of them do not exceed', () => {
    expect(percentile(twenty, 0.5)).toBe(10);
    expect(percentile(twenty, 0.95)).toBe(19);
    expect(percentile(twenty, 1)).toBe(20);
    expect(percentile([3, 1, 2], 0.5)).toBe(2);
  });

  it('of one sample is that sample', () => {
    expect(percentile([7], 0.5)).toBe(7);
    expect(percentile([7], 0.95)).toBe(7);
  });

  it('of no samples is not a number', () => {
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('a failed run', () => {
  it('is worse than any other, so two of twenty spoil the 95th percentile and one spoils the maximum', () => {
    const one = summarize([...twenty.slice(1), FAILED]);
    expect(one).toEqual({ p50: 10, p95: 19, max: FAILED, runs: 20, failed: 1 });
    const two = summarize([...twenty.slice(2), FAILED, FAILED]);
    expect(two).toMatchObject({ p95: FAILED, failed: 2 });
  });

  it('spoils the median where half of them fail', () => {
    expect(summarize([1, FAILED, FAILED]).p50).toBe(FAILED);
  });
});
