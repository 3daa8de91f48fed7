import { describe, expect, it } from 'vitest';
import { perform, repeat } from '../../bench/experiment.js';
import type { RowSpec } from '../../bench/row.js';
import { FAILED } from '../../bench/statistics.js';

const spec = (id: string): RowSpec => ({ id, what: id, unit: 'ms', targets: [{ of: 'max', limit: 100 }] });
const CUT = spec('cut');
const HEALED = spec('healed');

describe('repeated runs', () => {
  it('go on after one that fails, which counts as failed for what it had not measured by then', async () => {
    const told: string[] = [];
    const rows = await repeat({ runs: 3, say: (line) => told.push(line) }, [CUT, HEALED], (sample, at) => {
      sample(CUT, at);
      if (at === 1) return Promise.reject(new Error('nothing arrived'));
      sample(HEALED, at * 10);
      return Promise.resolve();
    });
    expect(rows.map(({ id, samples }) => [id, samples])).toEqual([
      ['cut', [0, 1, 2]],
      ['healed', [0, FAILED, 20]],
    ]);
    expect(told[1]).toBe('  2/3  cut 1, healed failed  FAILED: nothing arrived');
  });
});

describe('an experiment', () => {
  it('that cannot be made has missed all its targets', async () => {
    const broken = { name: 'broken', specs: [CUT, HEALED], measure: () => Promise.reject(new Error('no laboratory')) };
    const rows = await perform(broken, { runs: 20, idleMinutes: 5, say: () => undefined });
    expect(rows.map(({ verdict }) => verdict)).toEqual(['missed', 'missed']);
  });
});
