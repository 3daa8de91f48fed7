/** A row of the table: what it is about, what it has to reach, and whether it did. */
import { summarize, type Summary } from './statistics.js';

export type Unit = 'ms' | 'packets' | 'MB' | '%' | 'MB a day' | 'times';

/** As many digits as mean something: nobody's runs agree to a tenth of a millisecond. */
const DIGITS: Readonly<Record<Unit, number>> = { ms: 0, packets: 0, MB: 1, '%': 2, 'MB a day': 2, times: 2 };

export interface Target {
  readonly of: 'p50' | 'p95' | 'max';
  /** In the row's unit; to be stayed at or below. */
  readonly limit: number;
}

export interface RowSpec {
  /** Short, for `--json`; stable. */
  readonly id: string;
  readonly what: string;
  readonly unit: Unit;
  /** All of them have to be reached; a row without one is there to be read. */
  readonly targets: readonly Target[];
}

export type Verdict = 'reached' | 'missed' | 'no target';

export interface Row extends RowSpec {
  readonly samples: readonly number[];
  readonly summary: Summary;
  readonly verdict: Verdict;
}

export function rowOf(spec: RowSpec, samples: readonly number[]): Row {
  const summary = summarize(samples);
  // Written so that NaN, of no runs, reaches nothing.
  const reached = spec.targets.every(({ of, limit }) => summary[of] <= limit);
  const verdict = spec.targets.length === 0 ? 'no target' : reached ? 'reached' : 'missed';
  return { ...spec, samples, summary, verdict };
}

export const formatTarget = ({ of, limit }: Target, unit: Unit): string =>
  `${of} ≤ ${Number.isInteger(limit) ? limit : formatFigure(limit, unit)}`;

/** What was not measured is a dash, and a failed run never came to its end. */
export function formatFigure(value: number, unit: Unit): string {
  if (Number.isNaN(value)) return '–';
  return Number.isFinite(value) ? value.toFixed(DIGITS[unit]) : 'never';
}
