/** The figures of `npm run sim:scale`, for a star that is small enough for a test. */
import { describe, expect, it } from 'vitest';
import { measure } from '../../scripts/scale.js';

describe('the scale of a star', () => {
  it('is measured until all pairs are direct, and while nothing happens after that', () => {
    const figures = measure({ agents: 4, peers: 3 });
    expect(figures).toMatchObject({ agents: '4', 'pairs that want to be direct': '6' });
    expect(Number(figures['until all are direct, s'])).toBeGreaterThan(0);
    expect(Number(figures['until then, kB at the hub'])).toBeGreaterThan(0);
    expect(Number(figures['until then, kB per agent'])).toBeGreaterThan(0);
    expect(Number(figures['idle, kB an hour per agent'])).toBeGreaterThan(0);
  });

  it('counts only the pairs that are wanted', () => {
    expect(measure({ agents: 6, peers: 2 })['pairs that want to be direct']).toBe('6');
  });
});
