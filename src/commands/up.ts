import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { interfaceName, usage, wholeNumber } from '../cli/arguments.js';
import type { GivenSettings } from '../agent/settings.js';
import { BaseCommand } from '../cli/base-command.js';
import type { CheckedView, DryRunView, ReadyView, RestoredView } from '../core/views.js';

export default class Up extends BaseCommand {
  static override summary = 'Run the agent of a WireGuard interface, in the foreground';
  static override description =
    'Says in one line when it is ready, then logs to stderr what changes. SIGINT and SIGTERM end it with status 0 and ' +
    'put the interface back as it was.';
  static override usage = [
    'up <interface> [--port <port>] [--connect auto|manual] [--config <file>]',
    'up <interface> --check [--config <file>]',
    'up <interface> --dry-run [--port <port>] [--connect auto|manual] [--config <file>]',
    'up <interface> --restore',
  ];
  static override args = {
    interface: Args.string({ description: 'the WireGuard interface, such as wg0' }),
  };
  static override flags = {
    port: Flags.string({
      helpValue: '<port>',
      description: "the agents' UDP port inside the tunnel, the same on all machines; 51821 unless configured",
    }),
    connect: Flags.option({
      options: ['auto', 'manual'] as const,
      description: 'connect to every peer that can be, or only when asked to; auto unless configured',
    })(),
    config: Flags.string({
      helpValue: '<file>',
      description: 'a YAML file; /etc/wirelink/<interface>.yaml unless given',
    }),
    check: Flags.boolean({ description: 'read the configuration, say what is wrong in it, and end' }),
    'log-level': Flags.option({
      options: ['error', 'warn', 'info', 'debug'] as const,
      default: 'info' as const,
      description: 'the least that is worth a line',
    })(),
    'log-format': Flags.option({
      options: ['text', 'json'] as const,
      default: 'text' as const,
      description: 'lines for people, or one JSON document each',
    })(),
    'dry-run': Flags.boolean({ description: 'show what a start would change; change nothing, contact nobody' }),
    restore: Flags.boolean({
      exclusive: ['port', 'connect', 'config', 'check', 'log-level', 'log-format', 'dry-run'],
      description: 'undo what an agent that was killed left on the interface, and end',
    }),
  };
  static override examples = [
    { description: 'Make a mesh of the star that wg0 is part of', command: '<%= config.bin %> up wg0' },
    { description: 'Connect on request only', command: '<%= config.bin %> up wg0 --connect manual' },
    { description: 'Look for mistakes in the configuration', command: '<%= config.bin %> up wg0 --check' },
    { description: 'What would it change', command: '<%= config.bin %> up wg0 --dry-run' },
    { description: 'Clean up after a crash', command: '<%= config.bin %> up wg0 --restore' },
  ];

  override async run(): Promise<CheckedView | DryRunView | RestoredView | undefined> {
    const { args, flags } = await this.parse(Up);
    const name = onlyName(args.interface, flags.interface);
    const port = flags.port === undefined ? undefined : wholeNumber('--port', flags.port, 1, 65535);
    if (flags.check) {
      const { checkConfig, defaultConfigPath } = await import('../agent/config/index.js');
      const checked = checkConfig(flags.config, defaultConfigPath(name));
      const view = await this.view(() => import('../cli/render/up.js'));
      if (view !== undefined) this.print(view.render.renderChecked(checked));
      return checked;
    }
    const { connect, config } = flags;
    const settings = { interface: name, port, connect, config };
    if (flags['dry-run']) return this.#dryRun(settings);
    const agent = await import('../agent/run.js');
    if (flags.restore) {
      const restored = await agent.restore(name);
      const view = await this.view(() => import('../cli/render/up.js'));
      if (view !== undefined) this.print(view.render.renderRestored(restored, view.screen));
      return restored;
    }
    const view = await this.view(() => import('../cli/render/up.js'));
    const onReady = (ready: ReadyView): void => {
      if (view === undefined) this.logJson(ready);
      else this.print(view.render.renderReady(ready));
    };
    const log = { level: flags['log-level'], format: flags['log-format'] };
    await agent.runAgent({ ...settings, log, onReady });
    return undefined;
  }

  async #dryRun(settings: GivenSettings): Promise<DryRunView> {
    const { dryRun } = await import('../agent/dry-run.js');
    const plan = await dryRun(settings);
    const view = await this.view(() => import('../cli/render/dry-run.js'));
    if (view !== undefined) this.print(view.render.renderDryRun(plan, view.screen));
    return plan;
  }
}

/** `up wg0` and `up --interface wg0` are the same. */
function onlyName(argument: string | undefined, flag: string | undefined): string {
  const name = argument ?? flag;
  if (name === undefined) throw usage('Which interface?', 'Name it: wirelink up wg0');
  if (flag !== undefined && flag !== name) throw usage(`Two interfaces are named: ${name} and ${flag}.`);
  return interfaceName(name);
}
