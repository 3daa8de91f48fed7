/** UDP between machines, counted from outside: single datagrams for proving NATs, paced streams for counting losses. */
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Machine, Program } from './machine.js';
import type { Member } from './star.js';

const PROGRAM = fileURLToPath(new URL('udp.mjs', import.meta.url));

/** Longer than any path in the laboratory takes: what has not come by then is lost. */
const STRAGGLERS_MS = 600;

export interface Datagram {
  readonly from: string;
  readonly port: number;
  readonly text: string;
}

/** Number, when it was sent, when it arrived; milliseconds of one clock. */
type Arrival = readonly [number: number, sentAt: number, arrivedAt: number];

interface Said extends Partial<Datagram> {
  readonly sent?: number;
  readonly arrivals?: readonly Arrival[];
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
    await this.#ask({ send: { to, port, text } });
  }

  startStream(to: string, port: number, perSecond: number): void {
    this.#say({ stream: { to, port, perSecond } });
  }

  /** Ends the stream; how many datagrams it had. */
  async haltStream(): Promise<number> {
    return (await this.#ask({ halt: true })).sent ?? 0;
  }

  async arrivals(): Promise<readonly Arrival[]> {
    return (await this.#ask({ report: true })).arrivals ?? [];
  }

  close(): void {
    this.#program.stdin.end();
  }

  #say(command: object): void {
    this.#program.stdin.write(`${JSON.stringify(command)}\n`);
  }

  async #ask(command: object): Promise<Said> {
    const answer = once(this.#answers, 'answer') as Promise<[Said]>;
    this.#say(command);
    return (await answer)[0];
  }

  #hear(said: Said): void {
    const { from, port, text } = said;
    if (from === undefined || port === undefined || text === undefined) this.#answers.emit('answer', said);
    else this.received.push({ from, port, text });
  }
}

/** What became of a stream. */
export interface StreamReport {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  /** The longest time, in milliseconds, in which nothing new arrived while the stream ran. */
  readonly longestSilenceMs: number;
}

/** A paced stream of datagrams from one member to another, inside the tunnel. */
export class Stream {
  readonly #sender: UdpSocket;
  readonly #receiver: UdpSocket;

  private constructor(sender: UdpSocket, receiver: UdpSocket) {
    this.#sender = sender;
    this.#receiver = receiver;
  }

  static async start(from: Member, to: Member, perSecond: number): Promise<Stream> {
    const [sender, receiver] = await Promise.all([UdpSocket.open(from.machine), UdpSocket.open(to.machine)]);
    sender.startStream(to.address, receiver.port, perSecond);
    return new Stream(sender, receiver);
  }

  /** Ends it, waits for what is under way, and counts. */
  async stop(): Promise<StreamReport> {
    const sent = await this.#sender.haltStream();
    await sleep(STRAGGLERS_MS);
    const arrivals = await this.#receiver.arrivals();
    this.#sender.close();
    this.#receiver.close();
    const received = new Set(arrivals.map(([number]) => number)).size;
    const silences = arrivals.map(([, , at], index) => at - (arrivals[index - 1]?.[2] ?? at));
    return { sent, received, lost: sent - received, longestSilenceMs: Math.round(Math.max(0, ...silences)) };
  }
}
