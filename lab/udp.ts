/** UDP between machines, counted from outside: single datagrams for proving NATs, paced streams for counting losses. */
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Machine, Program } from './machine.js';
import { patient } from './patience.js';
import type { Member } from './star.js';

const PROGRAM = fileURLToPath(new URL('udp.mjs', import.meta.url));

/** Longer than any path in the laboratory takes: what has not come by then is lost. */
const STRAGGLERS_MS = 600;

export interface Datagram {
  readonly from: string;
  readonly port: number;
  readonly text: string;
}

/** Number, when it was sent, when it arrived; milliseconds of clock.ts. */
type Arrival = readonly [number: number, sentAt: number, arrivedAt: number];

/** What the program answers to each command that is answered. */
interface Answers {
  readonly done: true;
  readonly sent: number;
  readonly begun: number;
  readonly arrival: Arrival;
  readonly arrivals: readonly Arrival[];
}

type Said = Partial<Datagram> & Partial<Answers>;

export interface StreamOptions {
  readonly perSecond: number;
  /** What each datagram may still pass: 1 never gets through a router, so it arrives on a direct path or not at all. */
  readonly ttl?: number;
}

export class UdpSocket {
  readonly port: number;
  /** Everything that arrived and was not of a stream. */
  readonly received: Datagram[] = [];
  readonly #program: Program;
  readonly #answers = new EventEmitter();

  private constructor(program: Program, port: number) {
    this.#program = program;
    this.port = port;
  }

  /** Bound to all addresses of the machine; to a port of the system's choice when `port` is 0. */
  static async open(machine: Machine, port = 0): Promise<UdpSocket> {
    const program = machine.spawn(process.execPath, [PROGRAM, String(port)]);
    const lines = createInterface({ input: program.stdout });
    const [first] = (await once(lines, 'line')) as [string];
    const socket = new UdpSocket(program, (JSON.parse(first) as { port: number }).port);
    lines.on('line', (line) => {
      socket.#hear(JSON.parse(line) as Said);
    });
    return socket;
  }

  /** Resolves when the system has taken it: whatever is sent afterwards, from wherever, leaves later. */
  async send(to: string, port: number, text: string): Promise<void> {
    await this.#ask({ send: { to, port, text } }, 'done');
  }

  startStream(to: string, port: number, options: StreamOptions): void {
    this.#say({ stream: { to, port, ...options } });
  }

  /** Ends the stream; how many datagrams it had, and when the first was due. */
  async haltStream(): Promise<{ readonly sent: number; readonly begun: number }> {
    const { sent = 0, begun = 0 } = await this.#ask({ halt: true }, 'sent');
    return { sent, begun };
  }

  /** The first datagram of a stream that was sent at or after that moment, as soon as it is here; there may be none ever. */
  async arrivalOf(sentAfter: number): Promise<Arrival | undefined> {
    return (await this.#ask({ await: { sentAfter } }, 'arrival')).arrival;
  }

  async arrivals(): Promise<readonly Arrival[]> {
    return (await this.#ask({ report: true }, 'arrivals')).arrivals ?? [];
  }

  close(): void {
    this.#program.stdin.end();
  }

  #say(command: object): void {
    this.#program.stdin.write(`${JSON.stringify(command)}\n`);
  }

  async #ask(command: object, kind: keyof Answers): Promise<Said> {
    const answer = once(this.#answers, kind) as Promise<[Said]>;
    this.#say(command);
    return (await answer)[0];
  }

  #hear(said: Said): void {
    const { from, port, text } = said;
    if (from !== undefined && port !== undefined && text !== undefined) this.received.push({ from, port, text });
    else for (const kind of Object.keys(said)) this.#answers.emit(kind, said);
  }
}

/** What became of a stream. */
export interface StreamReport {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  /** When each one that never arrived was due to leave, in milliseconds of clock.ts. */
  readonly lostAt: readonly number[];
  /** The longest time, in milliseconds, in which nothing new arrived while the stream ran. */
  readonly longestSilenceMs: number;
}

/** A paced stream of datagrams from one member to another, inside the tunnel. */
export class Stream {
  readonly #sender: UdpSocket;
  readonly #receiver: UdpSocket;
  readonly #options: StreamOptions;

  private constructor(sender: UdpSocket, receiver: UdpSocket, options: StreamOptions) {
    this.#sender = sender;
    this.#receiver = receiver;
    this.#options = options;
  }

  static async start(from: Member, to: Member, options: StreamOptions): Promise<Stream> {
    const [sender, receiver] = await Promise.all([UdpSocket.open(from.machine), UdpSocket.open(to.machine)]);
    sender.startStream(to.address, receiver.port, options);
    return new Stream(sender, receiver, options);
  }

  /** When the first datagram that was sent at or after that moment arrived; waits until one does, `undefined` too late. */
  async arrivedAt(sentAfter: number, timeoutMs: number): Promise<number | undefined> {
    const over = new AbortController();
    const late = sleep(patient(timeoutMs), undefined, { signal: over.signal }).catch(() => undefined);
    const arrival = await Promise.race([this.#receiver.arrivalOf(sentAfter), late]);
    over.abort();
    return arrival?.[2];
  }

  /** Ends it, waits for what is under way, and counts. */
  async stop(): Promise<StreamReport> {
    const { sent, begun } = await this.#sender.haltStream();
    await sleep(patient(STRAGGLERS_MS));
    const arrivals = await this.#receiver.arrivals();
    this.close();
    const received = new Set(arrivals.map(([number]) => number));
    const lost = Array.from({ length: sent }, (_, number) => number).filter((number) => !received.has(number));
    const silences = arrivals.map(([, , at], index) => at - (arrivals[index - 1]?.[2] ?? at));
    return {
      sent,
      received: received.size,
      lost: lost.length,
      lostAt: lost.map((number) => begun + (number * 1000) / this.#options.perSecond),
      longestSilenceMs: Math.round(Math.max(0, ...silences)),
    };
  }

  /** Ends it without waiting or counting. */
  close(): void {
    this.#sender.close();
    this.#receiver.close();
  }
}
