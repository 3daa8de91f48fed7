/** Random messages of every kind, as honest agents build them. */
import fc from 'fast-check';
import { encodeFact } from '../../../src/core/facts/encoding.js';
import type { Epoch } from '../../../src/core/protocol/epoch.js';
import type { FeedEntry } from '../../../src/core/protocol/feed.js';
import type { Lost, Message, Step } from '../../../src/core/protocol/messages.js';
import { MAX_STALE } from '../../../src/core/protocol/feed.js';
import { anyFact, anyKey } from './arbitrary.js';

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const u32 = fc.nat(0xffffffff);

const anyEpoch: fc.Arbitrary<Epoch> = fc.record({ leader: bytes(8), follower: bytes(8), counter: u32 });

export const anyEntry: fc.Arbitrary<FeedEntry> = fc.record({
  withdraw: fc.boolean(),
  source: fc.option(anyKey, { nil: undefined }),
  fact: fc.tuple(anyFact, fc.nat(255)).map(([fact, ttl]) => encodeFact(fact, ttl)),
});

/** One arbitrary for each kind: a kind without one does not compile. */
export const MESSAGES: { readonly [Kind in Message['kind']]: fc.Arbitrary<Message> } = {
  hello: fc.record({
    kind: fc.constant('hello'),
    version: fc.nat(255),
    router: fc.boolean(),
    ask: fc.boolean(),
    boot: bytes(16),
    yourBoot: bytes(16),
  }),
  ping: ping('ping'),
  pong: ping('pong'),
  update: fc.record({
    kind: fc.constant('update'),
    feed: u32,
    sequence: u32,
    complete: fc.boolean(),
    entries: fc.array(anyEntry, { maxLength: 12 }),
  }),
  acknowledge: fc.record({ kind: fc.constant('acknowledge'), feed: u32, sequence: u32 }),
  renew: fc.record({
    kind: fc.constant('renew'),
    feed: u32,
    sequence: u32,
    stale: fc.array(anyKey, { maxLength: MAX_STALE }),
  }),
  forward: forward('forward'),
  forwarded: forward('forwarded'),
  invite: invite('invite'),
  accept: invite('accept'),
  prepare: step('prepare'),
  ready: step('ready'),
  commit: step('commit'),
  committed: step('committed'),
  lost: lost('lost'),
  'lost-seen': lost('lost-seen'),
  goodbye: fc.constant({ kind: 'goodbye' }),
  'goodbye-seen': fc.constant({ kind: 'goodbye-seen' }),
};

export const anyMessage: fc.Arbitrary<Message> = fc.oneof(...Object.values(MESSAGES));

function ping(kind: 'ping' | 'pong'): fc.Arbitrary<Message> {
  return fc.record({
    kind: fc.constant(kind),
    token: u32,
    direct: fc.boolean(),
    asSeen: fc.boolean(),
    padding: fc.constant(0),
  });
}

function forward(kind: 'forward' | 'forwarded'): fc.Arbitrary<Message> {
  return fc.record({ kind: fc.constant(kind), peer: anyKey, payload: fc.uint8Array({ maxLength: 60 }) });
}

function invite(kind: 'invite' | 'accept'): fc.Arbitrary<Message> {
  const method = fc.constantFrom('nested' as const, 'cold' as const);
  const leaderFirst = fc.boolean();
  return fc.record({ kind: fc.constant(kind), epoch: anyEpoch, method, leaderFirst, listenPort: fc.nat(65535) });
}

function step(kind: Step['kind']): fc.Arbitrary<Message> {
  return fc.record({ kind: fc.constant(kind), epoch: anyEpoch });
}

function lost(kind: Lost['kind']): fc.Arbitrary<Message> {
  return fc.record({ kind: fc.constant(kind), epoch: anyEpoch, evidence: fc.integer({ min: 0, max: 65_535 }) });
}
