import { describe, expect, it } from 'vitest';
import { makeAll, type Step } from '../../../src/agent/members/steps.js';

function steps(...outcomes: readonly ('works' | 'fails' | 'cannot be taken back')[]) {
  const did: string[] = [];
  const made = outcomes.map((outcome, at): Step => ({
    make: () => {
      if (outcome === 'fails') throw new Error(`step ${at} failed`);
      did.push(`made ${at}`);
    },
    takeBack: () => {
      if (outcome === 'cannot be taken back') throw new Error(`step ${at} stays`);
      did.push(`took back ${at}`);
    },
  }));
  return { did, made };
}

describe('several changes', () => {
  it('are made in their order', async () => {
    const { did, made } = steps('works', 'works');
    await makeAll(made);
    expect(did).toEqual(['made 0', 'made 1']);
  });

  it('are taken back, the last first, when a later one fails', async () => {
    const { did, made } = steps('works', 'works', 'fails', 'works');
    await expect(makeAll(made)).rejects.toThrow('step 2 failed');
    expect(did).toEqual(['made 0', 'made 1', 'took back 1', 'took back 0']);
  });

  it('are taken back as far as possible, and what stays is told', async () => {
    const { did, made } = steps('works', 'cannot be taken back', 'fails');
    await expect(makeAll(made)).rejects.toMatchObject({
      errors: [{ message: 'step 2 failed' }, { message: 'step 1 stays' }],
    });
    expect(did).toEqual(['made 0', 'made 1', 'took back 0']);
  });
});
