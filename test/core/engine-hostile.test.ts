/** Whatever peers and strangers send: the engine never throws, keeps little of it, and does nothing it should not. */
import { DEFAULT_POLICY } from '../../src/core/policy.js';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Action, Event } from '../../src/core/events.js';
import { Engine } from '../../src/core/engine.js';
import { encodeFact } from '../../src/core/facts/encoding.js';
import type { Fact } from '../../src/core/facts/fact.js';
import { MAX_CLAIMS_ABOUT_ITSELF, MAX_CLAIMS_PER_NEIGHBOUR } from '../../src/core/facts/store.js';
import { FORWARD_BURST, FORWARD_ONE_IN, MAX_DATAGRAM } from '../../src/core/limits.js';
import type { FeedEntry } from '../../src/core/protocol/feed.js';
import { decodeMessage, encodeMessage, type Message } from '../../src/core/protocol/messages.js';
import { toHex } from '../../src/core/values/bytes.js';
import { endpointOf } from '../../src/core/values/endpoint.js';
import { linkLocal, type PublicKey } from '../../src/core/values/key.js';
import { instant } from '../../src/core/values/time.js';
import { anyMessage } from './support/messages.js';
import { device, devicePeer, host, SELF } from './support/machine.js';
import { below, mutated, oneOf, randomBytes, seeded } from './support/seeded.js';
import { address, key, prefix } from './support/values.js';

/** Peers on our device: the hub, and two that are members like us. `OTHER` is behind the hub. */
const [HUB, SPOKE, OTHER_PEER, OTHER, STRANGER] = [key(1), key(3), key(5), key(4), key(66)];
const BOOT = new Uint8Array(16).fill(7);
const START = 1000;

let engine: Engine;
let now: number;

/** A spoke with a hub, and one more peer of the user's that is a plain member of the network. */
beforeEach(() => {
  now = START;
  engine = begun();
});

describe('a flood of broken messages', () => {
  it('from peers and from strangers is survived, and leaves a bounded number of claims', { timeout: 60_000 }, () => {
    const valid = fc.sample(anyMessage, 300).map(encodeMessage);
    seeded((random) => {
      const boot = randomBytes(random, 16);
      for (const peer of [HUB, SPOKE]) receive(peer, hello(boot));
      for (let count = 0; count < 10_000; count++) {
        now += below(random, 50);
        const bytes =
          below(random, 2) === 0
            ? mutated(oneOf(random, valid), random)
            : Uint8Array.of(below(random, 0x16), ...randomBytes(random, below(random, 120)));
        const from = linkLocal(oneOf(random, [HUB, HUB, SPOKE, STRANGER]));
        handle({ type: 'datagram', from, bytes });
        if (below(random, 20) === 0) handle({ type: 'wake' });
        if (below(random, 100) === 0) handle({ type: 'device', device: theDevice(), begun: instant(now), after: 1000 });
      }
      expect(engine.facts(instant(now), false).length).toBeLessThan(MAX_CLAIMS_PER_NEIGHBOUR);
      expect(engine.peers(instant(now)).length).toBeLessThan(300);
    });
  });

  it('wrapped in what the hub passes on is survived too', { timeout: 60_000 }, () => {
    const valid = fc.sample(anyMessage, 300).map(encodeMessage);
    seeded((random) => {
      agreeOnFacts();
      for (let count = 0; count < 3000; count++) {
        now += below(random, 50);
        const payload = below(random, 3) === 0 ? mutated(oneOf(random, valid), random) : oneOf(random, valid);
        receive(HUB, { kind: 'forwarded', peer: oneOf(random, [OTHER, OTHER, SPOKE, STRANGER, SELF, HUB]), payload });
        if (below(random, 20) === 0) handle({ type: 'wake' });
      }
    });
  });
});

describe('a stranger', () => {
  it('is not answered and not heard', () => {
    // What is due anyway, such as the first update to the router.
    handle({ type: 'wake' });
    const before = engine.facts(instant(now), false).length;
    const sent = fc.sample(anyMessage, 200).flatMap((message) => receive(STRANGER, message));
    expect(sent.filter(({ type }) => type !== 'read-device' && type !== 'notice')).toEqual([]);
    expect(engine.facts(instant(now), false)).toHaveLength(before);
  });
});

