import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { endpoint, secondsToMs } from '../cli/arguments.js';
import { BaseCommand } from '../cli/base-command.js';
import type { AgentClient } from '../cli/client.js';
import type { ConnectProgress } from '../cli/render/connect.js';
import { labelsOf, type Labels } from '../cli/render/names.js';
import type { ConnectResult } from '../core/control-api.js';

/** Beyond the attempt itself, for the agent to say how it ended. */
const GRACE_MS = 5000;

const LONGEST_TIMEOUT_S = 3600;

/** `sinceMs`: since the step before; with `--verbose`. */
export type TimedStep = ConnectProgress & { readonly sinceMs?: number };

export interface ConnectReport extends ConnectResult {
  readonly interface: string;
  readonly steps: readonly TimedStep[];
}

export default class Connect extends BaseCommand {
  static override summary = 'Try to reach a peer directly, now, and follow the attempt';
  static override description =
    'Ends with status 0 once the path is direct, and with 3 when the attempt failed or the time is over.';
  static override args = {
    peer: Args.string({ required: true, description: 'a key, an unambiguous beginning of one, or a name' }),
  };
  static override flags = {
    endpoint: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<ip:port>',
      description: 'a candidate beside the known ones; repeatable',
    }),
    timeout: Flags.string({ default: '15', helpValue: '<seconds>', description: 'how long to follow the attempt' }),
    'no-wait': Flags.boolean({ description: 'end as soon as the attempt has begun' }),
    verbose: Flags.boolean({ description: 'each datagram of the attempt too, and what each step waited for' }),
  };
  static override examples = [
    { description: 'Connect to a peer by its name', command: '<%= config.bin %> connect laptop' },
    {
      description: 'Try an endpoint that nobody has told',
      command: '<%= config.bin %> connect 3Fk9xQ2b --endpoint 192.0.2.7:51820',
    },
    { description: 'See where the time goes', command: '<%= config.bin %> connect laptop --verbose' },
    { description: 'Begin and do not wait', command: '<%= config.bin %> connect laptop --no-wait' },
  ];

  override async run(): Promise<ConnectReport> {
    const { args, flags } = await this.parse(Connect);
    const params = {
      peer: args.peer,
      endpoints: (flags.endpoint ?? []).map((text) => endpoint('--endpoint', text)),
      timeoutMs: secondsToMs('--timeout', flags.timeout, 0.1, LONGEST_TIMEOUT_S),
      wait: !flags['no-wait'],
    };
    return this.withAgent(flags.interface, async (agent) => {
      const view = await this.view(() => import('../cli/render/connect.js'));
      const labels = view === undefined ? undefined : await labelsFrom(agent);
      const steps: TimedStep[] = [];
      const onProgress = (progress: ConnectProgress): void => {
        const sinceMs = progress.atMs - (steps.at(-1)?.atMs ?? 0);
        if (!flags.verbose && progress.step.what === 'said') return;
        steps.push(flags.verbose ? { ...progress, sinceMs } : progress);
        if (view === undefined || labels === undefined) return;
        const { renderStep, renderVerbose } = view.render;
        const text = flags.verbose
          ? renderVerbose(progress, sinceMs, labels, view.screen)
          : renderStep(progress, labels, view.screen);
        this.print(text);
      };
      const result = await agent.call('connect', params, { onProgress, patienceMs: params.timeoutMs + GRACE_MS });
      if (view) this.print(view.render.renderOutcome(result, view.screen));
      if (result.outcome === 'failed' || result.outcome === 'timeout') process.exitCode = 3;
      return { interface: agent.interfaceName, ...result, steps };
    });
  }
}

/** The steps name routers by key only. */
async function labelsFrom(agent: AgentClient): Promise<Labels> {
  const { peers, self } = await agent.call('peers', {});
  return labelsOf(peers, self.publicKey);
}
