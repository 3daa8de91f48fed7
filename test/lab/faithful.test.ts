/**
 * The simulator is believed in what it shows of the engine, so here it is held against real WireGuard: the same
 * scenarios in both, the same paths in the end, and the same milestones in the same order at each end of each pair.
 */
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../lab/agent.js';
import { means } from '../../lab/means.js';
import { pathOf } from '../../lab/observe.js';
import { patient } from '../../lab/patience.js';
import { place } from '../../lab/replay/place.js';
import { Player, type Expected } from '../../lab/replay/play.js';
import { breaches, milestones, storyOf } from '../../lab/replay/stories.js';
import { waitFor } from '../../lab/wait.js';
import { Engine } from '../../src/core/engine.js';
import {
  nat,
  PORT_RESTRICTED,
  starScenario,
  SYMMETRIC,
  World,
  type Scenario,
  type SpokeOptions,
} from '../../src/sim/index.js';
import type { TimedStep } from '../../src/sim/scenario.js';
import { enter } from './enter.js';

/** Long enough for the slowest attempt of each scenario to have happened, in the simulator. */
const SETTLED_MS = 20_000;
const SAME_PATH_WITHIN_MS = 30_000;
const SEED = 1;

interface Case {
  readonly spokes: readonly SpokeOptions[];
  readonly hubEntry?: 'covering' | 'single';
  readonly at?: readonly TimedStep[];
}

const TRAFFIC: TimedStep = { ms: 3000, do: { kind: 'stream', from: 's1', to: 's2', perSecond: 50 } };

/** Two machines with public addresses and 25 ms each, and beside that soon a quicker line of IPv6 each. */
const SECOND_LINES: Case = {
  spokes: [{ nat: 'none' }, { nat: 'none' }],
  at: [0, 1].map((at): TimedStep => {
    const first = { address: `203.0.${at}.2`, network: `203.0.${at}.0/24`, link: { latencyMs: 25 } };
    const second = { address: `2a10:${at}::10`, network: `2a10:${at}::/64`, link: { latencyMs: 10 } };
    const uplinks = [first, second].map((line) => ({ segment: 'internet', ...line }));
    return { ms: 2000, do: { kind: 'move', host: `s${at + 1}`, uplinks } };
  }),
};

const CASES: Readonly<Record<string, Case>> = {
  'two homes': { spokes: [{}, {}] },
  'a symmetric and a port-restricted NAT': { spokes: [{ nat: SYMMETRIC }, { nat: PORT_RESTRICTED }] },
  'a full cone and a symmetric NAT': {
    spokes: [{ nat: nat('endpoint-independent', 'endpoint-independent') }, { nat: SYMMETRIC }],
  },
  'firewalls on both machines': { spokes: [{ firewall: true }, { firewall: true }], hubEntry: 'single' },
  'the hub restarts': { spokes: [{}, {}], at: [{ ms: 5000, do: { kind: 'reboot', host: 'hub', offMs: 2000 } }] },
  'the path is cut, and heals': {
    spokes: [{}, {}],
    at: [TRAFFIC, { ms: 5000, do: { kind: 'cut', from: 's1', to: 's2' } }, { ms: 10_000, do: { kind: 'heal' } }],
  },
  'second lines that are quicker': SECOND_LINES,
  'an agent is stopped': { spokes: [{}, {}], at: [{ ms: 5000, do: { kind: 'stop-agent', host: 's1' } }] },
};

const PAIR = [
  { from: 's1', about: 's2' },
  { from: 's2', about: 's1' },
] as const;

/** What the simulator's agents had gone through before a moment, and which paths it ends with. */
function simulate(scenario: Scenario) {
  const world = new World(scenario, { seed: SEED, engine: (given) => new Engine(given) });
  world.run(SETTLED_MS);
  const story = (from: string, about: string, before = Infinity) =>
    storyOf(
      world.agent(from).notices.filter(({ at }) => at < before),
      world.key(about),
    );
  return {
    endpoints: PAIR.map(({ from, about }) => world.view(from, about)?.endpoint),
    paths: PAIR.map(({ from, about }) => world.pathOf(from, about, 3)),
    stories: PAIR.map(({ from, about }) => story(from, about)),
    before: (ms: number): Expected[] =>
      PAIR.map((end) => ({ ...end, milestones: milestones(story(end.from, end.about, ms)) })),
  };
}

const familyOf = (endpoint: string | undefined): string => (endpoint?.startsWith('[') === true ? 'IPv6' : 'IPv4');

describe('a scenario, in the simulator and on real WireGuard,', () => {
  it.each(Object.entries(CASES))(
    'has the same milestones and ends with the same paths: %s',
    async (name, { spokes, ...options }) => {
      const wireguard = means().wireguard === 'kernel module' ? 'module' : 'userspace';
      const scenario = {
        ...starScenario({ spokes: spokes.map((spoke) => ({ ...spoke, wireguard })), ...options }),
        name,
      };
      const simulated = simulate(scenario);
      const real = await enter(place(scenario));
      const player = new Player(real);
      await player.play(scenario, simulated.before);
      await player.reach(simulated.before(Infinity));
      const [a, b] = PAIR.map(({ from }) => real.members.get(from));
      if (a === undefined || b === undefined) throw new Error('bug: the pair is in the scenario');
      const paths = await waitFor(
        `the paths are ${simulated.paths.join(' and ')}`,
        async () => [await pathOf(a, b), await pathOf(b, a)],
        (seen) => seen.join() === simulated.paths.join(),
        { timeoutMs: SAME_PATH_WITHIN_MS },
      );
      if (paths.every((path) => path === 'direct')) {
        await waitFor(
          'both ends send over the same family as in the simulator',
          async () => [await viewOf(a, b), await viewOf(b, a)].map((view) => familyOf(view?.endpoint)),
          (seen) => seen.join() === simulated.endpoints.map(familyOf).join(),
          { timeoutMs: SAME_PATH_WITHIN_MS },
        );
      }
      const stories = PAIR.map(({ from, about }) => player.story(from, about));
      expect(stories.map(milestones)).toEqual(simulated.stories.map(milestones));
      expect(paths).toEqual(simulated.paths);
      for (const [one = [], other = []] of [stories, simulated.stories]) expect(breaches(one, other)).toEqual([]);
      await player.stop();
    },
    patient(180_000),
  );
});
