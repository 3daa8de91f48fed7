/** What an engine costs when nothing happens: datagrams, attempts, wakes. */
import { describe, expect, it } from 'vitest';
import type { EngineContract, EngineOptions } from '../../src/core/contract.js';
import { Engine } from '../../src/core/engine.js';
import { star, SYMMETRIC, type SpokeOptions, type World } from '../../src/sim/index.js';
import { decodeMessage } from '../../src/core/protocol/messages.js';
import type { Address } from '../../src/core/values/address.js';
import { linkLocal, type PublicKey } from '../../src/core/values/key.js';
import { directMesh, told } from './support/mesh.js';

const HOUR = 3_600_000;

interface Cost {
  readonly kinds: Map<string, number>;
  /** Wakes after which the engine wants to be woken at once again. */
  restless: number;
}

describe('an idle hour', { timeout: 60_000 }, () => {
  it('of a direct pair costs renewals and hardly a ping, and no change of the device', () => {
    const { world, cost } = measured([{}, {}]);
    world.run(20_000);
    const before = total(cost('s1'));
    world.run(HOUR);
    const { kinds, restless } = cost('s1');
    expect(world.pathOf('s1', 's2')).toBe('direct');
    expect(total(cost('s1')) - before).toBeLessThanOrEqual(4 * 60 + 120);
    expect(kinds.get('hello') ?? 0).toBeLessThanOrEqual(8);
    expect(kinds.get('configure') ?? 0).toBeLessThanOrEqual(8);
    expect(kinds.get('read-device') ?? 0).toBeLessThanOrEqual(HOUR / 2000 + 400);
    expect(restless).toBe(0);
  });

  it('of a pair that cannot connect costs some two dozen attempts', () => {
    const { world, cost } = measured([{ nat: SYMMETRIC }, {}]);
    world.run(HOUR);
    const failures = told(world, 's1', 'attempt').filter(({ step }) => step.what === 'failed').length;
    expect(failures).toBeGreaterThan(5);
    expect(failures).toBeLessThanOrEqual(24);
    expect(total(cost('s1'))).toBeLessThanOrEqual(4 * 60 + 24 * 30);
    expect(cost('s1').restless).toBe(0);
  });

  it('beside a peer that runs plain WireGuard lets it sleep', () => {
    const { world, cost } = measured([{}, { agent: false, keepalive: 0, nat: 'none' }]);
    // It was used once, so that the hub has a session with it, and an endpoint to bother.
    world.run(1000);
    world.ping('s2', 'hub');
    world.run(HOUR);
    const toIt = cost('hub', 's2');
    expect(toIt.kinds.get('hello') ?? 0).toBeLessThanOrEqual(24);
    const before = toIt.kinds.get('hello') ?? 0;
    world.run(HOUR);
    expect((toIt.kinds.get('hello') ?? 0) - before).toBeLessThanOrEqual(10);
  });

  it('wakes nobody twice for the same thing', () => {
    const world = directMesh({ spokes: [{}, {}] });
    world.run(HOUR);
    expect(world.trace.faults).toEqual([]);
  });
});

const total = ({ kinds }: Cost): number =>
  [...kinds].reduce((sum, [kind, count]) => sum + (kind.startsWith('read') || kind === 'notice' ? 0 : count), 0);

/** A world whose engines are counted; `to` narrows the count to the datagrams to one machine. */
function measured(spokes: readonly SpokeOptions[]): { world: World; cost: (name: string, to?: string) => Cost } {
  const counts = new Map<string, Cost>();
  const costOf = (name: string): Cost => {
    const cost = counts.get(name) ?? { kinds: new Map(), restless: 0 };
    counts.set(name, cost);
    return cost;
  };
  const engine = (options: EngineOptions): EngineContract => counted(new Engine(options), costOf, () => world);
  const world: World = star({ seed: 1, engine, spokes });
  return { world, cost: (name, to = 'all') => costOf(`${name} ${to}`) };
}

function counted(engine: Engine, costOf: (name: string) => Cost, world: () => World): EngineContract {
  let name: string | undefined;
  const count = ({ kinds }: Cost, kind: string): void => void kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return {
    handle: (event, now) => {
      const actions = engine.handle(event, now);
      name ??= nameOf(engine.self(now)?.publicKey, world());
      if (name === undefined) return actions;
      const wake = engine.wakeAt();
      if (event.type === 'wake' && wake !== undefined && wake.at <= now) costOf(`${name} all`).restless++;
      for (const action of actions) {
        if (action.type !== 'send') count(costOf(`${name} all`), action.type);
        else {
          const kind = decodeMessage(action.bytes)?.kind ?? 'unknown';
          count(costOf(`${name} all`), kind);
          count(costOf(`${name} ${hostAt(action.to, world())}`), kind);
        }
      }
      return actions;
    },
    wakeAt: () => engine.wakeAt(),
    self: (now) => engine.self(now),
    peers: (now) => engine.peers(now),
    facts: (now, rejected) => engine.facts(now, rejected),
  };
}

const nameOf = (key: PublicKey | undefined, world: World): string | undefined => key && world.nameOf(key);

const hostAt = (address: Address, world: World): string =>
  world.hostNames.find((name) => linkLocal(world.key(name)) === address) ?? 'nobody';
