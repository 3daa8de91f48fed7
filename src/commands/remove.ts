import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { MembersCommand } from '../cli/members-command.js';
import type { RemovedView } from '../core/views.js';

export default class Remove extends MembersCommand {
  static override summary = 'Take a machine out of the network, on its hub';
  static override description =
    "The opposite of invite: takes the peer off the hub's interface and forgets its name. The hub's agent tells the " +
    'others at once, who take it off theirs, whatever direct path there is. Needs root.';
  static override args = {
    peer: Args.string({ required: true, description: 'a key, an unambiguous beginning of one, or a name' }),
  };
  static override flags = {
    save: Flags.boolean({ description: "take it out of the hub's /etc/wireguard/<interface>.conf, too" }),
    config: Flags.string({
      helpValue: '<file>',
      description: 'where its name is written down; /etc/wirelink/<interface>.yaml unless given',
    }),
  };
  static override examples = [
    { description: 'A phone was stolen', command: '<%= config.bin %> remove phone --save' },
    {
      description: 'By the beginning of its key, until the hub restarts',
      command: '<%= config.bin %> remove 3Fk9xQ2b',
    },
  ];

  override async run(): Promise<RemovedView> {
    const { args, flags } = await this.parse(Remove);
    const { onlyInterface, remove } = await import('../agent/members/index.js');
    const hub = await this.hub(flags.interface, onlyInterface, `wirelink remove ${args.peer}`);
    const { save, config } = flags;
    const made = await remove({ ...hub, peer: args.peer, save, config });
    const removed = { ...made, ...(await this.tellAgent(hub)) };
    const view = await this.view(() => import('../cli/render/members.js'));
    if (view !== undefined) this.print(view.render.renderRemoved(removed, view.screen));
    return removed;
  }
}
