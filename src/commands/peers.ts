import { ListCommand } from '../cli/list-command.js';
import type { PeersReport } from '../cli/render/peers.js';

export default class Peers extends ListCommand {
  static override summary = 'Show every peer: how packets reach it, and why it is not direct';
  static override examples = [
    { description: 'The peers of the one interface that has an agent', command: '<%= config.bin %> peers' },
    { description: 'How paths change', command: '<%= config.bin %> peers --watch' },
    { description: 'For a program', command: '<%= config.bin %> peers --interface wg0 --json' },
  ];

  override async run(): Promise<PeersReport | undefined> {
    const { flags } = await this.parse(Peers);
    return this.withAgent(flags.interface, async (agent) => {
      const ask = async (): Promise<PeersReport> => ({
        interface: agent.interfaceName,
        ...(await agent.call('peers', {})),
      });
      return this.showOrWatch(flags.watch, {
        ask,
        itemsOf: ({ peers }) => peers,
        idOf: ({ publicKey }) => publicKey,
        noun: 'peer',
        load: async () => (await import('../cli/render/peers.js')).renderPeers,
      });
    });
  }
}
