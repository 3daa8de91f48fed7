/** The benchmark's results as a document, written by one run of it and read by another: samples, not conclusions. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { rowOf, type Row, type RowSpec } from './row.js';
import { FAILED } from './statistics.js';

/** JSON has no infinity: a failed run is null there. What else is in a row can be worked out from its samples. */
const Results = v.object({
  rows: v.array(v.object({ id: v.string(), samples: v.array(v.nullable(v.number())) })),
});

export const writeResults = (rows: readonly Row[]): string => JSON.stringify({ rows }, undefined, 2);

/**
 * The rows of those specs that were measured in any of the files, in the order of the specs; where several files have a
 * row, all their runs. Throws when a file is not of this benchmark.
 */
export function readResults(files: readonly string[], specs: readonly RowSpec[]): readonly Row[] {
  const measured = new Map<string, number[]>();
  for (const file of files) {
    for (const { id, samples } of parse(file)) {
      const values = samples.map((sample) => sample ?? FAILED);
      measured.set(id, [...(measured.get(id) ?? []), ...values]);
    }
  }
  return specs.flatMap((spec) => {
    const samples = measured.get(spec.id);
    return samples === undefined ? [] : [rowOf(spec, samples)];
  });
}

function parse(file: string): v.InferOutput<typeof Results>['rows'] {
  try {
    return v.parse(Results, JSON.parse(readFileSync(file, 'utf8'))).rows;
  } catch (error) {
    throw new Error(`${file} does not hold what --json prints: ${String(error)}`, { cause: error });
  }
}
