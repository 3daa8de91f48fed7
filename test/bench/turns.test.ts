import { expect, it } from 'vitest';
import { Turns } from '../../bench/turns.js';

it('work is done in the order in which it was given, one at a time, also behind work that failed', async () => {
  const turns = new Turns();
  const told: string[] = [];
  const work = (name: string) => async () => {
    told.push(`${name} begins`);
    await new Promise(setImmediate);
    told.push(`${name} ends`);
    if (name === 'first') throw new Error('in vain');
    return name;
  };
  const first = turns.take(work('first'));
  const second = turns.take(work('second'));
  await expect(first).rejects.toThrow('in vain');
  expect(await second).toBe('second');
  expect(told).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
});
