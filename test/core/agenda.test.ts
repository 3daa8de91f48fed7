/** Who is due when, among many. */
import { describe, expect, it } from 'vitest';
import { Agenda } from '../../src/core/agenda.js';
import { Random } from '../../src/core/random.js';
import { instant } from '../../src/core/values/time.js';

describe('an agenda', () => {
  it('answers those whose time has come, the earliest first, and each once', () => {
    const agenda = new Agenda<string>();
    agenda.plan('late', instant(30));
    agenda.plan('first', instant(10));
    agenda.plan('second', instant(20));
    expect(agenda.first()).toBe(10);
    expect(agenda.takeDue(instant(20))).toEqual(['first', 'second']);
    expect(agenda.takeDue(instant(20))).toEqual([]);
    expect(agenda.first()).toBe(30);
  });

  it('knows the last time alone that was planned, or that there is none', () => {
    const agenda = new Agenda<string>();
    agenda.plan('moved', instant(10));
    agenda.plan('moved', instant(30));
    agenda.plan('gone', instant(10));
    agenda.plan('gone', undefined);
    expect(agenda.takeDue(instant(20))).toEqual([]);
    expect(agenda.first()).toBe(30);
  });

  it.each([1, 2, 3])('is a list that is looked over whole, in short (seed %i)', (seed) => {
    const random = new Random(seed);
    const agenda = new Agenda<number>();
    const planned = new Map<number, number>();
    for (let now = 0; now < 3000; now++) {
      const item = random.u32() % 50;
      const at = random.u32() % 5 === 0 ? undefined : now + (random.u32() % 100);
      agenda.plan(item, at === undefined ? undefined : instant(at));
      if (at === undefined) planned.delete(item);
      else planned.set(item, at);
      expect(agenda.first()).toBe(planned.size === 0 ? undefined : Math.min(...planned.values()));
      if (random.u32() % 3 > 0) continue;
      const due = [...planned].filter(([, when]) => when <= now).map(([each]) => each);
      expect(agenda.takeDue(instant(now)).sort()).toEqual(due.sort());
      for (const each of due) planned.delete(each);
    }
  });
});
