/** What one peer can make an engine do and keep, however much it sends: counted in a simulated star. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/core/engine.js';
import type { Action } from '../../src/core/events.js';
import { encodeFact } from '../../src/core/facts/encoding.js';
import type { Fact } from '../../src/core/facts/fact.js';
import { GREETING_BURST, ROUTES_ASKED_BURST, UPDATE_BURST } from '../../src/core/limits.js';
import type { FeedEntry } from '../../src/core/protocol/feed.js';
import { encodeMessage, type Message } from '../../src/core/protocol/messages.js';
import { endpointOf } from '../../src/core/values/endpoint.js';
import { linkLocal, type PublicKey } from '../../src/core/values/key.js';
import { MOST_REMEMBERED } from '../../src/core/values/remembered.js';
import { star, type World } from '../../src/sim/index.js';
import { address, key } from './support/values.js';

/** A star of two spokes, and all that the engine of one of its machines asked for. */
function observed(name: 'hub' | 's1'): { readonly world: World; readonly actions: Action[] } {
  const actions: Action[] = [];
  let starting = '';
  const world = star({
    seed: 1,
    started: false,
    spokes: [{}, {}],
    engine: (options) => {
      const engine = new Engine(options);
      if (starting !== name) return engine;
      return {
        handle: (event, now) => {
          const answer = engine.handle(event, now);
          actions.push(...answer);
          return answer;
        },
        wakeAt: () => engine.wakeAt(),
        self: (now) => engine.self(now),
        peers: (now) => engine.peers(now),
        facts: (now, rejected) => engine.facts(now, rejected),
      };
    },
  });
  for (starting of ['hub', 's1', 's2']) world.startAgent(starting);
  world.run(5_000);
  actions.length = 0;
  return { world, actions };
}

function send(world: World, to: string, from: string, message: Message): void {
  world.agent(to).deliver(linkLocal(world.key(from)), encodeMessage(message));
}

const hello = (boot: number): Message => ({
  kind: 'hello',
  version: 1,
  router: true,
  ask: true,
  boot: new Uint8Array(16).fill(boot),
  yourBoot: new Uint8Array(16),
});

const endpoints = (subject: PublicKey, from: number, count: number): Fact[] =>
  Array.from({ length: count }, (_, at) => {
    const number = from + at;
    const value = endpointOf(address(`203.${1 + (number >> 14)}.${(number >> 6) & 255}.${1 + (number & 63)}`), 7);
    return { subject, attribute: 'endpoint', value };
  });

const entry = (fact: Fact, source: PublicKey | undefined, withdraw = false): FeedEntry => {
  return { withdraw, source, fact: encodeFact(fact, 255) };
};

describe('a peer that', () => {
  it('greets without end has the device read a few times, and is told everything a few times', () => {
    const { world, actions } = observed('hub');
    for (let count = 0; count < 5000; count++) send(world, 'hub', 's2', hello(count));
    expect(actions.filter(({ type }) => type === 'read-device').length).toBeLessThanOrEqual(GREETING_BURST);
    expect(actions.filter(({ type }) => type === 'notice').length).toBeLessThanOrEqual(2 * GREETING_BURST);
    expect(actions.length).toBeLessThanOrEqual(8 * GREETING_BURST);
  });

  it('updates without end is answered for those updates alone that are taken in', () => {
    const { world, actions } = observed('hub');
    for (let sequence = 1; sequence <= 5000; sequence++) {
      const entries = endpoints(world.key('s2'), sequence * 16, 16).map((fact) => entry(fact, undefined));
      send(world, 'hub', 's2', { kind: 'update', feed: 7, sequence, complete: false, entries });
    }
    expect(actions.filter(({ type }) => type === 'send').length).toBeLessThanOrEqual(2 * UPDATE_BURST);
  });

  it('has its router name other endpoints all the time has the kernel asked about a few', () => {
    const { world, actions } = observed('s1');
    world.cutDirect('s1', 's2');
    world.run(10_000);
    actions.length = 0;
    const s2 = world.key('s2');
    for (let round = 0; round < 2000; round++) {
      const entries = endpoints(s2, round * 16, 16).map((fact) => entry(fact, s2));
      send(world, 's1', 'hub', { kind: 'update', feed: 9 + round, sequence: 1, complete: true, entries });
    }
    const asked = actions.flatMap((action) => (action.type === 'ask-routes' ? action.addresses : []));
    expect(asked.length).toBeLessThanOrEqual(ROUTES_ASKED_BURST);
  });
});

describe('a router that', () => {
  it('tells and withdraws facts without end in a feed it never completes makes nothing grow', () => {
    const { world, actions } = observed('s1');
    let sequence = 0;
    const tellAndWithdraw = (count: number): void => {
      for (const until = sequence + count / 8; sequence < until;) {
        const facts = endpoints(key(7), ++sequence * 8, 8);
        const entries = facts.flatMap((fact) => [entry(fact, key(7)), entry(fact, key(7), true)]);
        send(world, 's1', 'hub', { kind: 'update', feed: 7, sequence, complete: false, entries });
      }
      world.run(1000);
      actions.length = 0;
    };
    tellAndWithdraw(8_000);
    const before = heapAfterGc();
    // Answers about addresses are remembered, and forgotten together: after so many there are as many as before.
    tellAndWithdraw(MOST_REMEMBERED);
    // Less for each fact than its shortest trace would take.
    expect(heapAfterGc() - before).toBeLessThan(48 * MOST_REMEMBERED);
  });
});

/** Bytes. */
function heapAfterGc(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