describe('a peer that is no router', () => {
  beforeEach(() => {
    agreeOnFacts();
    receive(SPOKE, hello(new Uint8Array(16).fill(9)));
  });

  it('passes nothing on to us: what it says others sent has no effect', () => {
    const epoch = { leader: new Uint8Array(8).fill(4), follower: BOOT.subarray(0, 8), counter: 1 };
    const invite = encodeMessage({ kind: 'invite', epoch, method: 'nested', leaderFirst: false, listenPort: 51820 });
    const actions = receive(SPOKE, { kind: 'forwarded', peer: OTHER, payload: invite });
    expect(actions.filter(({ type }) => type === 'configure' || type === 'send')).toEqual([]);
    const ping = encodeMessage({ kind: 'ping', token: 1, direct: false, asSeen: false, padding: 0 });
    expect(sentIn(receive(SPOKE, { kind: 'forwarded', peer: OTHER, payload: ping }))).toEqual([]);
  });

  it('says nothing about others: its claims are refused, and its withdrawals hit only its own', () => {
    const facts: Fact[] = [
      { subject: OTHER, attribute: 'allowed-ip', value: prefix('10.9.0.9/32') },
      { subject: OTHER, attribute: 'endpoint', value: endpointOf(address('203.0.113.9'), 1) },
      { subject: STRANGER, attribute: 'member', value: {} },
      { subject: HUB, attribute: 'allowed-ip', value: prefix('8.8.8.8/32') },
    ];
    const before = peersShown();
    receive(
      SPOKE,
      update(
        1,
        facts.map((fact) => told(fact)),
      ),
    );
    receive(
      SPOKE,
      update(2, [
        { ...told(GRANT), withdraw: true },
        { ...told(GRANT, HUB), withdraw: true },
      ]),
    );
    expect(peersShown()).toEqual(before);
    const rejected = engine.facts(instant(now), true).filter(({ source }) => source === SPOKE);
    expect(rejected.map(({ rejected: reason }) => reason)).toHaveLength(facts.length);
  });

  it('cannot speak as us, nor as the hub', () => {
    const before = peersShown();
    const fact: Fact = { subject: SELF, attribute: 'endpoint', value: endpointOf(address('203.0.113.9'), 1) };
    receive(
      SPOKE,
      update(1, [told(fact, SELF), told(fact, HUB), told(GRANT, HUB), told({ ...fact, subject: HUB }, HUB)]),
    );
    expect(peersShown()).toEqual(before);
    const self = engine.self(instant(now));
    expect(self?.observed).toEqual([]);
  });

  it('keeps no more than a few claims about itself, however many it makes', () => {
    for (let sequence = 1; sequence <= 300; sequence++) {
      const facts = Array.from({ length: 10 }, (_, at): Fact => ({
        subject: SPOKE,
        attribute: 'endpoint',
        value: endpointOf(address('203.0.113.9'), sequence * 10 + at),
      }));
      receive(
        SPOKE,
        update(
          sequence,
          facts.map((fact) => told(fact)),
          false,
        ),
      );
    }
    const kept = engine.facts(instant(now), false).filter(({ source }) => source === SPOKE);
    expect(kept.length).toBeLessThanOrEqual(MAX_CLAIMS_ABOUT_ITSELF);
  });

  it('that jumps in its sequence, or begins feed after feed, is answered and nothing more', () => {
    const before = peersShown();
    for (const sequence of [2, 1000, 0, 0xffffffff]) {
      const [answer] = sentIn(receive(SPOKE, { ...update(sequence, []), feed: sequence }));
      expect(answer).toMatchObject({ kind: 'acknowledge', sequence: 0 });
    }
    for (let feed = 10; feed < 500; feed++) receive(SPOKE, { ...update(1, [], false), feed });
    expect(peersShown()).toEqual(before);
  });

  it('that tells an enormous fact does not make us send enormous datagrams', () => {
    const unknown = Array.from({ length: 4 }, (_, at) => ({ key: at, hex: toHex(new Uint8Array(300).fill(at)) }));
    receive(SPOKE, { ...hello(new Uint8Array(16).fill(9)), router: true });
    receive(OTHER_PEER, { ...hello(new Uint8Array(16).fill(8)), router: true });
    const actions = receive(SPOKE, update(1, [told({ subject: SPOKE, attribute: 'member', value: { unknown } })]));
    for (let step = 0; step < 50; step++) {
      now += 10;
      actions.push(...handle({ type: 'wake' }));
    }
    for (const action of actions) {
      if (action.type === 'send') expect(action.bytes.length).toBeLessThanOrEqual(MAX_DATAGRAM);
    }
  });
});

