/**
 * Runs `wg`, `ip`, `nft` and `qrencode` and waits for them. Decides how their failures look; what a complaint means is left to the caller.
 * Their output may hold keys: it is handed to the caller once and never becomes part of an error.
 */
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

/** What the tool wrote to stdout; `input` is written to its stdin, for arguments are there for everybody to see. Throws `ToolFailure`, or `UserError('tool-missing')`. */
export async function run(tool: Tool, args: readonly string[], input?: string): Promise<string> {
  // A userspace interface is never asked through a tool, and execa takes 100 ms to import.
  const { execa } = await import('execa');
  const result = await execa(tool, args, {
    reject: false,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    timeout: TIMEOUT_MS,
    maxBuffer: MAX_OUTPUT,
    env: { LC_ALL: 'C' },
  });
  if (!result.failed) return result.stdout;
  if (result.code === 'ENOENT') throw new UserError('tool-missing', { tool, package: PACKAGES[tool] });
  if (result.timedOut) throw new ToolFailure(tool, `no answer within ${TIMEOUT_MS / 1000} s`);
  throw new ToolFailure(tool, firstLine(result.stderr) ?? result.code ?? `exit status ${result.exitCode ?? 'unknown'}`);
}

function firstLine(text: string): string | undefined {
  const line = text.split('\n').find((candidate) => candidate.trim() !== '');
  return line?.replaceAll(/\p{Cc}/gu, ' ').trim();
}
