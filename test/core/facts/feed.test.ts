/** What a neighbour is told arrives, whatever the line does to it, and costs little once it has. */
import { describe, expect, it } from 'vitest';
import {
  COALESCE,
  FEED_WINDOW,
  FIRST_RESEND,
  MAX_DATAGRAM,
  MAX_RESEND,
  MAX_RESENDS,
  RENEW_EVERY,
} from '../../../src/core/limits.js';
import { encodeFact } from '../../../src/core/facts/encoding.js';
import { entryLength, type FeedEntry } from '../../../src/core/protocol/feed.js';
import { Random } from '../../../src/core/random.js';
import { instant } from '../../../src/core/values/time.js';
import { Channel, DEAD, GOOD, item, items, type Line } from '../support/channel.js';
import { below, seeded } from '../support/seeded.js';

const BAD: Line = { loss: 0.3, duplicate: 0.1, latency: [5, 120] };
/** More than fit into the window: a datagram takes some twenty facts. */
const MANY = 2000;

/** An entry as these facts make it. */
const toldEntry: FeedEntry = { withdraw: false, source: undefined, fact: encodeFact(item(1).fact, 255) };

const channel = (line?: Line): Channel => new Channel(new Random(1), line);

describe('a feed', () => {
  it('is opened with all there is, and with nothing when there is nothing', () => {
    const full = channel();
    full.want(items(3));
    expect(full.settle(1000)).toBeDefined();
    const empty = channel();
    empty.want([]);
    empty.run(100);
    expect(empty.sent.map(({ message }) => message)).toEqual([
      { kind: 'update', feed: 1, sequence: 1, complete: true, entries: [] },
    ]);
    expect(empty.receiver.complete).toBe(true);
  });

  it('tells a change within COALESCE, and changes that come together in one datagram', () => {
    const line = channel();
    line.want(items(3));
    line.run(200);
    const [begin, before] = [line.now, line.sent.length];
    line.want(items(4));
    line.run(5);
    line.want(items(5, 2));
    line.run(100);
    const told = line.sent.slice(before);
    expect(told).toHaveLength(1);
    expect((told[0]?.at ?? Infinity) - begin).toBeLessThanOrEqual(COALESCE);
    expect(line.held).toEqual(line.wanted());
  });

  it('brings a thousand facts across in two round trips', () => {
    const line = channel();
    line.want(items(1000));
    expect(line.settle(1000)).toBeLessThanOrEqual(COALESCE + 2 * 40);
  });

  it('makes the receiver’s set equal to the sender’s over a line that loses, repeats and reorders', () => {
    seeded((random) => {
      for (let run = 0; run < 8; run++) {
        const line = new Channel(random, BAD);
        for (let change = 0; change < 6; change++) {
          line.want(items(below(random, 200), below(random, 100) + 1));
          line.run(below(random, 2000));
          if (below(random, 4) === 0) line.forget();
        }
        // What the receiver forgot unnoticed comes back with the next renewal. A line that keeps back every second
        // answer keeps back six in a row now and then: the neighbour is greeted anew, and so is its feed begun.
        const settled = (): boolean => line.settle(RENEW_EVERY + MAX_RESEND + 60_000) !== undefined;
        while (!settled() && line.feed.failed && line.begun < 10) line.beginAnew();
        expect(line.held).toEqual(line.wanted());
      }
    });
  });

  it('is believed whole only when all of it has arrived', () => {
    const line = channel();
    line.want(items(MANY));
    while (line.held.size < MANY) {
      expect(line.receiver.complete).toBe(false);
      line.run(1);
    }
    expect(line.receiver.complete).toBe(true);
  });

  it('is completed also when the rest was withdrawn before it could be sent', () => {
    const line = channel();
    line.want(items(MANY));
    line.run(COALESCE + 1);
    line.want(items(10));
    expect(line.settle(5000)).toBeDefined();
    line.run(1000);
    expect(line.receiver.complete).toBe(true);
  });

  it('voids, once it is whole, what a former one told and it did not', () => {
    const line = channel();
    line.want(items(10));
    line.run(200);
    line.want(items(10, 6));
    line.beginAnew();
    line.run(COALESCE + 10);
    expect(line.held.size).toBe(10);
    line.run(100);
    expect(line.held).toEqual(line.wanted());
  });

  it('that the receiver does not know is begun anew', () => {
    const line = channel();
    line.want(items(10));
    line.run(200);
    line.forget();
    line.want(items(11));
    expect(line.settle(1000)).toBeDefined();
    expect(line.begun).toBe(2);
  });

  it('that was replaced stays replaced when a datagram of it arrives late', () => {
    const line = channel();
    line.want(items(5));
    line.run(200);
    const late = line.sent[0]?.message;
    line.want(items(5, 6));
    line.beginAnew();
    line.run(200);
    if (late?.kind !== 'update') throw new Error('a feed begins with an update');
    expect(line.receiver.receive(late)).toMatchObject({ began: false, entries: [], completed: false });
    line.want(items(6, 6));
    line.run(200);
    expect(line.begun).toBe(2);
    expect(line.held).toEqual(line.wanted());
  });
});

