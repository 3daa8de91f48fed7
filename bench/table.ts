/** The benchmark's result for a person. */
import { screen as terminal, type Screen } from '../src/cli/render/screen.js';
import { renderTable, type Column } from '../src/cli/render/table.js';
import type { Row, Target, Unit, Verdict } from './row.js';

/** As many digits as mean something: nobody's runs agree to a tenth of a millisecond. */
const DIGITS: Readonly<Record<Unit, number>> = { ms: 0, packets: 0, MB: 1, '%': 2, 'MB a day': 2, times: 2 };

const VERDICTS: Readonly<Record<Verdict, string>> = { reached: 'ok', missed: 'MISSED', 'no target': '' };

export function resultTable(rows: readonly Row[], screen: Screen = terminal()): string {
  const figure = (key: 'p50' | 'p95' | 'max'): Column<Row> => ({
    head: key,
    cell: ({ summary, unit }) => formatFigure(summary[key], unit),
  });
  const columns: Column<Row>[] = [
    { head: 'what', cell: ({ what, unit }) => `${what}, ${unit}`, flexible: true },
    { head: 'target', cell: ({ targets, unit }) => targets.map((target) => formatTarget(target, unit)) },
    figure('p50'),
    figure('p95'),
    figure('max'),
    { head: 'runs', cell: ({ summary }) => formatRuns(summary) },
    {
      head: 'verdict',
      cell: ({ verdict }) => VERDICTS[verdict],
      paint: (line, { verdict }) => (verdict === 'missed' ? screen.paint.red(line) : screen.paint.green(line)),
    },
  ];
  return renderTable(rows, columns, screen);
}

const formatTarget = ({ of, limit }: Target, unit: Unit): string =>
  `${of} ≤ ${Number.isInteger(limit) ? limit : formatFigure(limit, unit)}`;

function formatFigure(value: number, unit: Unit): string {
  if (Number.isNaN(value)) return '–';
  return Number.isFinite(value) ? value.toFixed(DIGITS[unit]) : 'never';
}

const formatRuns = ({ runs, failed }: Row['summary']): string =>
  failed === 0 ? String(runs) : `${runs}, ${failed} failed`;
