import { Chalk } from 'chalk';
import { expect, it } from 'vitest';
import { rowOf } from '../../bench/row.js';
import { FAILED } from '../../bench/statistics.js';
import { resultTable } from '../../bench/table.js';

const plain = { width: 80, paint: new Chalk({ level: 0 }) };

it('the table says what was measured, what was to be reached, and whether it was', () => {
  const table = resultTable(
    [
      rowOf({ id: 'a', what: 'cut to flowing', unit: 'ms', targets: [{ of: 'p95', limit: 4000 }] }, [
        900.4,
        1200,
        FAILED,
      ]),
      rowOf({ id: 'b', what: 'share of a core', unit: '%', targets: [{ of: 'max', limit: 0.3 }] }, [0.123]),
      rowOf({ id: 'c', what: 'installed', unit: 'MB', targets: [] }, []),
    ],
    plain,
  );
  expect(table.split('\n')).toEqual([
    'what                target      p50   p95    max    runs         verdict',
    'cut to flowing, ms  p95 ≤ 4000  1200  never  never  3, 1 failed  MISSED',
    'share of a core, %  max ≤ 0.30  0.12  0.12   0.12   1            ok',
    'installed, MB                   –     –      –      0',
  ]);
});
