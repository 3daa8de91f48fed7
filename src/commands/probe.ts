import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { secondsToMs, usage, wholeNumber } from '../cli/arguments.js';
import { BaseCommand } from '../cli/base-command.js';
import type { AgentClient } from '../cli/client.js';
import type { ProbeReply, ProbeResult, StatusResult } from '../core/control-api.js';

/** Beyond the last ping's own time, for the agent to send its summary. */
const GRACE_MS = 5000;

/** The agent takes no more of one client, nor faster ones. */
const MOST_PINGS = 1000;
const SHORTEST_S = 0.02;
const LONGEST_S = 60;

export type ProbeReport =
  | (StatusResult & { readonly peer?: never })
  | (ProbeResult & { readonly interface: string; readonly replies: readonly ProbeReply[] });

export default class Probe extends BaseCommand {
  static override summary = "Ping a peer's agent, or show how this machine looks from outside";
  static override description =
    'With a peer: each reply with its path and time, a summary, and what became of each of its candidates. Ends with ' +
    'status 3 when no reply came. Without: the endpoint at which each peer sees this machine, its own candidates, ' +
    'and what that says about its NAT.';
  static override args = {
    peer: Args.string({ description: 'a key, an unambiguous beginning of one, or a name' }),
  };
  static override flags = {
    count: Flags.string({ helpValue: '<n>', description: '[default: 5] how many pings' }),
    interval: Flags.string({ helpValue: '<seconds>', description: '[default: 1] from one ping to the next' }),
    timeout: Flags.string({ helpValue: '<seconds>', description: '[default: 2] how long to wait for each reply' }),
  };
  static override examples = [
    { description: 'How far is this peer, and by which path', command: '<%= config.bin %> probe laptop' },
    { description: 'Quickly', command: '<%= config.bin %> probe laptop --count 20 --interval 0.2' },
    { description: 'How this machine looks from outside', command: '<%= config.bin %> probe' },
  ];

  override async run(): Promise<ProbeReport> {
    const { args, flags } = await this.parse(Probe);
    const { peer } = args;
    if (peer === undefined) {
      const useless = (['count', 'interval', 'timeout'] as const).find((flag) => flags[flag] !== undefined);
      if (useless !== undefined) throw usage(`--${useless} needs a peer.`);
      return this.withAgent(flags.interface, (agent) => this.#self(agent));
    }
    const params = {
      peer,
      count: wholeNumber('--count', flags.count ?? '5', 1, MOST_PINGS),
      intervalMs: secondsToMs('--interval', flags.interval ?? '1', SHORTEST_S, LONGEST_S),
      timeoutMs: secondsToMs('--timeout', flags.timeout ?? '2', SHORTEST_S, LONGEST_S),
    };
    return this.withAgent(flags.interface, (agent) => this.#peer(agent, params));
  }

  async #self(agent: AgentClient): Promise<ProbeReport> {
    const status = await agent.call('status', {});
    const view = await this.view(() => import('../cli/render/self.js'));
    if (view) this.print(view.render.renderSelf(status, view.screen));
    return status;
  }

  async #peer(
    agent: AgentClient,
    params: { peer: string; count: number; intervalMs: number; timeoutMs: number },
  ): Promise<ProbeReport> {
    const view = await this.view(() => import('../cli/render/probe.js'));
    const replies: ProbeReply[] = [];
    const onProgress = (reply: ProbeReply): void => {
      replies.push(reply);
      if (view) this.print(view.render.renderReply(reply, view.screen));
    };
    const patienceMs = params.intervalMs + params.timeoutMs + GRACE_MS;
    const result = await agent.call('probe', params, { onProgress, patienceMs });
    if (view) this.print(`\n${view.render.renderProbe(result, view.screen)}`);
    if (result.received === 0) process.exitCode = 3;
    return { interface: agent.interfaceName, ...result, replies };
  }
}
