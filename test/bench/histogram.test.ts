import { describe, expect, it } from 'vitest';
import { histogram, histograms, rangesOf } from '../../bench/histogram.js';
import { rowOf, type Unit } from '../../bench/row.js';
import { FAILED } from '../../bench/statistics.js';

const row = (samples: readonly number[], unit: Unit = 'ms') =>
  rowOf({ id: 'r', what: 'ready → direct', unit, targets: [] }, samples);

describe('a histogram', () => {
  it('has a line for each range, with a bar as long as runs fell into it', () => {
    expect(histogram(row([412.2, 415, 433, 419.9, 420])).split('\n')).toEqual([
      'ready → direct, ms',
      '  410 – 415  █ 1',
      '  415 – 420  ██ 2',
      '  420 – 425  █ 1',
      '  425 – 430   0',
      '  430 – 435  █ 1',
    ]);
  });

  it('counts whole numbers one by one', () => {
    expect(rangesOf(row([19, 20, 20, 22], 'packets'))).toEqual([
      { label: '19', runs: 1 },
      { label: '20', runs: 2 },
      { label: '21', runs: 0 },
      { label: '22', runs: 1 },
    ]);
  });

  it('counts every run exactly once, those far above the others and failed ones in lines of their own', () => {
    const usual = Array.from({ length: 40 }, (_, at) => 400 + at);
    const ranges = rangesOf(row([...usual, 5492, FAILED]));
    expect(ranges.slice(-2)).toEqual([
      { label: 'up to 5492', runs: 1 },
      { label: 'never', runs: 1 },
    ]);
    expect(ranges.reduce((sum, { runs }) => sum + runs, 0)).toBe(42);
  });

  it('of runs that all failed says so, and of equal ones has one range', () => {
    expect(rangesOf(row([FAILED, FAILED]))).toEqual([{ label: 'never', runs: 2 }]);
    expect(rangesOf(row([0, 0, 0], 'packets'))).toEqual([{ label: '0', runs: 3 }]);
    expect(rangesOf(row([2.24, 2.24], 'times'))).toEqual([{ label: '2.24 – 2.25', runs: 2 }]);
  });

  it('is not drawn of a single run', () => {
    expect(histograms([row([1])])).toBe('');
  });
});
