import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import type { FactsReport } from '../cli/render/facts.js';

export default class Facts extends BaseCommand {
  static override summary = 'Show what is known, who said so, and how long it holds';
  static override description =
    'Each line is one claim that the trust policy accepts. A claim that is not renewed in time is forgotten.';
  static override flags = {
    rejected: Flags.boolean({
      default: false,
      description: 'show the claims that were refused instead, each with the reason',
    }),
    subject: Flags.string({ helpValue: '<peer>', description: 'only what is claimed about this peer' }),
    attribute: Flags.option({
      options: ['alive', 'endpoint', 'allowed-ip', 'member'] as const,
      description: 'only claims of this kind',
    })(),
    source: Flags.string({ helpValue: '<peer>', description: 'only what this peer said' }),
  };
  static override examples = [
    { description: 'All that is believed', command: '<%= config.bin %> facts' },
    { description: 'What was refused, and why', command: '<%= config.bin %> facts --rejected' },
    {
      description: 'Where the laptop may be reached, as all others have it',
      command: '<%= config.bin %> facts --subject laptop --attribute endpoint',
    },
  ];

  override async run(): Promise<FactsReport> {
    const { flags } = await this.parse(Facts);
    const { rejected, subject, attribute, source } = flags;
    const params = {
      rejected,
      ...(subject !== undefined && { subject }),
      ...(attribute !== undefined && { attribute }),
      ...(source !== undefined && { source }),
    };
    const report = await this.withAgent(flags.interface, async (agent) => ({
      interface: agent.interfaceName,
      ...(await agent.call('facts', params)),
    }));
    const view = await this.view(() => import('../cli/render/facts.js'));
    if (view !== undefined) this.print(view.render.renderFacts(report, rejected, view.screen));
    return report;
  }
}
