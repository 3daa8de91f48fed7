/**
 * Plays a scenario's steps on the machines that place.ts built. A step waits for its time, and for the milestones that
 * the simulator had reached by then: so a slow machine plays the same scenario, and not another one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Notice } from '../../src/core/notices.js';
import type { Scenario, Step } from '../../src/sim/scenario.js';
import { Agent } from '../agent.js';
import { restart, type Member } from '../star.js';
import { Stream } from '../udp.js';
import { waitFor } from '../wait.js';
import { addLine, type Place } from './place.js';
import { milestones, storyOf, type Milestone, type Told } from './stories.js';

/** Of one end, and of the peer it tells about. */
export interface Expected {
  readonly from: string;
  readonly about: string;
  readonly milestones: readonly Milestone[];
}

/** A path that was lost may take that long to be tried again. */
const MILESTONES_WITHIN_MS = 60_000;

export class Player {
  readonly #place: Place;
  readonly #agents = new Map<string, Agent[]>();
  readonly #streams: Stream[] = [];

  constructor(place: Place) {
    this.#place = place;
  }

  /** `expected(ms)` is what the simulator's agents had gone through before that moment. Throws when it does not come. */
  async play(scenario: Scenario, expected: (ms: number) => readonly Expected[]): Promise<void> {
    const begun = performance.now();
    for (const { ms, do: step } of [...scenario.at].sort((one, other) => one.ms - other.ms)) {
      await this.reach(expected(ms));
      await sleep(Math.max(0, begun + ms - performance.now()));
      await this.#perform(step);
    }
  }

  /** Waits until the agents have gone through as much as that. */
  async reach(expected: readonly Expected[]): Promise<void> {
    for (const { from, about, milestones: wanted } of expected) {
      await waitFor(
        `${from} has been through ${wanted.join(', ')} with ${about}`,
        () => milestones(this.story(from, about)),
        (seen) => seen.length >= wanted.length,
        { timeoutMs: MILESTONES_WITHIN_MS, everyMs: 20 },
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${this.#log()}`, { cause: error });
      });
    }
  }

  /** What the agents on one machine, one after the other, went through with the peer. */
  story(from: string, about: string): ReturnType<typeof storyOf> {
    return storyOf(this.#told(from), this.#member(about).key);
  }

  async stop(): Promise<void> {
    for (const stream of this.#streams) stream.close();
    const running = [...this.#agents.values()].flat().filter(({ dead }) => !dead);
    await Promise.all(running.map((agent) => agent.stop()));
  }

  async #perform(step: Step): Promise<void> {
    const { internet, nats } = this.#place;
    switch (step.kind) {
      case 'start-agent':
        return this.#start(step.host);
      case 'stop-agent':
        await this.#agents.get(step.host)?.at(-1)?.stop();
        return;
      case 'kill-agent':
        return this.#agents.get(step.host)?.at(-1)?.kill();
      case 'cut': {
        const [from, to] = [this.#seenAs(step.from), this.#seenAs(step.to)];
        return step.oneWay === true ? internet.cutOneWay(from, to) : internet.cut(from, to);
      }
      case 'heal':
        return internet.heal();
      case 'reboot':
        return this.#reboot(step.host, step.offMs);
      case 'reboot-nat':
        return nats.get(step.nat)?.forget();
      case 'stream': {
        const [from, to] = [this.#member(step.from), this.#member(step.to)];
        const { perSecond } = step;
        this.#streams.push(await Stream.start(from, to, { perSecond }), await Stream.start(to, from, { perSecond }));
        return;
      }
      case 'move':
        return addLine(this.#member(step.host), this.#place.internet, step.uplinks);
      case 'partition':
      case 'sleep':
      case 'jump-clock':
      case 'renumber-nat':
      case 'connect':
      case 'set-peer':
      case 'remove-peer':
      case 'link':
        throw new Error(`The laboratory does not play "${step.kind}".`);
    }
  }

  async #start(name: string): Promise<void> {
    const args = ['--log-format', 'json', '--log-level', 'debug'];
    const started = this.#agents.get(name) ?? [];
    this.#agents.set(name, started);
    started.push(await Agent.start(this.#member(name), { args }));
  }

  /** The interface is gone for as long as the machine is off, and its agent with it. */
  async #reboot(name: string, offMs: number): Promise<void> {
    const agent = this.#agents.get(name)?.at(-1);
    const ran = agent !== undefined && !agent.dead;
    if (ran) await agent.kill();
    await restart(this.#member(name), offMs);
    if (ran) await this.#start(name);
  }

  #told(name: string): Told[] {
    return (this.#agents.get(name) ?? []).flatMap(({ log }) => log.flatMap(({ text }) => toldIn(text)));
  }

  #member(name: string): Member {
    const member = this.#place.members.get(name);
    if (member === undefined) throw new Error(`The scenario has no "${name}".`);
    return member;
  }

  #seenAs(name: string): string {
    return this.#place.seenAs.get(this.#member(name).name) ?? '';
  }

  #log(): string {
    return [...this.#agents.values()].flatMap((each) => each.map((agent) => agent.story())).join('\n');
  }
}

/** What a line of the log tells, if it is the JSON of a notice. */
function toldIn(line: string): Told[] {
  if (!line.startsWith('{')) return [];
  const { time, notice } = JSON.parse(line) as { time: string; notice?: Notice };
  return notice === undefined ? [] : [{ at: Date.parse(time), notice }];
}
