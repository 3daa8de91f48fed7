/** Anything that was thrown, as what a person or a program gets to see of it. The one place that knows oclif's errors. */
import { stripVTControlCharacters } from 'node:util';
import { CLIError } from '@oclif/core/errors';
import { UserError, type ExitStatus } from '../core/errors.js';
import { AgentError } from './client.js';

export interface Report {
  readonly code: string;
  readonly message: string;
  readonly help: string;
  readonly exit: ExitStatus;
  /** Of a bug only. */
  readonly stack?: string;
}

/** `command` is the one whose `--help` explains what a usage error is about. */
export function describeError(error: unknown, command: string | undefined): Report {
  const seeHelp = `See: wirelink ${command === undefined ? '' : `${command} `}--help`;
  if (error instanceof UserError || error instanceof AgentError) {
    const { code, message, exit } = error;
    return { code, message, exit, help: error.help === '' && code === 'usage' ? seeHelp : error.help };
  }
  // All that oclif itself refuses is about the command line.
  if (error instanceof CLIError) return describeError(new UserError('usage', { message: refusal(error) }), command);
  const thrown = error instanceof Error ? error : new Error(String(error));
  const bug = describeError(new UserError('internal', { message: thrown.message }), command);
  return thrown.stack === undefined ? bug : { ...bug, stack: thrown.stack };
}

/** oclif's text on one line, without its colours and its own pointer to the help. */
function refusal(error: CLIError): string {
  if ('args' in error && Array.isArray(error.args) && error.message.startsWith('Missing')) {
    const names = (error.args as readonly { readonly name: string }[]).map(({ name }) => name.toUpperCase());
    return `Missing: ${names.join(', ')}.`;
  }
  const text = stripVTControlCharacters(error.message).replace(/\nSee more help with --help$/, '');
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
