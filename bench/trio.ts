/**
 * The scene of every experiment: a hub, and two spokes 25 ms away from it, each behind a NAT of its own. Between two
 * runs everything is forgotten that the first one left: agents, what they did to the interfaces, NAT mappings.
 */
import { Agent, type AgentOptions } from '../lab/agent.js';
import { monotonic } from '../lab/clock.js';
import { Flow } from '../lab/flow.js';
import { pathOf } from '../lab/observe.js';
import { twoHomes, type Home, type TwoHomes } from '../lab/scenes.js';
import type { StreamOptions } from '../lab/udp.js';
import { waitFor } from '../lab/wait.js';
import { repeatAtOnce, type BenchOptions, type Run } from './experiment.js';
import type { Row, RowSpec } from './row.js';

/** On each spoke's line, one way: a round trip between the spokes takes 100 ms, by way of the hub and directly. */
export const AWAY = { cable: { delayMs: 25 } };

/** What 200 a second each way lose in one round trip through the hub, both directions together, with a tenth and two more. */
export const ROUND_TRIP_LOST = 24;

/** Plain WireGuard needs a handshake after its NAT forgot it; one that got lost, as many do on bad lines, is repeated after 5 s. */
export const RELAYED_WITHIN_MS = 60_000;
/** Far more than any target; a run that takes longer has failed. */
export const DIRECT_WITHIN_MS = 30_000;
/** A datagram that may pass no router arrives on the direct path or not at all. One every 5 ms. */
const TRACER = { perSecond: 200, ttl: 1 };

/** When the agents were started, and when they said they were ready; milliseconds of clock.ts. */
export interface Start {
  readonly startedAt: number;
  readonly readyAt: number;
}

export class Trio {
  readonly scene: TwoHomes;
  #agents: readonly Agent[] = [];
  readonly #flows: Flow[] = [];

  private constructor(scene: TwoHomes) {
    this.scene = scene;
  }

  /** Builds the scene, works in it, and takes it down whatever happens. `home`: what both spokes' homes are like. */
  static async with<Result>(work: (trio: Trio) => Promise<Result>, home: Home = AWAY): Promise<Result> {
    const trio = new Trio(await twoHomes(home, home));
    try {
      return await work(trio);
    } finally {
      await trio.scene.world.close();
    }
  }

  /** The agents that run, the hub's first. */
  get agents(): readonly Agent[] {
    return this.#agents;
  }

  /** Plain WireGuard without traffic, as before the first run. */
  async reset(): Promise<void> {
    const { a, b, homeA, homeB } = this.scene;
    for (const flow of this.#flows.splice(0)) flow.close();
    await Promise.all(this.#agents.filter(({ dead }) => !dead).map((agent) => agent.stop()));
    this.#agents = [];
    await Promise.all([homeA.forget(), homeB.forget()]);
    await waitFor(
      'the hub relays',
      () => Promise.all([pathOf(a, b), pathOf(b, a)]),
      (paths) => paths.every((path) => path === 'relayed'),
      { timeoutMs: RELAYED_WITHIN_MS },
    );
  }

  /** The hub's agent first, as where a machine joins a network that is there; then those of both spokes at once. */
  async start(options: AgentOptions = {}): Promise<Start> {
    const { hub, a, b } = this.scene;
    const hubAgent = await Agent.start(hub, options);
    this.#agents = [hubAgent];
    const startedAt = monotonic();
    const spokes = await Promise.all([Agent.start(a, options), Agent.start(b, options)]);
    this.#agents = [hubAgent, ...spokes];
    return { startedAt, readyAt: Math.max(...spokes.map(({ readyAt }) => readyAt)) };
  }

  /** Traffic between the spokes, both ways, until the next reset. */
  async flow(options: StreamOptions): Promise<Flow> {
    const flow = await Flow.start(this.scene.a, this.scene.b, options);
    this.#flows.push(flow);
    return flow;
  }

  /** Traffic of which only what goes direct arrives. */
  trace(): Promise<Flow> {
    return this.flow(TRACER);
  }

  /** The whole way from plain WireGuard to a direct path in both directions. */
  async becomeDirect(): Promise<void> {
    await this.reset();
    const tracer = await this.trace();
    const { startedAt } = await this.start();
    await tracer.arrivedAt(startedAt, DIRECT_WITHIN_MS);
    tracer.close();
  }
}

/** Makes the runs in several such scenes at once, as many as the user allows. */
export function repeatInTrios(
  options: BenchOptions,
  specs: readonly RowSpec[],
  run: (trio: Trio, ...args: Parameters<Run>) => Promise<void>,
  home: Home = AWAY,
): Promise<readonly Row[]> {
  return repeatAtOnce(options, specs, (work: (trio: Trio) => Promise<void>) => Trio.with(work, home), run);
}
