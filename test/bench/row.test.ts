import { describe, expect, it } from 'vitest';
import { rowOf, type RowSpec } from '../../bench/row.js';
import { FAILED } from '../../bench/statistics.js';

const spec: RowSpec = {
  id: 'time',
  what: 'time',
  unit: 'ms',
  targets: [
    { of: 'p50', limit: 10 },
    { of: 'p95', limit: 20 },
  ],
};

describe('a row', () => {
  it('is reached when each of its targets is, the limit included', () => {
    expect(rowOf(spec, [10, 10, 20]).verdict).toBe('reached');
  });

  it('is missed when one of its targets is', () => {
    expect(rowOf(spec, [10, 10, 21]).verdict).toBe('missed');
    expect(rowOf(spec, [11, 11, 11]).verdict).toBe('missed');
    expect(rowOf(spec, [1, 1, FAILED]).verdict).toBe('missed');
  });

  it('of no runs has reached nothing', () => {
    expect(rowOf(spec, []).verdict).toBe('missed');
  });

  it('without a target is neither', () => {
    expect(rowOf({ ...spec, targets: [] }, [FAILED]).verdict).toBe('no target');
  });
});
