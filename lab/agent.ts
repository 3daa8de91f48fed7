/**
 * A wirelink agent on a member of the star, run from the built executable as a user runs it. Its log is kept for whoever
 * has to explain a failure; nothing else of it is looked into.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ControlApi } from '../src/core/control-api.js';
import type { PeerView } from '../src/core/views.js';
import type { Program } from './machine.js';
import type { Member } from './star.js';
import { INTERFACE } from './wireguard.js';

const EXECUTABLE = fileURLToPath(new URL('../bin/wirelink.js', import.meta.url));

/** Reading a device and opening a socket take a fraction of this, also on an emulated machine. */
const READY_TIMEOUT_MS = 20_000;
/** A goodbye may take 300 ms, and putting the interface back as long again. */
const STOP_TIMEOUT_MS = 10_000;

/** A command's end. `json` is what it printed on standard output, when that was JSON. */
export interface CommandOutcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Agent {
  readonly member: Member;
  /** What it printed, both streams, in order. */
  readonly log: string[] = [];
  /** When it said that it is ready, in milliseconds of `performance.now()`. */
  readyAt = Number.NaN;
  readonly #program: Program;
  readonly #ended: Promise<number | null>;

  private constructor(member: Member, program: Program) {
    this.member = member;
    this.#program = program;
    this.#ended = once(program, 'close').then(([exitCode]) => exitCode as number | null);
    createInterface({ input: program.stderr }).on('line', (line) => this.log.push(line));
  }

  /** Starts it without waiting for anything. */
  static launch(member: Member, args: readonly string[] = []): Agent {
    return new Agent(member, member.machine.spawn(process.execPath, [EXECUTABLE, 'up', INTERFACE, ...args]));
  }

  /** Starts it and waits until it says that it is ready; throws with its log when it ends instead. */
  static async start(member: Member, args: readonly string[] = []): Promise<Agent> {
    const agent = Agent.launch(member, args);
    await agent.#ready();
    return agent;
  }

  get pid(): number {
    return this.#program.pid ?? Number.NaN;
  }

  /** Asks it to end, as a user or systemd does, and waits; gives its exit status. */
  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<number | null> {
    this.#program.kill(signal);
    return this.ended(STOP_TIMEOUT_MS);
  }

  /** Takes it away without a chance to clean up. Only the agent: what it started lives on. */
  async kill(): Promise<void> {
    this.#program.kill('SIGKILL');
    await this.ended(STOP_TIMEOUT_MS);
  }

  /** Its exit status, `null` after a signal; throws when it is still there at the end of the time. */
  async ended(timeoutMs: number): Promise<number | null> {
    const late = new AbortController();
    const timeout = sleep(timeoutMs, undefined, { signal: late.signal }).then(() => {
      throw new Error(`The agent on ${this.member.name} did not end in ${timeoutMs} ms.\n${this.story()}`);
    });
    const exitCode = await Promise.race([this.#ended, timeout]);
    late.abort();
    return exitCode;
  }

  /** Its log, for a failure's message. */
  story(): string {
    return this.log.map((line) => `  ${this.member.name}: ${line}`).join('\n');
  }

  async #ready(): Promise<void> {
    const timer = setTimeout(() => this.#program.kill('SIGKILL'), READY_TIMEOUT_MS);
    const lines = createInterface({ input: this.#program.stdout });
    for await (const line of lines) {
      this.log.push(line);
      if (!line.includes('ready')) continue;
      this.readyAt = performance.now();
      clearTimeout(timer);
      lines.on('line', (later) => this.log.push(later));
      this.#program.stdout.resume();
      return;
    }
    throw new Error(`The agent on ${this.member.name} ended before it was ready.\n${this.story()}`);
  }
}

/** Runs a wirelink command on a member's machine. */
export function command(member: Member, args: readonly string[]): Promise<CommandOutcome> {
  return member.machine.attempt(process.execPath, [EXECUTABLE, ...args]);
}

/** `wirelink peers --json` on the member's machine. */
export async function peersOf(member: Member): Promise<ControlApi['peers']['result']> {
  const { exitCode, stdout, stderr } = await command(member, ['peers', '--json']);
  if (exitCode !== 0) throw new Error(`wirelink peers on ${member.name} ended with ${exitCode}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as ControlApi['peers']['result'];
}

/** How the agent on one member sees another; `undefined` while it knows nothing of it. */
export async function viewOf(from: Member, of: Member): Promise<PeerView | undefined> {
  return (await peersOf(from)).peers.find((peer) => peer.publicKey === of.key);
}
