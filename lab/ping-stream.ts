/** A ping that keeps running, and what it sees. */
import { createInterface } from 'node:readline';
import type { Program } from './machine.js';
import { echoIn, pathFrom, type Echo, type SeenPath } from './observe.js';
import type { Member } from './star.js';

/** Ten a second: quick enough to date a change. */
const INTERVAL_S = 0.1;
/** No answer for so long, a few requests' and longer than any path takes, and the path counts as lost. */
const SILENCE_MS = 500;

export interface Sighting {
  readonly path: SeenPath;
  readonly echo: Echo | undefined;
}

export class PingStream {
  readonly #program: Program;
  #echo: Echo | undefined;
  #at = -Infinity;
  #answers = 0;
  #lastSequence = 0;

  constructor(from: Member, to: Member) {
    this.#program = from.machine.spawn('ping', ['-n', '-i', String(INTERVAL_S), to.address]);
    createInterface({ input: this.#program.stdout }).on('line', (line) => {
      this.#read(line);
    });
  }

  /** What the latest answer shows, unless that is too long ago. */
  get latest(): Sighting {
    const echo = performance.now() - this.#at < SILENCE_MS ? this.#echo : undefined;
    return { path: pathFrom(echo), echo };
  }

  /** Requests that were answered. */
  get answers(): number {
    return this.#answers;
  }

  /** Requests before the latest answered one that had no answer. */
  get lost(): number {
    return this.#lastSequence - this.#answers;
  }

  stop(): void {
    this.#program.kill('SIGTERM');
  }

  #read(line: string): void {
    const echo = echoIn(line);
    if (echo === undefined) return;
    this.#echo = echo;
    this.#at = performance.now();
    this.#answers++;
    this.#lastSequence = Math.max(this.#lastSequence, Number(/icmp_seq=(\d+)/.exec(line)?.[1]));
  }
}
