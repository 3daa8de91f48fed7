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
  };
  static override examples = [
    { description: 'All that is believed', command: '<%= config.bin %> facts' },
    { description: 'What was refused, and why', command: '<%= config.bin %> facts --rejected' },
  ];

  override async run(): Promise<FactsReport> {
    const { flags } = await this.parse(Facts);
    const { rejected } = flags;
    const report = await this.withAgent(flags.interface, async (agent) => ({
      interface: agent.interfaceName,
      ...(await agent.call('facts', { rejected })),
    }));
    const view = await this.view(() => import('../cli/render/facts.js'));
    if (view !== undefined) this.print(view.render.renderFacts(report, rejected, view.screen));
    return report;
  }
}
