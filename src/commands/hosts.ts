import { hostname } from 'node:os';
import * as Flags from '@oclif/core/flags';
import { interfaceName, usage } from '../cli/arguments.js';
import { BaseCommand } from '../cli/base-command.js';
import type { HostsView } from '../core/views.js';

export default class Hosts extends BaseCommand {
  static override summary = 'Print the names of the peers as lines for /etc/hosts, or keep them there';
  static override description =
    'Names come from the configuration here and from the hub; what a peer calls itself does not count. They are made ' +
    'host names: one label, in lower case. DNS is never touched.';
  static override flags = {
    apply: Flags.string({
      helpValue: '<file>',
      description: 'keep them in this file, between two marks; all else in it stays as it is',
    }),
    remove: Flags.boolean({ dependsOn: ['apply'], description: 'take them out of that file again' }),
  };
  static override examples = [
    { description: 'What would be written', command: '<%= config.bin %> hosts' },
    { description: 'Write it', command: '<%= config.bin %> hosts --apply /etc/hosts' },
    { description: 'Take it out again', command: '<%= config.bin %> hosts --apply /etc/hosts --remove' },
  ];

  override async run(): Promise<HostsView> {
    const { flags } = await this.parse(Hosts);
    const { block, ...found } = flags.remove
      ? await this.#nothing(flags.interface)
      : await this.#names(flags.interface);
    const applied = flags.apply === undefined ? {} : await apply(flags.apply, found.interface, block);
    const result = { ...found, ...applied };
    const view = await this.view(() => import('../cli/render/hosts.js'));
    if (view !== undefined) {
      this.print(flags.apply === undefined ? (block ?? '').trimEnd() : view.render.renderApplied(result));
      const leftOut = view.render.renderLeftOut(result, view.screen);
      if (leftOut !== '') this.note(leftOut);
    }
    return result;
  }

  async #names(given: string | undefined): Promise<HostsView & { readonly block: string | undefined }> {
    const { hostsOf } = await import('../cli/hosts/entries.js');
    const { blockOf } = await import('../cli/hosts/block.js');
    return this.withAgent(given, async (agent) => {
      const { peers } = await agent.call('peers', {});
      const { facts } = await agent.call('facts', { rejected: false, attribute: 'allowed-ip' });
      const found = hostsOf(peers, facts, hostname());
      return { interface: agent.interfaceName, ...found, block: blockOf(agent.interfaceName, found.hosts) };
    });
  }

  /** To take them out no agent is needed, unless to know the interface. */
  async #nothing(given: string | undefined): Promise<HostsView & { readonly block: string | undefined }> {
    const name = given === undefined ? (await this.askIfAny(given))?.interface : interfaceName(given);
    if (name === undefined)
      throw usage('Of which interface?', 'Name it: wirelink hosts --apply FILE --remove --interface wg0');
    return { interface: name, hosts: [], leftOut: [], block: undefined };
  }
}

async function apply(
  file: string,
  name: string,
  block: string | undefined,
): Promise<Pick<HostsView, 'file' | 'changed'>> {
  const { readText, replaceFile } = await import('../agent/replace-file.js');
  const { withBlock } = await import('../cli/hosts/block.js');
  const text = readText(file) ?? '';
  const changed = withBlock(text, name, block);
  if (changed !== text) replaceFile(file, changed);
  return { file, changed: changed !== text };
}