describe('forwarding', () => {
  const payload = encodeMessage({ kind: 'goodbye' });
  const forward: Message = { kind: 'forward', peer: OTHER_PEER, payload };

  beforeEach(() => {
    receive(SPOKE, { ...hello(new Uint8Array(16).fill(9)), router: true });
    receive(OTHER_PEER, hello(new Uint8Array(16).fill(8)));
  });

  it('passes on what those ask for who take us for their router, with their key', () => {
    expect(sentIn(receive(SPOKE, forward), OTHER_PEER)).toEqual([{ kind: 'forwarded', peer: SPOKE, payload }]);
  });

  it('does nothing for others, to oneself, or to whom no agent was heard of', () => {
    expect(sentIn(receive(OTHER_PEER, { ...forward, peer: SPOKE }))).toEqual([]);
    expect(sentIn(receive(SPOKE, { ...forward, peer: SPOKE }))).toEqual([]);
    expect(sentIn(receive(SPOKE, { ...forward, peer: STRANGER }))).toEqual([]);
    expect(sentIn(receive(SPOKE, { ...forward, peer: HUB }))).toEqual([]);
  });

  it('stays within a burst and a rate, and within a datagram', () => {
    const count = (times: number): number => {
      let passed = 0;
      for (let at = 0; at < times; at++) {
        passed += sentIn(receive(SPOKE, forward), OTHER_PEER).filter((message) => message?.kind === 'forwarded').length;
      }
      return passed;
    };
    expect(count(1000)).toBe(FORWARD_BURST);
    now += 1000;
    expect(count(1000)).toBe(Math.floor(1000 / FORWARD_ONE_IN));
    now += 60_000;
    const whole = receive(SPOKE, { ...forward, payload: new Uint8Array(MAX_DATAGRAM) });
    for (const message of sentIn(whole, OTHER_PEER)) expect(message?.kind).not.toBe('forwarded');
  });
});

/** What the hub's device holds for `OTHER`. */
const GRANT: Fact = { subject: OTHER, attribute: 'allowed-ip', value: prefix('10.9.0.4/32') };

/** The hub has told us of `OTHER`. */
function agreeOnFacts(): void {
  receive(HUB, hello(new Uint8Array(16).fill(1)));
  const member: Fact = { subject: OTHER, attribute: 'member', value: {} };
  const alive: Fact = { subject: OTHER, attribute: 'alive', value: toHex(new Uint8Array(16).fill(4)) };
  receive(HUB, update(1, [told(member), told(GRANT), told(alive, OTHER)]));
  expect(peersShown()).toContainEqual([OTHER, 'relayed']);
}

const told = (fact: Fact, source?: PublicKey): FeedEntry => ({ withdraw: false, source, fact: encodeFact(fact, 255) });

const update = (
  sequence: number,
  entries: readonly FeedEntry[],
  complete = true,
): Extract<Message, { kind: 'update' }> => ({
  kind: 'update',
  feed: 1,
  sequence,
  complete,
  entries,
});

const hello = (boot: Uint8Array): Extract<Message, { kind: 'hello' }> => ({
  kind: 'hello',
  version: 1,
  router: false,
  ask: false,
  boot,
  yourBoot: BOOT,
});

function begun(): Engine {
  engine = new Engine({
    bootId: BOOT,
    seed: 1,
    port: 51821,
    policy: { ...DEFAULT_POLICY, connect: 'manual' },
    warnings: [],
    adopted: { peers: [], moved: [] },
  });
  handle({ type: 'host', host: host(['10.9.0.2/24', `${linkLocal(SELF)}/64`], ['eth0 192.168.1.2/24']) });
  handle({ type: 'device', device: theDevice(), begun: instant(0), after: 0 });
  return engine;
}

function theDevice(): ReturnType<typeof device> {
  const peer = (publicKey: PublicKey, allowed: string, at: string): ReturnType<typeof devicePeer> =>
    devicePeer(publicKey, [allowed, `${linkLocal(publicKey)}/128`], { at, handshakeAt: instant(now) });
  return device(
    peer(HUB, '10.9.0.0/24', '198.51.100.1:51820'),
    peer(SPOKE, '10.9.0.3/32', '198.51.100.3:51820'),
    peer(OTHER_PEER, '10.9.0.5/32', '198.51.100.5:51820'),
  );
}

const handle = (event: Event): Action[] => [...engine.handle(event, instant(now))];

const receive = (from: PublicKey, message: Message): Action[] =>
  handle({ type: 'datagram', from: linkLocal(from), bytes: encodeMessage(message) });

/** The messages among the actions, to one peer or to all; the feeds' own pace apart. */
function sentIn(actions: readonly Action[], to?: PublicKey): (Message | undefined)[] {
  return actions
    .filter((action) => action.type === 'send' && (to === undefined || action.to === linkLocal(to)))
    .map((action) => (action.type === 'send' ? decodeMessage(action.bytes) : undefined));
}

const peersShown = (): unknown[] => engine.peers(instant(now)).map(({ publicKey, path }) => [publicKey, path]);
