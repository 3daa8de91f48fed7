import * as Flags from '@oclif/core/flags';
import { ListCommand } from '../cli/list-command.js';
import type { FactsReport } from '../cli/render/facts.js';
import { claimId } from '../cli/watch/changes.js';

export default class Facts extends ListCommand {
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
    ...ListCommand.flags,
  };
  static override examples = [
    { description: 'All that is believed', command: '<%= config.bin %> facts' },
    { description: 'What was refused, and why', command: '<%= config.bin %> facts --rejected' },
    { description: 'What comes and goes', command: '<%= config.bin %> facts --watch' },
    {
      description: 'Where the laptop may be reached, as all others have it',
      command: '<%= config.bin %> facts --subject laptop --attribute endpoint',
    },
  ];

  override async run(): Promise<FactsReport | undefined> {
    const { flags } = await this.parse(Facts);
    const { rejected, subject, attribute, source } = flags;
    const params = {
      rejected,
      ...(subject !== undefined && { subject }),
      ...(attribute !== undefined && { attribute }),
      ...(source !== undefined && { source }),
    };
    return this.withAgent(flags.interface, async (agent) => {
      const ask = async (): Promise<FactsReport> => ({
        interface: agent.interfaceName,
        ...(await agent.call('facts', params)),
      });
      return this.showOrWatch(flags.watch, {
        ask,
        itemsOf: ({ facts }) => facts,
        idOf: claimId,
        noun: 'fact',
        load: async () => {
          const { renderFacts } = await import('../cli/render/facts.js');
          return (report, screen, marked) => renderFacts(report, rejected, screen, marked);
        },
      });
    });
  }
}
