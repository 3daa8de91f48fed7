import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { address, prefixes, publicKey, usage } from '../cli/arguments.js';
import { MembersCommand } from '../cli/members-command.js';
import type { InvitedView } from '../core/views.js';

export default class Invite extends MembersCommand {
  static override summary = 'Make a machine a member of the network, on its hub';
  static override description =
    "Adds a peer with the next free address to the hub's interface and prints the new machine's WireGuard " +
    'configuration, for wg-quick or an app. Its key pair is made here unless --public-key is given. Needs root.';
  static override args = {
    name: Args.string({ required: true, description: 'what it is called by everybody' }),
  };
  static override flags = {
    'public-key': Flags.string({
      helpValue: '<key>',
      description: 'of a key pair made on the new machine; its configuration is then printed without the private key',
    }),
    endpoint: Flags.string({
      helpValue: '<host:port>',
      description: 'where it reaches the hub; as the other members do, unless given',
    }),
    address: Flags.string({
      helpValue: '<address>',
      description: 'its address in the tunnel; the next free one unless given',
    }),
    'allowed-ips': Flags.string({
      helpValue: '<prefixes>',
      description: 'what it sends through the hub, separated by commas; the networks of the interface unless given',
    }),
    save: Flags.boolean({ description: "add the peer to the hub's /etc/wireguard/<interface>.conf, too" }),
    qr: Flags.boolean({
      description: 'print the configuration as a QR code, for an app; needs the program qrencode',
    }),
    config: Flags.string({
      helpValue: '<file>',
      description: 'where its name is written down; /etc/wirelink/<interface>.yaml unless given',
    }),
  };
  static override examples = [
    { description: 'A configuration for a new machine', command: '<%= config.bin %> invite nas --save > nas.conf' },
    { description: 'A phone scans it from the screen', command: '<%= config.bin %> invite phone --save --qr' },
    {
      description: 'Everything it sends shall go through the hub',
      command: '<%= config.bin %> invite laptop --allowed-ips 0.0.0.0/0,::/0',
    },
  ];

  override async run(): Promise<InvitedView> {
    const { args, flags } = await this.parse(Invite);
    if (flags.qr && flags['public-key'] !== undefined) {
      throw usage('--qr is for a configuration with its private key, which is elsewhere with --public-key.');
    }
    if (flags.qr && this.jsonEnabled()) throw usage('--qr is for a screen: it does not go together with --json.');
    const wanted = {
      name: args.name,
      publicKey: flags['public-key'] === undefined ? undefined : publicKey('--public-key', flags['public-key']),
      endpoint: flags.endpoint,
      address: flags.address === undefined ? undefined : address('--address', flags.address),
      allowedIps: flags['allowed-ips'] === undefined ? undefined : prefixes('--allowed-ips', flags['allowed-ips']),
      save: flags.save,
      config: flags.config,
    };
    const members = await import('../agent/members/index.js');
    if (flags.qr) await members.checkQrEncoder();
    const hub = await this.hub(flags.interface, members.onlyInterface, `wirelink invite ${args.name}`);
    const made = await members.invite({ ...wanted, ...hub });
    const invited = { ...made, ...(await this.tellAgent(hub, made.namedIn)) };
    const view = await this.view(() => import('../cli/render/members.js'));
    if (view !== undefined) {
      const { configuration } = invited;
      const coloured = view.screen.paint.level > 0;
      this.print(flags.qr ? await members.qrCode(configuration, coloured) : configuration.trimEnd());
      this.note(view.render.renderInvited(invited, view.screen));
    }
    return invited;
  }
}
