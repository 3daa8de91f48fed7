/** Which of many connections are looked at. */
import { beforeEach, describe, expect, it } from 'vitest';
import { isAtRest, Some } from '../../../src/core/connection/attention.js';
import { Connection, noCounts, type Counts } from '../../../src/core/connection/connection.js';
import { hearFacts } from '../../../src/core/connection/news.js';
import type { State } from '../../../src/core/connection/states.js';
import { instant } from '../../../src/core/values/time.js';
import { HUB, SPOKE } from '../support/network.js';
import { active, ATTEMPT, DIRECT, Stage } from '../support/scene.js';
import { key } from '../support/values.js';

const enters = (state: State) => (connection: Connection) => {
  connection.enter(state);
};

describe('some connections', () => {
  it('are gone through in the order in which they were made, whenever they came in', () => {
    const counts = noCounts();
    const [first, second, third] = [7, 8, 9].map((number) => new Connection(key(number), counts)) as [
      Connection,
      Connection,
      Connection,
    ];
    const some = new Some();
    for (const each of [third, first, second, first]) some.add(each);
    expect([...some]).toEqual([first, second, third]);
    some.delete(second);
    expect([...some]).toEqual([first, third]);
  });

  it('may come and go while they are gone through', () => {
    const counts = noCounts();
    for (const number of [7, 8, 9]) new Connection(key(number), counts);
    let seen = 0;
    for (const each of counts.awake) {
      counts.awake.delete(each);
      seen++;
    }
    expect(seen).toBe(3);
    expect([...counts.awake]).toEqual([]);
  });
});

describe('a connection that is at rest', () => {
  let counts: Counts;
  let connection: Connection;
  beforeEach(() => {
    counts = noCounts();
    connection = new Connection(SPOKE, counts);
    counts.awake.delete(connection);
  });

  it('stays so while nothing happens to it', () => {
    expect(isAtRest(connection, new Stage().scene())).toBe(true);
    expect([...counts.awake]).toEqual([]);
  });

  const { epoch, method } = ATTEMPT;
  const message = { kind: 'invite', epoch, method, leaderFirst: false, listenPort: 51820 } as const;
  it.each<[string, (connection: Connection) => unknown]>([
    ['another state', enters(active(instant(0)))],
    ['a time for the next attempt', enters({ name: 'idle', retryAt: instant(5000) })],
    ['somebody who wants it', (it) => (it.forced = true)],
    ['a word to be repeated', (it) => (it.pendingLost = { epoch, via: HUB, tries: 0, sendAt: instant(0) })],
    ['an early invitation', (it) => (it.earlyInvite = { message, via: HUB, at: instant(0) })],
  ])('is woken by %s, and not at rest until that is done', (_, wake) => {
    wake(connection);
    expect([...counts.awake]).toEqual([connection]);
    expect(isAtRest(connection, new Stage().scene())).toBe(false);
  });

  it('is looked at again when something else is believed of its peer', () => {
    const scene = new Stage().scene();
    const belief = scene.belief(SPOKE);
    if (belief === undefined) throw new Error('the stage has a member');
    hearFacts(connection, belief, scene);
    expect([...counts.awake]).toEqual([connection]);
    counts.awake.delete(connection);
    hearFacts(connection, belief, scene);
    expect([...counts.awake]).toEqual([]);
  });

  it('waits for what the device is still being given', () => {
    connection.aimed = { endpoint: DIRECT, underWay: true };
    expect(isAtRest(connection, new Stage().scene())).toBe(false);
  });
});
