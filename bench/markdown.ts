/** The benchmark's result as it stands in docs/performance.md: a table, and the histograms. */
import { histograms } from './histogram.js';
import { formatFigure, formatTarget, type Row, type Verdict } from './row.js';

const HEAD = ['what', 'target', 'p50', 'p95', 'max', 'runs', ''] as const;
/** Figures stand at the right. */
const RIGHT = [false, true, true, true, true, true, false];

const VERDICTS: Readonly<Record<Verdict, string>> = { reached: 'ok', missed: 'missed', 'no target': '' };

/** Laid out as prettier would. */
export const markdown = (rows: readonly Row[]): string =>
  [table(rows), '', '```text', histograms(rows), '```'].join('\n');

function table(rows: readonly Row[]): string {
  const cells = [[...HEAD], ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(3, ...cells.map((line) => line[column]?.length ?? 0)));
  const [head = '', ...lines] = cells.map((line) => {
    const padded = line.map((cell, at) => (RIGHT[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)));
    return `| ${padded.join(' | ')} |`;
  });
  const rule = widths.map((width, at) => (RIGHT[at] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [head, `| ${rule.join(' | ')} |`, ...lines].join('\n');
}

function cellsOf({ what, unit, targets, summary: { p50, p95, max, runs, failed }, verdict }: Row): string[] {
  return [
    `${what}, ${unit}`,
    targets.map((target) => formatTarget(target, unit)).join(', '),
    ...[p50, p95, max].map((value) => formatFigure(value, unit)),
    failed === 0 ? String(runs) : `${runs}, ${failed} failed`,
    VERDICTS[verdict],
  ];
}
