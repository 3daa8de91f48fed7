/** Tables without borders: a head, rows, and under a row what has no room in its columns. */
import Table from 'cli-table3';
import { printable } from '../../core/text.js';
import type { Screen } from './screen.js';
import { columnsOf, wrap } from './text.js';

export interface Column<Row> {
  readonly head: string;
  /** Text without colours, made safe here; or several, each to begin a line of the cell. */
  readonly cell: (row: Row) => string | readonly string[];
  /** Colours one line of the cell. */
  readonly paint?: (line: string, row: Row) => string;
  /** Gives way where the columns together are too wide; its text then breaks, between words if it can. */
  readonly flexible?: boolean;
}

const GAP = '  ';

/** A column that gives way keeps this much: enough for half an IPv6 address, or for two words. */
const LEAST_FLEXIBLE = 12;

/** A column for a `*` at the rows to point out; none where nothing is ever pointed out. */
export const markColumn = <Row>(
  marked: ReadonlySet<string> | undefined,
  idOf: (row: Row) => string,
  { paint }: Screen,
): readonly Column<Row>[] =>
  marked === undefined
    ? []
    : [{ head: ' ', cell: (row) => (marked.has(idOf(row)) ? '*' : ' '), paint: (line) => paint.cyan.bold(line) }];

/** How wide the table is when nothing has to break. */
export const naturalWidth = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): number =>
  tableWidth(columns.map((column) => widest(rows, column)));

/** `under` gives the lines below a row, which are indented; an empty text gives none. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  screen: Screen,
  under: (row: Row) => string = () => '',
): string {
  const widths = columnWidths(rows, columns, screen.width);
  const wrapped = rows.map((row) => columns.map((column, at) => wrapLines(cellLines(row, column), widths[at] ?? 0)));
  const table = new Table({
    head: columns.map(({ head }) => screen.paint.dim(head)),
    colWidths: widths,
    chars: NO_BORDERS,
    // cli-table3 writes colours of its own, into pipes as well, unless both are empty.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  rows.forEach((row, at) => {
    const cells = wrapped[at] ?? [];
    table.push(
      cells.map((lines, column) => lines.map((line) => columns[column]?.paint?.(line, row) ?? line).join('\n')),
    );
  });
  const [head = '', ...lines] = table.toString().split('\n');
  const body = rows.flatMap((row, at) => {
    const height = Math.max(...(wrapped[at] ?? []).map((cell) => cell.length));
    const below = under(row);
    return [...lines.splice(0, height), ...(below === '' ? [] : [below.replaceAll(/^/gm, GAP)])];
  });
  return [head, ...body].map((line) => line.trimEnd()).join('\n');
}

/** Takes what is too much from the widest column that gives way, then from the next as wide, until the table fits. */
function columnWidths<Row>(rows: readonly Row[], columns: readonly Column<Row>[], available: number): number[] {
  const widths = columns.map((column) => widest(rows, column));
  while (tableWidth(widths) > available) {
    const yielding = widths.map((width, at) => (columns[at]?.flexible ? width : 0));
    const most = Math.max(...yielding);
    if (most <= LEAST_FLEXIBLE) break;
    widths[yielding.indexOf(most)] = most - 1;
  }
  return widths;
}

function widest<Row>(rows: readonly Row[], column: Column<Row>): number {
  const texts = [column.head, ...rows.flatMap((row) => cellLines(row, column))];
  return Math.max(...texts.map(columnsOf));
}

const cellLines = <Row>(row: Row, { cell }: Column<Row>): string[] => [cell(row)].flat().map(printable);

const tableWidth = (widths: readonly number[]): number =>
  widths.reduce((total, width) => total + width, 0) + GAP.length * (widths.length - 1);

const wrapLines = (lines: readonly string[], width: number): string[] =>
  lines.flatMap((line) => wrap(line, width).split('\n'));

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: GAP,
};
