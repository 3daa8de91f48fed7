/** The benchmark's result for a person. */
import { screen as terminal, type Screen } from '../src/cli/render/screen.js';
import { renderTable, type Column } from '../src/cli/render/table.js';
import { formatFigure, formatTarget, type Row, type Verdict } from './row.js';

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

const formatRuns = ({ runs, failed }: Row['summary']): string =>
  failed === 0 ? String(runs) : `${runs}, ${failed} failed`;
