/** The table of transitions is what happens: a way outside it throws, and one that is never taken is a lie in the diagram. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Connection } from '../../../src/core/connection/connection.js';
import { TRANSITIONS, type StateName } from '../../../src/core/connection/states.js';
import { instant } from '../../../src/core/values/time.js';
import { SYMMETRIC, type SpokeOptions } from '../../../src/sim/index.js';
import { directMesh, mesh } from '../support/mesh.js';
import { SPOKE } from '../support/network.js';
import { active } from '../support/scene.js';

const PAIR: readonly SpokeOptions[] = [{}, {}];

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the table of transitions', () => {
  it('keeps a connection from going any other way', () => {
    const connection = new Connection(SPOKE);
    connection.enter(active(instant(0)));
    expect(() => {
      connection.enter({
        ...active(instant(0)),
        name: 'moving',
        confirmed: false,
        commits: true,
        acknowledged: false,
        sendAt: instant(0),
        deadline: instant(0),
      });
    }).toThrow('bug: no way from active to moving');
  });

  it('holds no way that connections do not go', { timeout: 60_000 }, () => {
    const taken = new Set<string>();
    const entered = vi.spyOn(Connection.prototype, 'enter');
    lives();
    const states = new Map<unknown, StateName>();
    entered.mock.contexts.forEach((connection, call) => {
      const [before, next] = [states.get(connection) ?? 'idle', entered.mock.calls[call]?.[0].name ?? 'idle'];
      states.set(connection, next);
      if (before !== next) taken.add(`${before} ${next}`);
    });
    const ways = (Object.keys(TRANSITIONS) as StateName[]).flatMap((from) =>
      TRANSITIONS[from].filter((to) => to !== from).map((to) => `${from} ${to}`),
    );
    expect([...taken].toSorted()).toEqual(ways.toSorted());
  });
});

/** Connections that come about, fail, are cut at every moment, adopted and ended. */
function lives(): void {
  for (const cut of [false, true]) {
    const restarted = directMesh({ spokes: PAIR });
    restarted.kill('s1');
    if (cut) restarted.cutDirect('s1', 's2');
    restarted.run(500);
    restarted.startAgent('s1');
    restarted.run(10_000);
  }
  mesh({ spokes: [{ nat: SYMMETRIC }, {}] }).run(30_000);
  for (const manual of [0, 1]) {
    mesh({ spokes: PAIR.map((_, at) => ({ connect: at === manual ? 'manual' : 'auto' })) }).run(2000);
  }
  for (let seed = 1; seed <= 12; seed++) mesh({ seed, spokes: PAIR, line: { loss: 0.2 } }).run(10_000);
  for (let ms = 100; ms < 500; ms += 5) {
    const world = mesh({ spokes: PAIR });
    world.run(ms);
    world.cutDirect('s1', 's2');
    if (ms % 30 === 0) world.sleep('hub', 10_000);
    else world.kill(ms % 20 === 0 ? 's1' : 'hub');
    world.run(15_000);
  }
}
