/** What was told is kept alive by a short word a minute, and only for who has all of it. */
import { describe, expect, it } from 'vitest';
import { FIRST_RENEWAL, RENEW_EVERY } from '../../../src/core/limits.js';
import { Random } from '../../../src/core/random.js';
import { Channel, DEAD, GOOD, items } from '../support/channel.js';

describe('renewing', () => {
  it('costs one datagram of ten bytes a minute, however many facts there are', () => {
    for (const count of [1, 1000]) {
      const line = new Channel(new Random(1));
      line.want(items(count));
      line.run(2000);
      const before = line.sent.length;
      line.run(10 * RENEW_EVERY);
      const renewals = line.sent.slice(before);
      expect(renewals).toHaveLength(10);
      expect(new Set(renewals.map(({ bytes }) => bytes))).toEqual(new Set([10]));
    }
  });

  it('comes early once, so that a host’s firewall keeps the flow for longer than until the next', () => {
    const line = new Channel(new Random(1));
    line.want(items(3));
    line.run(1000 + FIRST_RENEWAL + 2 * RENEW_EVERY);
    const times = line.sent.flatMap(({ at, message }) => (message?.kind === 'renew' ? [at] : []));
    const [first = 0, ...later] = times;
    expect(first).toBeLessThan(1000 + FIRST_RENEWAL);
    expect(later.map((at) => at - first)).toEqual([RENEW_EVERY, 2 * RENEW_EVERY]);
  });

  it('is repeated until it is acknowledged', () => {
    const line = new Channel(new Random(1));
    line.want(items(3));
    line.run(1000);
    line.line = DEAD;
    line.run(RENEW_EVERY);
    line.line = GOOD;
    line.run(2000);
    const renewals = line.sent.filter(({ message }) => message?.kind === 'renew').length;
    expect(renewals).toBeGreaterThan(1);
    line.run(RENEW_EVERY - 10_000);
    expect(line.sent.filter(({ message }) => message?.kind === 'renew')).toHaveLength(renewals);
  });

  it('holds only for who has everything', () => {
    const line = new Channel(new Random(1));
    line.want(items(3));
    line.run(1000);
    expect(line.receiver.renew({ kind: 'renew', feed: 1, sequence: 1, stale: [] })).toEqual({
      acknowledge: 1,
      valid: true,
    });
    expect(line.receiver.renew({ kind: 'renew', feed: 1, sequence: 2, stale: [] }).valid).toBe(false);
    expect(line.receiver.renew({ kind: 'renew', feed: 2, sequence: 1, stale: [] })).toEqual({
      acknowledge: 0,
      valid: false,
    });
  });
});
