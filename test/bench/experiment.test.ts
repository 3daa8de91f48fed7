import { describe, expect, it } from 'vitest';
import { perform, repeat, repeatAtOnce } from '../../bench/experiment.js';
import type { RowSpec } from '../../bench/row.js';
import { FAILED } from '../../bench/statistics.js';

const spec = (id: string): RowSpec => ({ id, what: id, unit: 'ms', targets: [{ of: 'max', limit: 100 }] });
const OPTIONS = { runs: 20, atOnce: 1, idleMinutes: 5, sleepMinutes: 10, say: () => undefined };
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

describe('runs in several scenes at once', () => {
  const options = { runs: 5, atOnce: 2, say: () => undefined };

  it('are made as often as was asked for, each by the scene that is free, and never more than one in a scene', async () => {
    const scenes: { readonly made: number[]; readonly inUse: boolean }[] = [];
    const inScene = async (work: (scene: { made: number[]; inUse: boolean }) => Promise<void>): Promise<void> => {
      const scene = { made: [], inUse: false };
      scenes.push(scene);
      await work(scene);
    };
    const rows = await repeatAtOnce(options, [CUT], inScene, async (scene, sample, at) => {
      expect(scene.inUse).toBe(false);
      scene.inUse = true;
      scene.made.push(at);
      await new Promise(setImmediate);
      sample(CUT, at);
      scene.inUse = false;
    });
    expect(rows[0]?.samples.toSorted()).toEqual([0, 1, 2, 3, 4]);
    expect(scenes.map(({ made }) => made)).toEqual([
      [0, 2, 4],
      [1, 3],
    ]);
  });

  it('have failed when a scene could not be built, once the other scenes are taken down', async () => {
    let [scenes, standing] = [0, 0];
    const inScene = async (work: (scene: number) => Promise<void>): Promise<void> => {
      if (++scenes === 2) throw new Error('no namespaces left');
      standing++;
      await work(scenes);
      standing--;
    };
    const run = (): Promise<void> => new Promise(setImmediate);
    await expect(repeatAtOnce(options, [CUT], inScene, run)).rejects.toThrow('no namespaces left');
    expect(standing).toBe(0);
  });
});

describe('an experiment', () => {
  it('that cannot be made has missed all its targets', async () => {
    const broken = { name: 'broken', specs: [CUT, HEALED], measure: () => Promise.reject(new Error('no laboratory')) };
    const rows = await perform(broken, OPTIONS);
    expect(rows.map(({ verdict }) => verdict)).toEqual(['missed', 'missed']);
  });
});
