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
import { monotonic } from './clock.js';
import type { Outcome, Program } from './machine.js';
import { patient } from './patience.js';
import type { Member } from './star.js';
import { INTERFACE } from './wireguard.js';

/** What is started as `wirelink`. */
export const EXECUTABLE = fileURLToPath(new URL('../bin/wirelink.js', import.meta.url));

/** Reading a device and opening a socket take a fraction of this, also on an emulated machine. */
const READY_TIMEOUT_MS = 20_000;
/** A goodbye may take 300 ms, and putting the interface back as long again. */
const STOP_TIMEOUT_MS = 10_000;
/** From a pipe that only the dead program held, everything arrives at once. */
const LAST_WORDS_MS = 200;

/** What it printed, and when that arrived here: milliseconds of clock.ts. */
export interface LogLine {
  readonly at: number;
  readonly text: string;
}

export interface AgentOptions {
  /** After `up wg0`. */
  readonly args?: readonly string[];
  /** Another one than that of the clone. */
  readonly executable?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export class Agent {
  readonly member: Member;
  /** Both streams. */
  readonly log: LogLine[] = [];
  /** When it said that it is ready, in milliseconds of clock.ts. */
  readyAt = Number.NaN;
  readonly #program: Program;
  readonly #ready: Promise<void>;
  readonly #ended: Promise<number | null>;

  private constructor(member: Member, program: Program) {
    this.member = member;
    this.#program = program;
    this.#ended = endOf(program);
    createInterface({ input: program.stderr }).on('line', (text) => this.log.push({ at: monotonic(), text }));
    this.#ready = new Promise((resolve) => {
      createInterface({ input: program.stdout }).on('line', (text) => {
        const at = monotonic();
        this.log.push({ at, text });
        if (!text.includes('ready')) return;
        this.readyAt = at;
        resolve();
      });
    });
  }

  /** Starts it without waiting for anything. */
  static launch(member: Member, { args = [], environment = {}, executable = EXECUTABLE }: AgentOptions = {}): Agent {
    return new Agent(
      member,
      member.machine.spawn(process.execPath, [executable, 'up', INTERFACE, ...args], environment),
    );
  }

  /** Starts it and waits until it says that it is ready; throws with its log when it ends instead. */
  static async start(member: Member, options: AgentOptions = {}): Promise<Agent> {
    const agent = Agent.launch(member, options);
    const early = agent.#ended.then(() => {
      throw new Error(`The agent on ${member.name} ended before it was ready.\n${agent.story()}`);
    });
    await within(READY_TIMEOUT_MS, Promise.race([agent.#ready, early]), () => `${member.name} ready\n${agent.story()}`);
    return agent;
  }

  get pid(): number {
    return this.#program.pid ?? Number.NaN;
  }

  get dead(): boolean {
    return this.#program.exitCode !== null || this.#program.signalCode !== null;
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

  /** Takes it away together with the guardian that would clean up after it: what it did to the interface stays there. */
  async killWithGuardian(): Promise<void> {
    const { stdout } = await this.member.machine.attempt('pgrep', ['--parent', String(this.pid)]);
    for (const child of stdout.trim().split('\n')) if (child !== '') process.kill(Number(child), 'SIGKILL');
    await this.kill();
  }

  /** Its machine goes to sleep and wakes up, as far as the agent can tell. */
  sleep(): void {
    this.#program.kill('SIGSTOP');
  }

  wakeUp(): void {
    this.#program.kill('SIGCONT');
  }

  /** Its exit status, `null` after a signal; throws when it is still there at the end of the time. */
  async ended(timeoutMs: number): Promise<number | null> {
    return within(timeoutMs, this.#ended, () => `the end of the agent on ${this.member.name}\n${this.story()}`);
  }

  /** Its log, for a failure's message. */
  story(): string {
    return this.log.map(({ text }) => `  ${this.member.name}: ${text}`).join('\n');
  }
}

/** A program's exit status, once its last words are here too, unless a guardian keeps the pipe open. */
async function endOf(program: Program): Promise<number | null> {
  const closed = once(program, 'close');
  const [exitCode] = (await once(program, 'exit')) as [number | null];
  await Promise.race([closed, sleep(patient(LAST_WORDS_MS))]);
  return exitCode;
}

async function within<Result>(timeoutMs: number, work: Promise<Result>, what: () => string): Promise<Result> {
  const over = new AbortController();
  const late = sleep(patient(timeoutMs), undefined, { signal: over.signal }).then(() => {
    throw new Error(`Waited ${patient(timeoutMs)} ms in vain for ${what()}`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

/** Runs a wirelink command on a member's machine. */
export function command(member: Member, args: readonly string[]): Promise<Outcome> {
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
