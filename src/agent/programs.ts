/**
 * Runs `wg`, `ip`, `nft` and `qrencode` and waits for them. Decides how their failures look; what a complaint means is left to the caller.
 * Their output may hold keys: it is handed to the caller once and never becomes part of an error.
 */
import { execFile } from 'node:child_process';
import { UserError } from '../core/errors.js';

const PACKAGES = { wg: 'wireguard-tools', ip: 'iproute2', nft: 'nftables', qrencode: 'qrencode' } as const;

type Tool = keyof typeof PACKAGES;

/** They all answer in milliseconds; one that takes this long hangs in the kernel, and waiting on would hang us too. */
const TIMEOUT_MS = 5000;

/** A device of ten thousand peers with forty prefixes each still fits. */
const MAX_OUTPUT = 32 * 1024 * 1024;

/** The tool ran and ended with an error. */
export class ToolFailure extends Error {
  /** The first line of what it wrote to stderr, without control characters. */
  readonly complaint: string;

  constructor(tool: Tool, complaint: string) {
    super(`${tool}: ${complaint}`);
    this.name = 'ToolFailure';
    this.complaint = complaint;
  }
}

export interface RunOptions {
  /** For its stdin; nothing without it. */
  readonly input?: string;
  /** Take what it wrote to stdout also when it ends with an error: of several commands some may have succeeded. */
  readonly partly?: boolean;
}

/** What the tool wrote to stdout. Throws `ToolFailure`, or `UserError('tool-missing')`. */
export function run(
  tool: Tool,
  args: readonly string[],
  { input = '', partly = false }: RunOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT, env: { ...process.env, LC_ALL: 'C' } };
    const program = execFile(tool, args, options, (error, stdout, stderr) => {
      if (error === null || (partly && typeof error.code === 'number')) resolve(stdout);
      else if (error.code === 'ENOENT') reject(new UserError('tool-missing', { tool, package: PACKAGES[tool] }));
      else if (error.killed === true) reject(new ToolFailure(tool, `no answer within ${TIMEOUT_MS / 1000} s`));
      else reject(new ToolFailure(tool, firstLine(stderr) ?? `exit status ${error.code ?? 'unknown'}`));
    });
    // It may end before it has read everything, and not be there at all.
    program.stdin?.on('error', () => undefined);
    program.stdin?.end(input);
  });
}

function firstLine(text: string): string | undefined {
  const line = text.split('\n').find((candidate) => candidate.trim() !== '');
  return line?.replaceAll(/\p{Cc}/gu, ' ').trim();
}
