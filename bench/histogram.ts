/** How the runs of a row are spread, drawn in text: one line for each range of values, as long as runs fell into it. */
import { formatFigure, type Row } from './row.js';
import { FAILED } from './statistics.js';

/** About so many ranges from the best run to the 95th percentile. */
const RANGES = 10;
/** The longest bar, in characters; shorter ones in proportion, and one character a run where all fit. */
const LONGEST = 40;

/** A range of values, its lower end included, or a word for those that lie in none. */
export interface Range {
  readonly label: string;
  readonly runs: number;
}

/** The histograms of all rows that have one. */
export const histograms = (rows: readonly Row[]): string => rows.filter(isSpread).map(histogram).join('\n\n');

/** One run, or none, is spread over nothing. */
const isSpread = ({ samples }: Row): boolean => samples.length > 1;

export function histogram(row: Row): string {
  const ranges = rangesOf(row);
  const most = Math.max(...ranges.map(({ runs }) => runs));
  const width = Math.max(...ranges.map(({ label }) => label.length));
  const bar = (runs: number): string => '█'.repeat(Math.ceil((runs * Math.min(LONGEST, most)) / most));
  const lines = ranges.map(({ label, runs }) => `  ${label.padStart(width)}  ${bar(runs)} ${runs}`);
  return [`${row.what}, ${row.unit}`, ...lines].join('\n');
}

/**
 * Ranges of one width, from the least sample to the 95th percentile, so that one bad run does not crowd the others into
 * one range; what lies above is counted together, and failed runs apart.
 */
export function rangesOf({ samples, unit }: Row): readonly Range[] {
  const finite = samples.filter((sample) => sample !== FAILED).sort((one, other) => one - other);
  const least = finite[0];
  const high = finite[Math.ceil(finite.length * 0.95) - 1];
  const never = samples.length - finite.length;
  const failed = never === 0 ? [] : [{ label: 'never', runs: never }];
  if (least === undefined || high === undefined) return failed;
  const step = stepFor(high - least, finite.every(Number.isInteger));
  const first = Math.floor(least / step);
  const last = Math.floor(high / step);
  const ranges = Array.from({ length: last - first + 1 }, (_, at) => {
    const [from, to] = [(first + at) * step, (first + at + 1) * step];
    const label = step === 1 ? String(from) : `${formatEdge(from, step)} – ${formatEdge(to, step)}`;
    return { label, runs: finite.filter((sample) => Math.floor(sample / step) === first + at).length };
  });
  const beyond = finite.filter((sample) => Math.floor(sample / step) > last);
  const more =
    beyond.length === 0 ? [] : [{ label: `up to ${formatFigure(Math.max(...beyond), unit)}`, runs: beyond.length }];
  return [...ranges, ...more, ...failed];
}

/** 1, 2 or 5 times a power of ten; whole numbers are not divided. */
function stepFor(spread: number, whole: boolean): number {
  const wanted = Math.max(spread / RANGES, whole ? 1 : 0.01);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= wanted * 0.999) ?? 10);
}

const formatEdge = (value: number, step: number): string =>
  value.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
