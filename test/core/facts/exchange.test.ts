/** Who is greeted and how often, what is told to whom, and what remains when somebody is silent, gone or hostile. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/core/facts/fact.js';
import { encodeFact } from '../../../src/core/facts/encoding.js';
import { MAX_CLAIMS_PER_NEIGHBOUR } from '../../../src/core/facts/store.js';
import { FACT_TTL, HELLO_MAX_PEER, HELLO_TRIES_UNSEEN, RENEW_EVERY } from '../../../src/core/limits.js';
import type { FeedEntry } from '../../../src/core/protocol/feed.js';
import type { PublicKey } from '../../../src/core/values/key.js';
import { Circle, Node } from '../support/circle.js';
import { endpoint, key, prefix } from '../support/values.js';

const HOUR = 3_600_000;

let hub: Node;
let spoke: Node;
let other: Node;
let circle: Circle;

beforeEach(() => {
  [hub, spoke, other] = [new Node(key(1)), new Node(key(2)), new Node(key(3))];
  circle = new Circle(hub, spoke, other);
});

describe('greeting', () => {
  it('finds an agent within a round trip, once', () => {
    circle.connect(spoke, hub, { router: true });
    circle.run(1000);
    expect(spoke.news).toEqual([{ peer: hub.key, what: 'found' }]);
    expect(hub.news).toEqual([{ peer: spoke.key, what: 'found' }]);
    circle.run(10 * 60_000);
    expect(circle.count('hello', spoke) + circle.count('hello', hub)).toBeLessThanOrEqual(4);
  });

  it('tries a peer that shows no sign of life HELLO_TRIES_UNSEEN times', () => {
    other.running = false;
    circle.connect(spoke, other, { live: false });
    circle.run(HOUR);
    expect(circle.count('hello', spoke)).toBe(HELLO_TRIES_UNSEEN);
  });

  it('asks a live peer without an agent with growing pauses, up to HELLO_MAX_PEER', () => {
    other.running = false;
    circle.connect(spoke, other);
    circle.run(3 * HOUR);
    const times = circle.sent.map(({ at }) => at);
    const pauses = times.slice(1).map((at, place) => at - (times[place] ?? 0));
    expect(pauses.slice(0, 4)).toEqual([250, 500, 1000, 2000]);
    expect(pauses.at(-1)).toBe(HELLO_MAX_PEER);
    expect(times.length).toBeLessThanOrEqual(24);
  });

  it('asks a router once a minute at most, and goes on for ever', () => {
    hub.running = false;
    circle.connect(spoke, hub, { router: true });
    circle.run(HOUR);
    expect(circle.count('hello', spoke)).toBeGreaterThan(55);
    expect(circle.count('hello', spoke)).toBeLessThanOrEqual(70);
  });

  it('does not begin anew for a peer that comes alive only because it was greeted', () => {
    other.running = false;
    circle.connect(spoke, other);
    for (let minute = 0; minute < 240; minute++) {
      // A session ends after three minutes; a greeting makes a handshake.
      const greeted = circle.sent.some(({ at }) => circle.now - at < 180_000);
      circle.connect(spoke, other, { live: greeted });
      circle.run(60_000);
    }
    expect(circle.count('hello', spoke)).toBeLessThanOrEqual(48);
  });
});

describe('an agent', () => {
  beforeEach(() => {
    spoke.facts = [alive(spoke), at(spoke.key, '192.168.1.2:51820')];
    hub.facts = [alive(hub)];
    circle.connect(spoke, hub, { router: true });
    circle.run(1000);
  });

  it('is told what the other says about itself, and all of it goes on being known', () => {
    expect(known(hub)).toEqual(said(spoke, spoke.facts));
    expect(known(spoke)).toEqual(said(hub, hub.facts));
    circle.run(3 * FACT_TTL);
    expect(known(hub)).toEqual(said(spoke, spoke.facts));
  });

  it('hears of a change and of a withdrawal within 100 ms and a way', () => {
    spoke.facts = [alive(spoke), at(spoke.key, '192.168.1.3:51820')];
    circle.run(50);
    expect(known(hub)).toEqual(said(spoke, spoke.facts));
  });

  it('that stops says goodbye, and what it said is gone at once', () => {
    circle.receive(hub.key, spoke.key, { kind: 'goodbye' });
    expect(hub.news.at(-1)).toEqual({ peer: spoke.key, what: 'stopped' });
    expect(known(hub)).toEqual([]);
    expect(hub.exchange.agents().has(spoke.key)).toBe(false);
  });

  it('that stops and is a router has told nothing untrue: it holds until it expires', () => {
    const before = known(spoke);
    hub.running = false;
    circle.receive(spoke.key, hub.key, { kind: 'goodbye' });
    expect(known(spoke)).toEqual(before);
    circle.run(FACT_TTL + 1000);
    expect(known(spoke)).toEqual([]);
  });

  it('that restarts is noticed, and both know again what the other says', () => {
    spoke.restart(circle.instant);
    spoke.facts = [alive(spoke)];
    circle.run(1000);
    expect(hub.news.at(-1)).toEqual({ peer: spoke.key, what: 'restarted' });
    expect(known(hub)).toEqual(said(spoke, spoke.facts));
    expect(known(spoke)).toEqual(said(hub, hub.facts));
  });

  it('that vanishes counts as silent after a renewal went unanswered, and is found again when it is back', () => {
    spoke.running = false;
    circle.run(RENEW_EVERY + 20_000);
    expect(hub.news.at(-1)).toEqual({ peer: spoke.key, what: 'silent' });
    circle.run(FACT_TTL);
    expect(known(hub)).toEqual([]);
    spoke.restart(circle.instant);
    circle.run(1000);
    expect(hub.exchange.agents().has(spoke.key)).toBe(true);
    expect(known(hub)).toEqual(said(spoke, spoke.facts));
  });

  it('that is unreachable for a while is found again by itself', () => {
    circle.passes = () => false;
    circle.run(RENEW_EVERY + 20_000);
    expect(hub.news.at(-1)?.what).toBe('silent');
    circle.passes = () => true;
    circle.run(HELLO_MAX_PEER);
    expect(hub.exchange.agents().has(spoke.key)).toBe(true);
    expect(known(hub)).toEqual(said(spoke, spoke.facts));
    expect(known(spoke)).toEqual(said(hub, hub.facts));
  });

  it('that is taken off the device takes its claims along', () => {
    hub.exchange.setNeighbours([], circle.instant);
    expect(known(hub)).toEqual([]);
    expect(hub.exchange.agents().size).toBe(0);
  });
});

describe('a router', () => {
  beforeEach(() => {
    spoke.facts = [alive(spoke)];
    other.facts = [alive(other)];
    hub.facts = [alive(hub)];
    hub.peers = [holds(spoke.key, '10.9.0.2/32'), holds(other.key, '10.9.0.3/32')];
    for (const client of [spoke, other]) circle.connect(client, hub, { router: true });
    circle.run(1000);
  });

  it('tells its clients what its device holds for others, and passes on what those say about themselves', () => {
    expect(known(other)).toEqual(
      [
        ...said(hub, hub.facts),
        ...said(hub, [holds(spoke.key, '10.9.0.2/32')]),
        ...said(spoke, spoke.facts, hub),
      ].sort(),
    );
  });

  it('passes on nothing that anybody says about somebody else, and nothing that was passed on to it', () => {
    tell(spoke.key, [
      told(at(other.key, '203.0.113.1:1')),
      told(alive(other), key(9)),
      told(at(key(9), '203.0.113.1:1'), key(9)),
    ]);
    circle.run(1000);
    expect(known(other).filter((text) => text.includes('203.0.113.1') || text.includes(key(9)))).toEqual([]);
  });

  it('tells nothing of others to whom it is no router', () => {
    const friend = new Node(key(4));
    const world = new Circle(hub, friend);
    world.now = circle.now;
    world.connect(friend, hub);
    world.run(1000);
    expect(known(friend)).toEqual(said(hub, hub.facts));
  });

  it('takes back what it passed on when its origin stops, falls silent or takes it back', () => {
    spoke.facts = [alive(spoke), at(spoke.key, '192.168.1.2:51820')];
    circle.run(200);
    expect(passedOn()).toEqual(said(spoke, spoke.facts, hub));
    spoke.facts = [alive(spoke)];
    circle.run(200);
    expect(passedOn()).toEqual(said(spoke, spoke.facts, hub));
    spoke.running = false;
    circle.run(RENEW_EVERY + 20_000);
    expect(passedOn()).toEqual([]);
  });

  it('lets what it passed on live no longer than its origin said, also when it vanishes itself', () => {
    const saidAt = circle.now;
    // The origin still answers, but what it renews does not arrive: the hub cannot know that it has nothing to renew.
    circle.passes = ({ from, message }) => from !== spoke.key || message.kind === 'acknowledge';
    circle.run(200_000);
    hub.running = false;
    while (passedOn().length > 0 && circle.now - saidAt < 2 * FACT_TTL) circle.run(1000);
    expect(circle.now - saidAt).toBeLessThanOrEqual(FACT_TTL);
  });

  const passedOn = (): string[] => known(other).filter((text) => text.startsWith(spoke.key));
});

describe('a hostile neighbour', () => {
  beforeEach(() => {
    circle.connect(spoke, hub, { router: true });
    circle.run(1000);
  });

  it('makes the exchange keep a bounded number of claims, whatever it claims and however its feeds run', () => {
    let port = 0;
    for (let feed = 100; feed < 104; feed++) {
      for (let sequence = 1; sequence <= 700; sequence++) {
        const entries = Array.from({ length: 20 }, () =>
          told(at(key(++port % 200), `203.0.113.1:${(port % 60_000) + 1}`)),
        );
        tell(hub.key, entries, { feed, sequence, complete: false, at: spoke.key });
      }
    }
    expect(spoke.exchange.store.size).toBeLessThanOrEqual(MAX_CLAIMS_PER_NEIGHBOUR);
    const remembered = spoke.exchange.neighbour(hub.key)?.retold?.size ?? 0;
    expect(remembered).toBeLessThanOrEqual(MAX_CLAIMS_PER_NEIGHBOUR);
  });

  it('is not remembered for facts it told and took back, or that expired', () => {
    for (let sequence = 1; sequence <= 500; sequence++) {
      const fact = at(hub.key, `203.0.113.1:${sequence}`);
      const gone = sequence % 2 === 0 ? told(fact, undefined, 1) : { ...told(fact), withdraw: true };
      tell(hub.key, [told(fact, undefined, 1), gone], { feed: 100, sequence, complete: false, at: spoke.key });
      if (sequence % 50 === 0) circle.run(1100);
    }
    circle.run(2000);
    expect(spoke.exchange.neighbour(hub.key)?.retold).toBeUndefined();
  });

  it('that is not on the device is not heard', () => {
    tell(key(66), [told(at(key(66), '203.0.113.1:1'))], { feed: 1, sequence: 1, complete: true, at: spoke.key });
    expect(known(spoke)).toEqual([]);
  });
});

const alive = (node: Node): Fact => ({ subject: node.key, attribute: 'alive', value: node.boot });
const at = (subject: PublicKey, text: string): Fact => ({ subject, attribute: 'endpoint', value: endpoint(text) });
const holds = (subject: PublicKey, text: string): Fact => ({ subject, attribute: 'allowed-ip', value: prefix(text) });

const told = (fact: Fact, source?: PublicKey, ttl = 255): FeedEntry => ({
  withdraw: false,
  source,
  fact: encodeFact(fact, ttl),
});

/** As an update of `from`, to the hub unless said otherwise. */
function tell(
  from: PublicKey,
  entries: readonly FeedEntry[],
  { feed = 77, sequence = 1, complete = true, at: receiver = hub.key } = {},
): void {
  circle.receive(receiver, from, { kind: 'update', feed, sequence, complete, entries });
}

/** The claims a node holds, as sorted text: source, neighbour, subject, attribute, value. */
const known = (node: Node): string[] =>
  [...node.exchange.store.all()].map(({ source, via, fact }) => line(source, via, fact)).sort();

const said = (node: Node, facts: readonly Fact[], via = node): string[] =>
  facts.map((fact) => line(node.key, via.key, fact)).sort();

const line = (source: PublicKey, via: PublicKey, { subject, attribute, value }: Fact): string =>
  [source, via, subject, attribute, JSON.stringify(value)].join(' ');
