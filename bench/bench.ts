/**
 * `npm run bench`: measures in the laboratory what wirelink promises, prints a table, and exits 1 when a target is missed.
 *
 *   --runs N            how often each (20)
 *   --at-once N         in how many scenes side by side, where a quiet processor is not what it takes (4)
 *   --only NAME         one experiment; may be given several times
 *   --idle-minutes N    how long agents are watched doing nothing (5)
 *   --sleep-minutes N   how long a machine sleeps (10)
 *   --from FILE         measures nothing, and shows what an earlier `--json` left; of several files all runs together
 *   --histogram         under the table, how the runs of each row are spread
 *   --json              a document with every single sample on stdout, instead of the table
 *   --markdown          table and histograms as they stand in docs/performance.md
 *   --timeline          instead of all that: where the time goes from the start to the direct path
 *
 * What it tells while it runs goes to stderr.
 */
import { perform } from './experiment.js';
import { EXPERIMENTS } from './experiments.js';
import { histograms } from './histogram.js';
import { markdown } from './markdown.js';
import { readResults, writeResults } from './results.js';
import type { Row } from './row.js';
import { resultTable } from './table.js';
import { timeline } from './timeline.js';
import { readWish, type Wish } from './wish.js';

async function bench(wish: Wish): Promise<number> {
  const rows = wish.from.length > 0 ? storedRows(wish) : await newRows(wish);
  console.log(render(rows, wish));
  return rows.some(({ verdict }) => verdict === 'missed') ? 1 : 0;
}

async function newRows(wish: Wish): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const experiment of wish.experiments) rows.push(...(await perform(experiment, wish)));
  return rows;
}

function storedRows({ from, experiments }: Wish): readonly Row[] {
  return readResults(
    from,
    experiments.flatMap(({ specs }) => specs),
  );
}

function render(rows: readonly Row[], { output, histogram }: Wish): string {
  switch (output) {
    case 'json':
      return writeResults(rows);
    case 'markdown':
      return markdown(rows);
    case 'table':
      return ['', resultTable(rows), ...(histogram ? ['', histograms(rows)] : [])].join('\n');
  }
}

async function main(): Promise<number> {
  try {
    const wish = readWish(process.argv.slice(2), EXPERIMENTS);
    return wish.timeline ? await timeline(wish) : await bench(wish);
  } catch (error) {
    console.error(`The benchmark failed. ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

process.exit(await main());
