/** Draws a trace, or its end, as a Mermaid sequence diagram: what one reads first after a failed run. */
import type { TraceEntry } from './trace.js';

/** More lines than this nobody reads, and Mermaid refuses at some point. */
const LINES = 200;

export function sequenceDiagram(entries: readonly TraceEntry[], lines = LINES): string {
  const shown = collapse(entries).slice(-lines);
  const actors = [...new Set(shown.flatMap(({ entry }) => actorsOf(entry)))].sort();
  return ['sequenceDiagram', ...actors.map((actor) => `  participant ${actor}`), ...shown.map(draw)].join('\n') + '\n';
}

interface Shown {
  readonly entry: TraceEntry;
  readonly times: number;
}

/** Puts equal neighbours together: a loop of thousands is one line with a number. */
function collapse(entries: readonly TraceEntry[]): readonly Shown[] {
  const shown: Shown[] = [];
  for (const entry of entries) {
    const last = shown.at(-1);
    if (last !== undefined && sameBut(last.entry, entry)) shown[shown.length - 1] = { ...last, times: last.times + 1 };
    else shown.push({ entry, times: 1 });
  }
  return shown;
}

const sameBut = (left: TraceEntry, right: TraceEntry): boolean =>
  JSON.stringify({ ...left, at: 0 }) === JSON.stringify({ ...right, at: 0 });

function actorsOf(entry: TraceEntry): readonly string[] {
  return entry.kind === 'packet' ? [entry.from, entry.to] : [entry.where];
}

function draw({ entry, times }: Shown): string {
  const at = `${(entry.at / 1000).toFixed(3)} s`;
  const count = times > 1 ? ` (${times} times)` : '';
  switch (entry.kind) {
    case 'packet':
      return `  ${entry.from}->>${entry.to}: ${at} ${plain(entry.label)}${count}`;
    case 'drop':
      return `  Note over ${entry.where}: ${at} dropped ${plain(entry.label)}: ${plain(entry.why)}${count}`;
    case 'note':
      return `  Note over ${entry.where}: ${at} ${plain(entry.text)}${count}`;
  }
}

/** Mermaid ends a statement at a semicolon and reads `#` as the beginning of an entity. */
const plain = (text: string): string => text.replaceAll(';', ',').replaceAll('#', 'no. ').replaceAll('\n', ' ');
