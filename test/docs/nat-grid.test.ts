import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gridPage, PAGE } from '../../scripts/nat-grid-page.js';
import { CROSSING } from '../../src/sim/grid/expect.js';
import { PLACES } from '../../src/sim/grid/places.js';

describe('docs/nat-grid.md', () => {
  const text = readFileSync(PAGE, 'utf8');

  it('is what npm run sim:grid makes of the grid there is', async () => {
    expect(text).toBe(await gridPage());
  });

  it('has a row for each place, and one column for each', () => {
    const rows = text.split('\n').filter((line) => /^\| \d+ /.test(line));
    expect(rows.map((row) => row.split('|')[1]?.trim().replace(/^\d+ /, ''))).toEqual(PLACES.map(({ name }) => name));
    expect(rows.map((row) => row.split('|').length - 3)).toEqual(PLACES.map(() => PLACES.length));
  });

  it('gives each limit its reason', () => {
    expect(text).toContain(CROSSING.name);
    expect(text.replaceAll('\n', ' ')).toContain(CROSSING.reason);
  });
});
