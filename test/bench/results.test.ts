import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { afterAll, describe, expect, it } from 'vitest';
import { markdown } from '../../bench/markdown.js';
import { readResults, writeResults } from '../../bench/results.js';
import { rowOf, type RowSpec } from '../../bench/row.js';
import { FAILED } from '../../bench/statistics.js';

const CUT: RowSpec = {
  id: 'cut',
  what: 'cut → flows again',
  unit: 'ms',
  targets: [
    { of: 'p50', limit: 1500 },
    { of: 'p95', limit: 2500 },
  ],
};
const SHARE: RowSpec = { id: 'share', what: 'share of a core', unit: '%', targets: [] };

const directory = mkdtempSync(join(tmpdir(), 'wirelink-results-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

describe('results that were written', () => {
  it('are read as they were, failed runs too, and in the order of the rows', () => {
    const rows = [rowOf(CUT, [1200, FAILED]), rowOf(SHARE, [0.1])];
    const path = file('one.json', writeResults(rows.toReversed()));
    expect(readResults([path], [CUT, SHARE])).toEqual(rows);
  });

  it('of several runs of the benchmark count together, and rows that nobody measured are left out', () => {
    const paths = [[1], [2, 3]].map((samples, at) => file(`${at}.json`, writeResults([rowOf(CUT, samples)])));
    expect(readResults(paths, [CUT, SHARE])).toEqual([rowOf(CUT, [1, 2, 3])]);
  });

  it('of something else are refused, with the name of the file', () => {
    const path = file('else.json', '{"rows": [{"id": 7}]}');
    expect(() => readResults([path], [CUT])).toThrow(`${path} does not hold what --json prints`);
  });
});

it('what is put into the documents is laid out as everything there is', async () => {
  const text = markdown([rowOf(CUT, [1200, 1300, FAILED]), rowOf(SHARE, [0.1, 0.2])]);
  expect(await format(`${text}\n`, { parser: 'markdown', printWidth: 120 })).toBe(`${text}\n`);
  expect(text.split('\n').slice(0, 4)).toEqual([
    '| what                  |                 target |  p50 |   p95 |   max |        runs |        |',
    '| --------------------- | ---------------------: | ---: | ----: | ----: | ----------: | ------ |',
    '| cut → flows again, ms | p50 ≤ 1500, p95 ≤ 2500 | 1300 | never | never | 3, 1 failed | missed |',
    '| share of a core, %    |                        | 0.10 |  0.20 |  0.20 |           2 |        |',
  ]);
});
