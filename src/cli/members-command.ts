/**
 * What `invite` and `remove` have in common: they work on the interface and its files themselves, need no agent for that,
 * and where one runs have it look at what they did.
 */
import { resolve } from 'node:path';
import type { ControlApi, ReloadResult } from '../core/control-api.js';
import { UserError } from '../core/errors.js';
import { interfaceName, usage } from './arguments.js';
import { BaseCommand } from './base-command.js';
import { AgentError } from './client.js';

/** An interface, and what its agent knows where one runs. */
export interface AskedHub {
  readonly interface: string;
  readonly agent: ControlApi['peers']['result'] | undefined;
}

export abstract class MembersCommand extends BaseCommand {
  /**
   * The interface that `--interface` names, else that of the only agent, else what `onlyInterface` finds. `command` is the
   * command line so far, for the error when nobody can tell.
   */
  protected async hub(
    flag: string | undefined,
    onlyInterface: () => Promise<string | undefined>,
    command: string,
  ): Promise<AskedHub> {
    const given = flag === undefined ? undefined : interfaceName(flag);
    const agent = await this.askIfAny(given);
    const name = given ?? agent?.interface ?? (await onlyInterface());
    if (name === undefined) throw usage('Which interface?', `Name it: ${command} --interface wg0`);
    return { interface: name, agent };
  }

  /**
   * Has the agent read its configuration and the interface again. Answers why the former does not hold now, or does not
   * have what was written into `file`; nothing when all is well, and when no agent runs. Does not fail: what the command is
   * for is done.
   */
  protected async tellAgent(hub: AskedHub, file?: string): Promise<{ readonly unread?: string }> {
    if (hub.agent === undefined) return {};
    try {
      const reread = await this.withAgent(hub.interface, (agent) => agent.call('reload', {}));
      return whyUnread(reread, file);
    } catch (error) {
      if (!(error instanceof UserError) && !(error instanceof AgentError)) throw error;
      return error.code === 'no-agent' ? {} : { unread: error.message };
    }
  }
}

function whyUnread({ file: agents, outcome, message }: ReloadResult, file?: string): { readonly unread?: string } {
  if (file !== undefined && resolve(file) !== agents) return { unread: `its file is ${agents}, not ${file}` };
  return outcome === 'refused' ? { unread: message } : {};
}
