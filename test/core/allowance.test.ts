import { describe, expect, it } from 'vitest';
import { Allowance } from '../../src/core/allowance.js';
import { instant, seconds } from '../../src/core/values/time.js';

const taken = (allowance: Allowance, at: number, tries: number): number =>
  Array.from({ length: tries }, () => allowance.take(instant(at))).filter(Boolean).length;

describe('an allowance', () => {
  it('gives its burst at once and no more', () => {
    expect(taken(new Allowance(5, seconds(1)), 0, 20)).toBe(5);
  });

  it('earns one in each interval, up to the burst', () => {
    const allowance = new Allowance(5, seconds(1));
    taken(allowance, 0, 20);
    expect(taken(allowance, 900, 20)).toBe(0);
    expect(taken(allowance, 1000, 20)).toBe(1);
    expect(taken(allowance, 60_000, 20)).toBe(5);
  });

  it('loses no part of an interval to those who ask often', () => {
    const allowance = new Allowance(5, seconds(1));
    taken(allowance, 0, 20);
    let given = 0;
    for (let at = 50; at <= 10_000; at += 50) given += taken(allowance, at, 1);
    expect(given).toBeGreaterThanOrEqual(9);
    expect(given).toBeLessThanOrEqual(10);
  });
});
