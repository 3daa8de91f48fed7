/** Pings that no router lets pass, until one is answered directly, too: cheap enough to watch many paths at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import { monotonic } from './clock.js';
import type { Program } from './machine.js';
import { echoIn, pathFrom } from './observe.js';
import { patient } from './patience.js';
import type { Member } from './star.js';

/** Ten a second: what is seen may have been so for 100 ms and a round trip, and watching costs little. */
const INTERVAL_S = 0.1;

export class DirectPing {
  readonly #program: Program;
  readonly #first: Promise<number>;
  readonly #between: string;

  constructor(from: Member, to: Member) {
    this.#between = `${from.name} and ${to.name}`;
    this.#program = from.machine.spawn('ping', ['-n', '-t', '1', '-i', String(INTERVAL_S), to.address]);
    this.#first = new Promise((resolve) => {
      createInterface({ input: this.#program.stdout }).on('line', (line) => {
        const echo = echoIn(line);
        // The request passed no router; nor did the answer, if nobody lowered its TTL.
        if (echo !== undefined && pathFrom(echo) === 'direct') resolve(monotonic());
      });
    });
  }

  /** When the first answer came, in milliseconds of clock.ts. Throws when there is none for that long. */
  async first(timeoutMs: number): Promise<number> {
    const over = new AbortController();
    const late = sleep(patient(timeoutMs), undefined, { signal: over.signal }).then(() => {
      throw new Error(`for ${patient(timeoutMs) / 1000} s nothing went directly between ${this.#between}`);
    });
    try {
      return await Promise.race([this.#first, late]);
    } finally {
      over.abort();
    }
  }

  stop(): void {
    this.#program.kill('SIGTERM');
  }
}
