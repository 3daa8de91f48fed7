/**
 * A star of many: a hub, spokes with agents that are direct with each other, and one spoke that comes and goes. Each is
 * behind a NAT of its own and 25 ms away from the hub, as in the trio.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, peersOf } from '../lab/agent.js';
import { DirectPing } from '../lab/direct-ping.js';
import { PORT_RESTRICTED, type Nat } from '../lab/nat.js';
import { pathOf } from '../lab/observe.js';
import { buildStar, type Member } from '../lab/star.js';
import { waitFor } from '../lab/wait.js';
import { World } from '../lab/world.js';
import { AWAY, RELAYED_WITHIN_MS } from './trio.js';

/** All pairs of twenty at once, on two cores. */
const SETTLED_WITHIN_MS = 120_000;
/** A new path counts as carrying traffic for 10 s, and is tested: two hundred at once keep two cores busy. */
const QUIET_MS = 15_000;

interface Place {
  readonly member: Member;
  readonly nat: Nat;
}

export class Crowd {
  readonly #world: World;
  readonly #hub: Member;
  readonly #newcomer: Place;
  readonly #others: readonly Member[];
  #agent: Agent | undefined;

  private constructor(world: World, hub: Member, newcomer: Place, others: readonly Member[]) {
    this.#world = world;
    this.#hub = hub;
    this.#newcomer = newcomer;
    this.#others = others;
  }

  /** Builds the scene with so many others, waits until they are direct, works in it, and takes it down. */
  static async with<Result>(others: number, work: (crowd: Crowd) => Promise<Result>): Promise<Result> {
    const crowd = await Crowd.#build(others);
    try {
      await crowd.#settle();
      return await work(crowd);
    } finally {
      await crowd.#world.close();
    }
  }

  static async #build(others: number): Promise<Crowd> {
    const { world, hub, newcomer, rest } = await World.build(async (made) => {
      const internet = await made.internet();
      const hubHost = await made.host('hub', internet);
      const places = [];
      for (let at = 0; at <= others; at++) {
        const nat = await made.nat(`home-${at}`, internet, PORT_RESTRICTED, AWAY);
        places.push({ nat, host: await made.host(`spoke-${at}`, nat) });
      }
      const star = await buildStar(hubHost, places);
      const [member, ...members] = star.spokes;
      const nat = places[0]?.nat;
      if (member === undefined || nat === undefined) throw new Error('bug: a star has as many spokes as places');
      return { hub: star.hub, newcomer: { member, nat }, rest: members };
    });
    return new Crowd(world, hub, newcomer, rest);
  }

  /** The agents of the hub and of all others run, each of these is direct with each, and nothing moves. */
  async #settle(): Promise<void> {
    await Agent.start(this.#hub);
    for (const member of this.#others) await Agent.start(member);
    for (const member of this.#others) {
      await waitFor(
        `${member.name} is direct with all others`,
        async () => (await peersOf(member)).peers.filter(({ path, router }) => path === 'direct' && !router).length,
        (direct) => direct === this.#others.length - 1,
        { timeoutMs: SETTLED_WITHIN_MS, everyMs: 500 },
      );
    }
    await sleep(QUIET_MS);
  }

  /** The newcomer's agent ends, its NAT forgets, and all of its traffic runs through the hub. */
  async leave(): Promise<void> {
    const { member, nat } = this.#newcomer;
    await this.#agent?.stop();
    this.#agent = undefined;
    await nat.forget();
    await waitFor(
      'the hub relays to all',
      () => Promise.all(this.#others.map((other) => pathOf(member, other))),
      (paths) => paths.every((path) => path === 'relayed'),
      { timeoutMs: RELAYED_WITHIN_MS },
    );
  }

  /** The newcomer's agent is started; nothing is waited for. */
  join(): void {
    this.#agent = Agent.launch(this.#newcomer.member);
  }

  /** For each of the others, when the first ping came back that went directly both ways, in milliseconds of clock.ts. */
  async watch(timeoutMs: number): Promise<readonly number[]> {
    const pings = this.#others.map((other) => new DirectPing(this.#newcomer.member, other));
    try {
      return await Promise.all(pings.map((each) => each.first(timeoutMs)));
    } finally {
      for (const each of pings) each.stop();
    }
  }
}