describe('a feed of which something has run out at the receiver', () => {
  it('is begun anew with the next difference, though its sender takes it for told', () => {
    const line = channel();
    line.want(items(10));
    line.run(200);
    line.held.clear();
    line.receiver.forget();
    line.want(items(11));
    expect(line.settle(1000)).toBeDefined();
    expect(line.begun).toBe(2);
  });

  it('is not taken up again by a late datagram of it', () => {
    const line = channel();
    line.want(items(5));
    line.run(200);
    const [late] = line.sent;
    if (late?.message?.kind !== 'update') throw new Error('a feed begins with an update');
    line.receiver.forget();
    expect(line.receiver.receive(late.message)).toMatchObject({ began: false, entries: [], acknowledge: 0 });
    expect(line.receiver.renew({ kind: 'renew', feed: 1, sequence: 1, stale: [] }).valid).toBe(false);
  });
});

describe('a neighbour that does not answer', () => {
  it('is told MAX_RESENDS times more, ever less often, and then nothing', () => {
    const line = channel(DEAD);
    line.want(items(3));
    line.run(60_000);
    expect(line.feed.failed).toBe(true);
    const times = line.sent.map(({ at }) => at);
    expect(times).toHaveLength(1 + MAX_RESENDS);
    const pauses = times.slice(1).map((at, place) => at - (times[place] ?? 0));
    expect(pauses).toEqual(pauses.toSorted((left, right) => left - right));
    expect(pauses[0]).toBe(FIRST_RESEND);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(MAX_RESEND);
    expect(line.feed.wakeAt()).toBeUndefined();
    line.run(5 * RENEW_EVERY);
    expect(line.sent).toHaveLength(1 + MAX_RESENDS);
  });

  it('is not silent while it says that it lacks the first datagram', () => {
    const line = channel(DEAD);
    line.want(items(3));
    for (let resend = 0; resend < 3 * MAX_RESENDS; resend++) {
      line.run(MAX_RESEND);
      expect(line.feed.acknowledge(1, 0, instant(line.now))).toBe('fine');
    }
    expect(line.feed.failed).toBe(false);
    line.line = GOOD;
    expect(line.settle(MAX_RESEND)).toBeDefined();
  });

  it('counts as silent within twenty seconds after it was last asked', () => {
    const line = channel();
    line.want(items(3));
    line.run(1000);
    line.line = DEAD;
    line.run(RENEW_EVERY - 1000 + 20_000);
    expect(line.feed.failed).toBe(true);
  });

  it('costs no more than a window and the last difference, however much changed meanwhile', () => {
    const line = channel(DEAD);
    line.want(items(100));
    for (let flap = 1; flap <= 500; flap++) {
      line.run(16);
      line.want(items(100, 1 + (flap % 2) * 100));
    }
    line.line = GOOD;
    expect(line.settle(10_000)).toBeDefined();
    const told = new Map(
      line.sent.flatMap(({ message }) =>
        message?.kind === 'update' ? [[message.sequence, message.entries.length]] : [],
      ),
    );
    const perDatagram = Math.floor(MAX_DATAGRAM / entryLength(toldEntry));
    expect([...told.values()].reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(
      FEED_WINDOW * perDatagram + 200,
    );
  });

  it('is told what is so now, not what was meanwhile, when it answers again', () => {
    const line = channel();
    line.want(items(10));
    line.run(200);
    line.line = DEAD;
    for (let flap = 0; flap < 50; flap++) {
      line.want(items(10, 1 + flap));
      line.run(20);
    }
    line.line = GOOD;
    expect(line.settle(10_000)).toBeDefined();
  });
});

describe('a sender', () => {
  it('is not moved by acknowledgements of what it never sent', () => {
    const line = channel(DEAD);
    line.want([item(1)]);
    line.run(COALESCE + 1);
    expect(line.feed.acknowledge(1, 99, instant(line.now))).toBe('fine');
    expect(line.feed.acknowledge(2, 1, instant(line.now))).toBe('fine');
    expect(line.feed.acknowledge(1, 0, instant(line.now))).toBe('fine');
    line.run(FIRST_RESEND);
    expect(line.sent).toHaveLength(2);
  });
});
