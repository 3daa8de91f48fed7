/**
 * What all commands have in common: `--interface`, `--json`, one connection to the agent, one way to print and one way
 * to fail. A command's `run` returns its result; with `--json` that is printed, else the text the command made of it.
 */
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import type { ControlApi, ControlError } from '../core/control-api.js';
import { interfaceName } from './arguments.js';
import type { AgentClient } from './client.js';
import { quietOnClosedPipe } from './pipes.js';
import { UserError } from '../core/errors.js';
import { printableLines, toJson } from '../core/text.js';
import type { Screen } from './render/screen.js';
import { describeError } from './report.js';
import { openAgent } from './sockets.js';

const jsonFlag = Flags.boolean({ description: 'print one JSON document instead of text', helpGroup: 'GLOBAL' });

const interfaceFlag = Flags.string({
  char: 'i',
  description: 'the WireGuard interface; needless when one agent runs',
  helpValue: '<name>',
  helpGroup: 'GLOBAL',
});

/** What writes text for people, and the screen to write it for. */
export interface View<Renderer> {
  readonly render: Renderer;
  readonly screen: Screen;
}

export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  static override flags = {};
  static override baseFlags = { interface: interfaceFlag, json: jsonFlag };
  #printed = false;
  /** How a document is written: indented, unless there are several, a line each. */
  protected toText: (value: object) => string = toJson;

  /** The whole life of the command. Never rejects; the exit status is in `process.exitCode`. */
  async execute(): Promise<void> {
    await this._run();
  }

  /** Runs the work on a connection to the agent, which is closed afterwards. */
  protected async withAgent<Result>(
    name: string | undefined,
    work: (agent: AgentClient) => Promise<Result>,
  ): Promise<Result> {
    quietOnClosedPipe();
    const agent = await openAgent(name === undefined ? undefined : interfaceName(name));
    try {
      return await work(agent);
    } finally {
      agent.close();
    }
  }

  /** What the agent knows of itself and its peers, and of which interface it is; `undefined` where none runs. */
  protected async askIfAny(
    name: string | undefined,
  ): Promise<({ readonly interface: string } & ControlApi['peers']['result']) | undefined> {
    try {
      return await this.withAgent(name, async (agent) => ({
        interface: agent.interfaceName,
        ...(await agent.call('peers', {})),
      }));
    } catch (error) {
      if (error instanceof UserError && error.code === 'no-agent') return undefined;
      throw error;
    }
  }

  /**
   * Nothing when a JSON document is asked for. Loaded only when it is not: colours and tables take as long to start as
   * all the rest.
   */
  protected async view<Renderer>(load: () => Promise<Renderer>): Promise<View<Renderer> | undefined> {
    if (this.jsonEnabled()) return undefined;
    const [render, { screen }] = await Promise.all([load(), import('./render/screen.js')]);
    return { render, screen: screen() };
  }

  protected print(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  /** What a person should know and a program that reads stdout should not get. */
  protected note(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** The one document of this command. An error that comes after it goes to stderr, for it would be a second. */
  override logJson(value: unknown): void {
    this.#printed = true;
    process.stdout.write(`${toJson(value)}\n`);
  }

  protected override toErrorJson(error: unknown): { readonly error: ControlError } {
    const { code, message, help } = describeError(error, this.id);
    return { error: { code, message, help } };
  }

  /** The same status with and without `--json`, and nothing left for oclif to print. */
  protected override catch(error: unknown): Promise<void> {
    reportError(error, { json: this.jsonEnabled() && !this.#printed, command: this.id, toText: this.toText });
    return Promise.resolve();
  }
}

interface ErrorOutput {
  readonly json: boolean;
  readonly command: string | undefined;
  /** How the document is written; indented unless told otherwise. */
  readonly toText?: (value: object) => string;
}

/** Prints the error, to stdout as JSON or to stderr for people, and sets the exit status. */
export function reportError(error: unknown, { json, command, toText = toJson }: ErrorOutput): void {
  const { code, message, help, exit, stack } = describeError(error, command);
  process.exitCode = exit;
  if (json) {
    process.stdout.write(`${toText({ error: { code, message, help } })}\n`);
    return;
  }
  const lines = [`wirelink: ${message}`, help, stack ?? ''].filter((line) => line !== '');
  process.stderr.write(`${lines.map(printableLines).join('\n')}\n`);
}
