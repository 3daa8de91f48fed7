/**
 * `npm run bench -- --timeline`: what the agents say from their start to the direct path, with the milliseconds, for the
 * first run; and when each step was done, over all runs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent } from '../lab/agent.js';
import { screen as terminal } from '../src/cli/render/screen.js';
import { renderTable } from '../src/cli/render/table.js';
import type { BenchOptions } from './experiment.js';
import { MILESTONES, passings } from './milestones.js';
import { FAILED, summarize } from './statistics.js';
import { DIRECT_WITHIN_MS, Trio } from './trio.js';

/** Packets may go directly both ways before the agents have told each other that they do: three round trips. */
const LAST_STEPS_MS = 300;

const VERBOSE = { args: ['--log-level', 'debug'] };

/** Answers the exit status. */
export function timeline({ runs, say }: Pick<BenchOptions, 'runs' | 'say'>): Promise<number> {
  return Trio.with(async (trio) => {
    /** For each run, when each step was done, in milliseconds since the spokes' agents were started. */
    const all: (readonly number[])[] = [];
    for (let run = 0; run < runs; run++) {
      await trio.reset();
      const tracer = await trio.trace();
      const { startedAt } = await trio.start(VERBOSE);
      const directAt = await tracer.arrivedAt(startedAt, DIRECT_WITHIN_MS);
      await sleep(LAST_STEPS_MS);
      const spokes = trio.agents.slice(1);
      all.push([...passings(spokes.map(({ log }) => log)), directAt].map((at) => at - startedAt));
      say(`  ${run + 1}/${runs}  direct after ${Math.round(directAt - startedAt)} ms`);
      if (run === 0) console.log(story(trio.agents, startedAt, directAt));
    }
    if (runs > 1) console.log(`\n${steps(all)}`);
    return 0;
  });
}

/** The lines of all agents in the order in which they came. */
function story(agents: readonly Agent[], startedAt: number, directAt: number): string {
  const told = agents.flatMap(({ log, member }) => log.map(({ at, text }) => ({ at, who: member.name, text })));
  const seen = { at: directAt, who: 'seen', text: 'the first packets have gone directly, both ways' };
  return [...told, seen]
    .sort((left, right) => left.at - right.at)
    .map(({ at, who, text }) => `${(at - startedAt).toFixed(0).padStart(6)} ms  ${who.padEnd(4)}  ${text}`)
    .join('\n');
}

/** What was done by when, and how long after the step before it. */
function steps(all: readonly (readonly number[])[]): string {
  const names = [...MILESTONES.map(({ what }) => what), 'packets go directly, both ways'];
  const rows = names.map((what, at) => {
    const moments = all.map((run) => run[at] ?? FAILED);
    const took = all.map((run) => between(at === 0 ? 0 : run[at - 1], run[at]));
    return { what, step: summarize(took), moment: summarize(moments) };
  });
  const figure = (value: number): string => (Number.isFinite(value) ? value.toFixed(0) : '–');
  return renderTable(
    rows,
    [
      { head: 'done, ms after the start', cell: ({ what }) => what, flexible: true },
      { head: 'p50', cell: ({ moment }) => figure(moment.p50) },
      { head: 'p95', cell: ({ moment }) => figure(moment.p95) },
      { head: 'step p50', cell: ({ step }) => figure(step.p50) },
      { head: 'step p95', cell: ({ step }) => figure(step.p95) },
    ],
    terminal(),
  );
}

/** A step that was not taken, or follows one that was not, took for ever. */
const between = (from = FAILED, to = FAILED): number => (from === FAILED || to === FAILED ? FAILED : to - from);
