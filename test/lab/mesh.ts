/** Agents on every member of a scene, and waiting for what the wire then shows. */
import { Agent, type AgentOptions } from '../../lab/agent.js';
import { pathOf, type SeenPath } from '../../lab/observe.js';
import type { Member } from '../../lab/star.js';
import { waitFor } from '../../lab/wait.js';

interface Trio {
  readonly hub: Member;
  readonly a: Member;
  readonly b: Member;
}

/** Two spokes take a second or two; a laboratory on a busy machine may take several times that. */
export const DIRECT_WITHIN_MS = 20_000;
/** What a dead path may cost before traffic is back on the hub. */
export const BACK_WITHIN_MS = 10_000;

export class Mesh {
  readonly trio: Trio;
  /** Every agent that was ever started here, for its log. */
  readonly #agents: Agent[] = [];
  readonly hub: Agent;
  readonly a: Agent;
  readonly b: Agent;

  private constructor(trio: Trio, agents: readonly [Agent, Agent, Agent]) {
    this.trio = trio;
    [this.hub, this.a, this.b] = agents;
    this.#agents.push(...agents);
  }

  /** All three agents, ready. */
  static async start(trio: Trio): Promise<Mesh> {
    return new Mesh(trio, await Promise.all([Agent.start(trio.hub), Agent.start(trio.a), Agent.start(trio.b)]));
  }

  /** One more, after one of them ended. */
  async again(member: Member, options: AgentOptions = {}): Promise<Agent> {
    const agent = await Agent.start(member, options);
    this.#agents.push(agent);
    return agent;
  }

  /** Waits until packets take that path in both directions; throws with what the agents have to say when they do not. */
  async until(path: SeenPath, timeoutMs: number): Promise<void> {
    const { a, b } = this.trio;
    await this.telling(
      waitFor(
        `packets between a and b are ${path} both ways`,
        async () => [await pathOf(a, b), await pathOf(b, a)],
        (seen) => seen.every((each) => each === path),
        { timeoutMs, everyMs: 50 },
      ),
    );
  }

  /** Adds the agents' logs to a failure. */
  async telling<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      const stories = this.#agents.map((agent) => agent.story()).join('\n');
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${stories}`, { cause: error });
    }
  }
}
