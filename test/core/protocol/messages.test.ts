/** The datagrams between agents: written and read alike, and safe to read whatever they hold. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Board, feedItemId, type FeedItem } from '../../../src/core/facts/board.js';
import { FeedOut } from '../../../src/core/facts/feed-out.js';
import { COALESCE, FACT_TTL, FEED_WINDOW, MAX_DATAGRAM, RENEW_EVERY } from '../../../src/core/limits.js';
import { entryLength, MAX_STALE, UPDATE_HEADER_BYTES } from '../../../src/core/protocol/feed.js';
import { decodeMessage, encodeMessage, type Message } from '../../../src/core/protocol/messages.js';
import { after, instant } from '../../../src/core/values/time.js';
import { key } from '../support/values.js';
import { anyFact, anyKey } from '../support/arbitrary.js';
import { anyEntry, anyMessage, MESSAGES } from '../support/messages.js';
import { below, mutated, oneOf, randomBytes, seeded } from '../support/seeded.js';

const KINDS = Object.keys(MESSAGES) as Message['kind'][];
/** Of these, what follows the end belongs to the message: a payload, one more entry, or padding. */
const OPEN_ENDED: readonly Message['kind'][] = ['update', 'forward', 'forwarded', 'ping', 'pong'];

describe('a message', () => {
  it.each(KINDS)('of the kind %s is read as it was written', (kind) => {
    fc.assert(
      fc.property(MESSAGES[kind], (message) => {
        expect(decodeMessage(encodeMessage(message))).toEqual(message);
      }),
    );
  });

  it.each(KINDS)('of the kind %s that is cut short is no message, or a shorter one that is whole', (kind) => {
    fc.assert(
      fc.property(MESSAGES[kind], (message) => {
        const bytes = encodeMessage(message);
        for (let length = 0; length < bytes.length; length++) {
          const read = decodeMessage(bytes.subarray(0, length));
          if (read === undefined) continue;
          expect(OPEN_ENDED).toContain(kind);
          expect(encodeMessage(read)).toEqual(bytes.slice(0, length));
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each(KINDS.filter((kind) => !OPEN_ENDED.includes(kind)))(
    'of the kind %s is the same with more bytes after its end, which a later version may add',
    (kind) => {
      fc.assert(
        fc.property(MESSAGES[kind], fc.uint8Array({ maxLength: 40 }), (message, more) => {
          expect(decodeMessage(Uint8Array.of(...encodeMessage(message), ...more))).toEqual(message);
        }),
      );
    },
  );

  it.each(['ping', 'pong'] as const)('of the kind %s keeps count of the padding behind it', (kind) => {
    fc.assert(
      fc.property(MESSAGES[kind], fc.nat(1400), (message, padding) => {
        const padded = { ...message, padding } as Message;
        expect(decodeMessage(encodeMessage(padded))).toEqual(padded);
        expect(encodeMessage(padded)).toHaveLength(encodeMessage(message).length + padding);
      }),
    );
  });

  it('of an unknown kind, a published fact or a signed group among them, is skipped', () => {
    const ours = new Set(KINDS.map((kind) => encodeMessage(fc.sample(MESSAGES[kind], 1)[0] as Message)[0]));
    expect(ours.size).toBe(KINDS.length);
    for (let byte = 0; byte < 256; byte++) {
      if (!ours.has(byte)) expect(decodeMessage(Uint8Array.of(byte, ...new Uint8Array(200)))).toBeUndefined();
    }
    for (const letter of '!eEaAmMS') expect(ours.has(letter.charCodeAt(0))).toBe(false);
    expect(decodeMessage(new Uint8Array())).toBeUndefined();
  });

  it('is never the end of whoever reads it: random and mutated bytes', { timeout: 60_000 }, () => {
    const valid = fc.sample(anyMessage, 400).map(encodeMessage);
    seeded((random) => {
      for (let count = 0; count < 100_000; count++) {
        const bytes =
          count % 2 === 0
            ? Uint8Array.of(below(random, 0x14), ...randomBytes(random, below(random, 80)))
            : mutated(oneOf(random, valid), random);
        const read = decodeMessage(bytes);
        if (read !== undefined && count % 16 === 1) expect(decodeMessage(encodeMessage(read))).toEqual(read);
      }
    });
  });
});

describe('a datagram of an honest agent', () => {
  it('is at most MAX_DATAGRAM bytes, whatever it has to tell', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyFact, fc.option(anyKey, { nil: undefined })), { minLength: 1, maxLength: 80 }),
        (facts) => {
          const items = facts.map(([fact, source]): FeedItem => ({ fact, source, ttl: FACT_TTL }));
          const feed = new FeedOut(7, key(99));
          feed.want(new Map(items.map((item) => [feedItemId(item), item])), new Board(), false, instant(0));
          const datagrams = feed.due(after(instant(0), COALESCE), () => []);
          expect(datagrams.length).toBeGreaterThan(0);
          expect(datagrams.length).toBeLessThanOrEqual(FEED_WINDOW);
          for (const bytes of datagrams) expect(bytes.length).toBeLessThanOrEqual(MAX_DATAGRAM);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is at most MAX_DATAGRAM bytes when it renews, and all sources are stale', () => {
    const feed = new FeedOut(7, key(99));
    feed.want(new Map(), new Board(), false, instant(0));
    const opened = after(instant(0), COALESCE);
    feed.due(opened, () => []);
    feed.acknowledge(7, 1, opened);
    const stale = Array.from({ length: 200 }, (_, at) => key(at));
    const renewals = feed.due(after(opened, RENEW_EVERY), () => stale);
    expect(renewals.map((bytes) => decodeMessage(bytes))).toEqual([
      { kind: 'renew', feed: 7, sequence: 1, stale: stale.slice(0, MAX_STALE) },
    ]);
    expect(renewals[0]?.length).toBeLessThanOrEqual(MAX_DATAGRAM);
  });

  it('is small when it travels through a router: no more than an invitation', () => {
    const carried = KINDS.filter((kind) => !['update', 'renew', 'forward', 'forwarded', 'hello'].includes(kind));
    fc.assert(
      fc.property(fc.oneof(...carried.map((kind) => MESSAGES[kind])), anyKey, (message, peer) => {
        const payload = encodeMessage(message);
        expect(encodeMessage({ kind: 'forward', peer, payload }).length).toBeLessThanOrEqual(64);
      }),
    );
  });

  it('is filled by the length of each entry as it is written', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 5 }), (entries) => {
        const bytes = encodeMessage({ kind: 'update', feed: 1, sequence: 1, complete: true, entries });
        const expected = entries.reduce((sum, entry) => sum + entryLength(entry), UPDATE_HEADER_BYTES);
        expect(bytes.length).toBe(expected);
      }),
    );
  });
});
