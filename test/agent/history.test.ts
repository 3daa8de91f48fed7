import { beforeEach, describe, expect, it } from 'vitest';
import { History, type Happened } from '../../src/agent/history.js';
import { testKey } from '../support/keys.js';

const [loud, quiet] = [testKey(1), testKey(2)];

let time: Date;
let history: History;
beforeEach(() => {
  time = new Date('2026-11-23T09:08:07Z');
  history = historyOf({});
});

describe('the history', () => {
  it('numbers what happens, with the time, oldest first', () => {
    history.add({ type: 'start', text: 'one' });
    time = new Date('2026-11-23T09:08:08Z');
    history.add(about(quiet, 'two'));
    expect(history.since(0)).toEqual([
      { number: 1, at: '2026-11-23T09:08:07.000Z', type: 'start', text: 'one' },
      { number: 2, at: '2026-11-23T09:08:08.000Z', type: 'agent', peer: quiet, text: 'two' },
    ]);
    expect(history.since(1).map(({ text }) => text)).toEqual(['two']);
  });

  it('forgets the oldest when everybody has as many', () => {
    history = historyOf({ mostEvents: 3 });
    for (let number = 1; number <= 5; number++) history.add(about(testKey(number), String(number)));
    expect(texts()).toEqual(['3', '4', '5']);
  });

  it('has a peer that does much forget its own past, and nobody else’s', () => {
    history = historyOf({ mostEvents: 10 });
    history.add({ type: 'start', text: 'start' });
    for (let number = 1; number <= 3; number++) history.add(about(quiet, `quiet ${number}`));
    for (let number = 1; number <= 10_000; number++) history.add(about(loud, `loud ${number}`));
    expect(texts()).toEqual([
      'start',
      ...[1, 2, 3].map((number) => `quiet ${number}`),
      ...[9995, 9996, 9997, 9998, 9999, 10_000].map((number) => `loud ${number}`),
    ]);
  });

  it('has no more bytes than it may, however long the texts', () => {
    history = historyOf({ mostBytes: 10_000 });
    for (let number = 1; number <= 100; number++) history.add(about(testKey(number), '\u0000'.repeat(100_000)));
    expect(Buffer.byteLength(JSON.stringify(history.since(0)))).toBeLessThan(10_100);
    expect(history.since(0).at(-1)?.number).toBe(100);
  });

  it('tells those who follow, until they leave', () => {
    const heard: number[] = [];
    const unfollow = history.follow(({ number }) => heard.push(number));
    history.add(about(quiet, 'one'));
    unfollow();
    history.add(about(quiet, 'two'));
    expect(heard).toEqual([1]);
  });

  it('finds the newest that fits', () => {
    for (const text of ['one', 'two']) history.add(about(quiet, text));
    history.add(about(loud, 'three'));
    expect(history.last(({ peer }) => peer === quiet)?.text).toBe('two');
    expect(history.last(({ type }) => type === 'path')).toBeUndefined();
  });
});

const about = (peer: Happened['peer'] & string, text: string): Happened => ({ type: 'agent', peer, text });

const texts = (): readonly string[] => history.since(0).map(({ text }) => text);

const historyOf = (limits: { mostEvents?: number; mostBytes?: number }): History =>
  new History({ now: () => time, ...limits });
