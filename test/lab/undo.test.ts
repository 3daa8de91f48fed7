/** The interface is its user's own: whatever becomes of the agent, it is afterwards as it was before. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Agent, command } from '../../lab/agent.js';
import { pathOf } from '../../lab/observe.js';
import { twoHomes, type TwoHomes } from '../../lab/scenes.js';
import { patient } from '../../lab/patience.js';
import { Tripwire } from '../../lab/tripwire.js';
import { waitFor } from '../../lab/wait.js';
import { configure, readState, takeDown, type State } from '../../lab/wireguard.js';
import { enter } from './enter.js';
import { DIRECT_WITHIN_MS, Mesh } from './mesh.js';

/** The guardian waits a few seconds for a restarted agent before it puts things back. */
const GUARDIAN_WITHIN_MS = 10_000;
/** No life of an agent on a star of two spokes has more changes; a loop that comes here is one. */
const MOST_CHANGES = 60;
/** Every n-th change costs a whole life of an agent. */
const ALL_LIVES_MS = patient(600_000);

let scene: TwoHomes;
let before: State;

beforeEach(async () => {
  // A port of its user's choice: `wg syncconf` gives an interface another one when its configuration names none.
  scene = await enter(twoHomes({ listenPort: 51820 }, {}, { presharedKeys: true }));
  before = await readState(scene.a.machine);
});

const asBefore = (timeoutMs: number): Promise<State> =>
  waitFor('the interface is as before', () => readState(scene.a.machine), isAsBefore, { timeoutMs });

const isAsBefore = (state: State): boolean => JSON.stringify(state) === JSON.stringify(before);

describe('an agent', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'that is stopped by %s gives the interface back, and exits with 0',
    async (signal) => {
      const mesh = await Mesh.start(scene);
      await mesh.until('direct', DIRECT_WITHIN_MS);
      expect(await mesh.a.stop(signal)).toBe(0);
      expect(await readState(scene.a.machine)).toEqual(before);
    },
  );

  it('leaves alone what its user changed meanwhile', async () => {
    const mesh = await Mesh.start(scene);
    await mesh.until('direct', DIRECT_WITHIN_MS);
    await scene.a.machine.run('wg', ['set', 'wg0', 'peer', scene.hub.key, 'persistent-keepalive', '17']);
    expect(await mesh.a.stop()).toBe(0);
    const peers = before.peers.map((peer) => ({ ...peer, keepalive: 17 }));
    expect(await readState(scene.a.machine)).toEqual({ ...before, peers });
  });

  it('survives that its user brings the interface in line with the configuration', async () => {
    const mesh = await Mesh.start(scene);
    await mesh.until('direct', DIRECT_WITHIN_MS);
    await configure(scene.a.machine, scene.a.config, 'sync');
    await mesh.until('direct', DIRECT_WITHIN_MS);
    expect(await mesh.a.stop()).toBe(0);
    expect(await readState(scene.a.machine)).toEqual(before);
  });

  it('whose interface is deleted ends with a message that says so', async () => {
    const agent = await Agent.start(scene.a);
    await takeDown(scene.a.machine);
    expect(await agent.ended(10_000)).toBe(1);
    expect(agent.story()).toContain('wg0');
  });

  it('does not start twice', async () => {
    await Agent.start(scene.a);
    const second = Agent.launch(scene.a);
    expect(await second.ended(10_000)).toBe(1);
    expect(second.story()).toContain('already running');
  });
});

describe('an agent killed after its n-th change, for every n,', () => {
  it(
    'and started and stopped again leaves the interface as it was',
    async () => {
      await forEveryChange(async () => {
        const next = await Agent.start(scene.a);
        expect(await next.stop()).toBe(0);
        expect(await readState(scene.a.machine)).toEqual(before);
      });
    },
    ALL_LIVES_MS,
  );

  it(
    'leaves the interface as it was to `up --restore`',
    async () => {
      await forEveryChange(async () => {
        expect(await command(scene.a, ['up', 'wg0', '--restore'])).toMatchObject({ exitCode: 0 });
        expect(await readState(scene.a.machine)).toEqual(before);
      });
    },
    ALL_LIVES_MS,
  );

  it(
    'has its interface put back by its guardian',
    async () => {
      await forEveryChange(async () => {
        await asBefore(GUARDIAN_WITHIN_MS);
      });
    },
    ALL_LIVES_MS,
  );
});

/** Lives of an agent, each until its n-th change or, when it has fewer, through becoming direct and a proper end. */
async function forEveryChange(afterwards: () => Promise<void>): Promise<void> {
  await Promise.all([Agent.start(scene.hub), Agent.start(scene.b)]);
  const tripwire = await Tripwire.lay(scene.a.machine);
  for (let n = 1; n <= MOST_CHANGES; n++) {
    await tripwire.arm(n);
    const agent = Agent.launch(scene.a, { environment: tripwire.environment });
    tripwire.watch(agent.pid);
    const survived = await liveThrough(agent);
    if (survived) {
      expect(n).toBeGreaterThan(1);
      expect(tripwire.changes).toBeLessThan(n);
      expect(await readState(scene.a.machine)).toEqual(before);
      return;
    }
    try {
      await afterwards();
    } catch (error) {
      throw new Error(`After change ${n}: ${String(error)}\n${agent.story()}`, { cause: error });
    }
  }
  throw new Error(`An agent made more than ${MOST_CHANGES} changes.`);
}

/** Whether the agent lived to become direct and end well. */
async function liveThrough(agent: Agent): Promise<boolean> {
  const path = await waitFor(
    'the agent is direct, or dead',
    async () => (agent.dead ? 'dead' : await pathOf(scene.a, scene.b)),
    (seen) => seen === 'dead' || seen === 'direct',
    { timeoutMs: DIRECT_WITHIN_MS, everyMs: 20 },
  );
  return path === 'direct' && (await agent.stop()) === 0;
}
