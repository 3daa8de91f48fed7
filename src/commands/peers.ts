import { BaseCommand } from '../cli/base-command.js';
import type { PeersReport } from '../cli/render/peers.js';

export default class Peers extends BaseCommand {
  static override summary = 'Show every peer: how packets reach it, and why it is not direct';
  static override examples = [
    { description: 'The peers of the one interface that has an agent', command: '<%= config.bin %> peers' },
    { description: 'For a program', command: '<%= config.bin %> peers --interface wg0 --json' },
  ];

  override async run(): Promise<PeersReport> {
    const { flags } = await this.parse(Peers);
    const report = await this.withAgent(flags.interface, async (agent) => ({
      interface: agent.interfaceName,
      ...(await agent.call('peers', {})),
    }));
    const view = await this.view(() => import('../cli/render/peers.js'));
    if (view !== undefined) this.print(view.render.renderPeers(report, view.screen));
    return report;
  }
}
