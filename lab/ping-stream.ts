/** A ping that keeps running, and what it sees change. */
import { createInterface } from 'node:readline';
import type { Program } from './machine.js';
import { echoIn, pathFrom, type Echo, type SeenPath } from './observe.js';
import type { Member } from './star.js';

/** Ten a second: quick enough to date a change, slow enough to leave a round trip of 100 ms its time. */
const INTERVAL_S = 0.1;

export interface Sighting {
  readonly path: SeenPath;
  readonly echo: Echo | undefined;
}

export class PingStream {
  /** What became of the latest request. */
  latest: Sighting = { path: 'none', echo: undefined };
  /** Requests that had no answer when the next one left. */
  unanswered = 0;
  readonly #program: Program;

  constructor(from: Member, to: Member) {
    // -O also tells of requests that had no answer in time.
    this.#program = from.machine.spawn('ping', ['-n', '-O', '-i', String(INTERVAL_S), to.address]);
    createInterface({ input: this.#program.stdout }).on('line', (line) => {
      this.#read(line);
    });
  }

  stop(): void {
    this.#program.kill('SIGTERM');
  }

  #read(line: string): void {
    const echo = echoIn(line);
    if (echo !== undefined) this.latest = { path: pathFrom(echo), echo };
    else if (line.startsWith('no answer yet')) {
      this.unanswered++;
      this.latest = { path: 'none', echo: undefined };
    }
  }
}
