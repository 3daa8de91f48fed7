/**
 * One machine of the laboratory: a network namespace and a mount namespace with a /run of its own, held by one small
 * process. Programs enter through `nsenter`, which costs about two milliseconds.
 *
 * The namespaces have no name, so nothing can be left behind: the holder waits on a pipe from this process, and when
 * the pipe closes (because the machine is closed, or because this process ended in whatever way) it ends everything
 * that still runs in its network namespace, and the kernel takes the namespaces back.
 */
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { patient } from './patience.js';

/** `bridge`-less and name-less: what the holder runs. Its process id is the one namespaces are entered by. */
const HOLDER = `
mount -t tmpfs -o mode=755 tmpfs /run && mkdir /run/lock || exit 1
mount -t sysfs sysfs /sys 2>/dev/null
ip link set lo up || exit 1
echo ready
cat >/dev/null
space=$(readlink /proc/$$/ns/net | sed 's/[][]/\\\\&/g')
for round in 1 2 3; do
  found=$(find /proc/[0-9]*/ns/net -lname "$space" 2>/dev/null | cut -d / -f 3)
  for process in $found; do [ "$process" = $$ ] || kill -9 "$process" 2>/dev/null; done
done
`;

/** A command that fails says so within this time, or hangs; the slowest thing we run waits a second for a ping. */
const COMMAND_TIMEOUT_MS = 20_000;

/** What programs in the laboratory see of our environment: nothing that this process happens to have set. */
const ENVIRONMENT = {
  PATH: [process.env['PATH'], '/usr/sbin', '/sbin'].join(':'),
  HOME: process.env['HOME'] ?? '/',
  LANG: 'C.UTF-8',
};

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Written to the program's standard input. */
  readonly input?: string;
}

/** A program that keeps running in a machine. Its `pid` is the program's own: `nsenter` becomes it. */
export type Program = ChildProcessByStdio<Writable, Readable, Readable>;

export class Machine {
  readonly name: string;
  readonly pid: number;
  readonly #holder: ChildProcessByStdio<Writable, Readable, null>;

  private constructor(name: string, holder: ChildProcessByStdio<Writable, Readable, null>, pid: number) {
    this.name = name;
    this.pid = pid;
    this.#holder = holder;
  }

  /** Throws when this process may not make namespaces. */
  static async start(name: string): Promise<Machine> {
    const holder = spawn('unshare', ['--net', '--mount', '--propagation', 'private', 'sh', '-c', HOLDER], {
      // Of its own session: Ctrl-C at a terminal is for us, and we clean up.
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: ENVIRONMENT,
    });
    for await (const line of createInterface({ input: holder.stdout })) {
      if (line === 'ready' && holder.pid !== undefined) return new Machine(name, holder, holder.pid);
    }
    throw new Error(`The lab could not make the namespaces of ${name}.`);
  }

  /** Runs a program to its end and gives its standard output; throws with its standard error when it fails. */
  async run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.attempt(command, args, options);
    if (exitCode === 0) return stdout;
    const said = [stderr, stdout].join('\n').trim();
    throw new Error(`${this.name}: ${[command, ...args].join(' ')} ended with ${exitCode ?? 'a signal'}: ${said}`);
  }

  /** As `run`, for programs whose failure is an answer. */
  async attempt(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const program = this.spawn(command, args);
    const timer = setTimeout(() => program.kill('SIGKILL'), patient(COMMAND_TIMEOUT_MS));
    const output = { stdout: '', stderr: '' };
    program.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    program.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    // A program that does not read its input may be gone before we wrote it.
    program.stdin.on('error', () => undefined).end(options.input ?? '');
    const [exitCode] = (await once(program, 'close')) as [number | null];
    clearTimeout(timer);
    return { exitCode, ...output };
  }

  /** Starts a program that keeps running; it is ended with the machine at the latest. */
  spawn(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Program {
    return spawn('nsenter', ['--target', String(this.pid), '--net', '--mount', '--', command, ...args], {
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...ENVIRONMENT, ...environment },
    });
  }

  /** Several `ip` commands in one go, each a line without the leading `ip`. */
  async ip(...commands: readonly string[]): Promise<void> {
    await this.run('ip', ['-batch', '-'], { input: `${commands.join('\n')}\n` });
  }

  /** Loads an nftables script, all of it or nothing. */
  async nft(script: string): Promise<void> {
    await this.run('nft', ['-f', '-'], { input: script });
  }

  /** Kernel settings as `net.ipv4.ip_forward=1`. */
  async sysctl(...settings: readonly string[]): Promise<void> {
    await this.run('sysctl', ['-qw', ...settings]);
  }

  /** Where this process finds a file of the machine. */
  path(absolute: string): string {
    return `/proc/${this.pid}/root${absolute}`;
  }

  /** Everything that runs in the machine stands still, as in a machine that sleeps; its kernel does not. */
  async freeze(): Promise<void> {
    for (const program of await this.#programs()) process.kill(program, 'SIGSTOP');
  }

  /** Everything in it goes on. */
  async thaw(): Promise<void> {
    for (const program of await this.#programs()) process.kill(program, 'SIGCONT');
  }

  /** Process ids of all that is in the machine's network but the holder, and what it waits with for our end. */
  async #programs(): Promise<number[]> {
    const space = await readlink(`/proc/${this.pid}/ns/net`);
    const ofHolder = (await readFile(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8')).split(' ').map(Number);
    const all = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
    const others = all.filter((pid) => pid !== this.pid && !ofHolder.includes(pid));
    // What ends meanwhile is in no machine any more.
    const spaces = await Promise.all(others.map((pid) => readlink(`/proc/${pid}/ns/net`).catch(() => '')));
    return others.filter((_, at) => spaces[at] === space);
  }

  /** Ends everything that runs in the machine, and the machine. */
  async close(): Promise<void> {
    if (this.#holder.exitCode !== null || this.#holder.signalCode !== null) return;
    const ended = once(this.#holder, 'exit');
    this.#holder.stdin.end();
    await ended;
  }
}
