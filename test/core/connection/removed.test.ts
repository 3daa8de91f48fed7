/**
 * What becomes of a peer that the hub's administrator removes, in a world whose seconds are exact: the same on real
 * WireGuard is in test/lab/members.test.ts, with the patience that a busy machine needs.
 */
import { describe, expect, it } from 'vitest';
import type { EngineContract } from '../../../src/core/contract.js';
import { Engine } from '../../../src/core/engine.js';
import type { Action, Event } from '../../../src/core/events.js';
import { FACT_TTL } from '../../../src/core/limits.js';
import { DEFAULT_POLICY } from '../../../src/core/policy.js';
import type { Instant } from '../../../src/core/values/time.js';
import type { ClaimView, PeerView, SelfView } from '../../../src/core/views.js';
import type { Wake } from '../../../src/core/wake.js';
import { keyOf } from '../../../src/sim/build.js';
import { star, type World } from '../../../src/sim/index.js';
import { pathWithin } from '../support/mesh.js';

const PROMISED_MS = 3000;
/** A reading of the interface, and a datagram that takes 25 ms; not the seconds after which the agent would look anyway. */
const AT_ONCE_MS = 250;
/** How long it is watched whether the removed peer comes back: longer than any of its retries are apart. */
const WATCHED_MS = 120_000;
/** The hub's agent looks at its interface every few seconds: the removal falls at various times in between. */
const MOMENTS = [0, 130, 770, 1_410, 1_990, 2_650];
/** How many of its last datagrams the removed peer says again each time its engine wakes up. */
const REPEATED = 6;
const OTHERS = ['s1', 's3'] as const;

const byWireGuard = (world: World): void => {
  world.removePeer('hub', 's2');
};
/** As the command does: the peer leaves the interface, then the agent is told to look. */
const byWirelink = (world: World): void => {
  world.removePeer('hub', 's2');
  world.agent('hub').decide(DEFAULT_POLICY);
};

describe('a removed peer that clings to its direct paths', () => {
  it.each(MOMENTS)('has none left three seconds after wg removed it (%i ms later), and gets none back', (moment) => {
    const world = clingingMesh(moment);
    byWireGuard(world);
    expect(goneWithin(world, PROMISED_MS)).toBeLessThanOrEqual(PROMISED_MS);
    expectGoneForGood(world);
  });

  it.each(MOMENTS)('has none left at once when wirelink removed it (%i ms later)', (moment) => {
    const world = clingingMesh(moment);
    byWirelink(world);
    expect(goneWithin(world, PROMISED_MS)).toBeLessThanOrEqual(AT_ONCE_MS);
    expectGoneForGood(world);
  });

  it.each([
    ['wg', byWireGuard],
    ['wirelink', byWirelink],
  ])('has none left on a spoke that slept while %s removed it, once that is awake', (_, remove) => {
    const world = clingingMesh(0);
    world.sleep('s1', 600_000);
    world.run(1_000);
    remove(world);
    world.run(599_000);
    expect(has(world, 's1')).toBe(true);
    expect(has(world, 's3')).toBe(false);
    expect(goneWithin(world, FACT_TTL)).toBeDefined();
    expectGoneForGood(world);
  });

  it('has none left on a spoke that was cut off from the hub, once that reaches it again', () => {
    const world = clingingMesh(0);
    world.cutDirect('s1', 'hub');
    byWirelink(world);
    world.run(60_000);
    expect(has(world, 's1')).toBe(true);
    world.heal();
    expect(goneWithin(world, FACT_TTL)).toBeDefined();
    expectGoneForGood(world);
  });
});

/** Three spokes, all direct, with traffic between them; then s2 keeps to nothing any more. `moment` in ms. */
function clingingMesh(moment: number): World {
  const orders = { cling: false };
  const world = star({
    seed: 1 + moment,
    spokes: [{}, {}, {}],
    engine: (options) => new Clinging(new Engine(options), orders),
  });
  for (const name of OTHERS) {
    expect(pathWithin(world, 's2', name, 'direct', 20_000)).toBeDefined();
    world.stream('s2', name, { perSecond: 5 });
  }
  world.run(2000 + moment);
  orders.cling = true;
  return world;
}

const has = (world: World, name: string): boolean =>
  world.device(name).peers.some(({ publicKey }) => publicKey === keyOf('s2'));

/** The milliseconds until no other spoke has it on its interface. */
const goneWithin = (world: World, limitMs: number): number | undefined =>
  world.runUntil(() => OTHERS.every((name) => !has(world, name)), limitMs);

function expectGoneForGood(world: World): void {
  expect(world.runUntil(() => OTHERS.some((name) => has(world, name)), WATCHED_MS)).toBeUndefined();
  for (const name of OTHERS) expect(world.pathOf('s2', name, 3)).toBe('none');
  // It did cling: otherwise nothing of this was tried.
  expect(world.device('s2').peers).toHaveLength(3);
}

/**
 * On s2, once told to: goes on answering and asking on its paths, says again what it said last, and leaves its interface
 * as it is, whatever the engine wants.
 */
class Clinging implements EngineContract {
  readonly #engine: Engine;
  readonly #orders: { readonly cling: boolean };
  #isS2 = false;
  #said: readonly Action[] = [];

  constructor(engine: Engine, orders: { readonly cling: boolean }) {
    this.#engine = engine;
    this.#orders = orders;
  }

  handle(event: Event, now: Instant): readonly Action[] {
    if (event.type === 'device') this.#isS2 = event.device.publicKey === keyOf('s2');
    const clings = this.#isS2 && this.#orders.cling;
    // A change that is never reported as made stays under way, and the engine begins no other.
    if (clings && event.type === 'device') return [];
    const actions = this.#engine.handle(event, now);
    if (!this.#isS2) return actions;
    const says = actions.filter(({ type }) => type === 'send');
    this.#said = [...this.#said, ...says].slice(-REPEATED);
    if (!clings) return actions;
    // Not at every datagram: each of these may be answered, and each answer would bring more.
    return event.type === 'wake' ? [...says, ...this.#said] : says;
  }

  wakeAt(): Wake | undefined {
    return this.#engine.wakeAt();
  }

  self(now: Instant): SelfView | undefined {
    return this.#engine.self(now);
  }

  peers(now: Instant): readonly PeerView[] {
    return this.#engine.peers(now);
  }

  facts(now: Instant, rejected: boolean): readonly ClaimView[] {
    return this.#engine.facts(now, rejected);
  }
}
