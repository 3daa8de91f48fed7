/** Traffic that flows both ways between two members, and when it arrives: what is meant by a path that works. */
import { patient } from './patience.js';
import type { Member } from './star.js';
import { Stream, type StreamOptions, type StreamReport } from './udp.js';

export class Flow {
  readonly #streams: readonly [Stream, Stream];

  private constructor(streams: readonly [Stream, Stream]) {
    this.#streams = streams;
  }

  static async start(one: Member, other: Member, options: StreamOptions): Promise<Flow> {
    return new Flow(await Promise.all([Stream.start(one, other, options), Stream.start(other, one, options)]));
  }

  /**
   * When, in milliseconds of clock.ts, both directions had brought a datagram that was sent at or after that moment.
   * Throws when one of them has not for that long.
   */
  async arrivedAt(sentAfter: number, timeoutMs: number): Promise<number> {
    const arrivals = await Promise.all(this.#streams.map((stream) => stream.arrivedAt(sentAfter, timeoutMs)));
    return Math.max(
      ...arrivals.map((at, direction) => {
        if (at !== undefined) return at;
        throw new Error(`for ${patient(timeoutMs) / 1000} s nothing arrived ${direction === 0 ? 'there' : 'back'}`);
      }),
    );
  }

  /** Ends both and counts, there and back. */
  stop(): Promise<readonly [StreamReport, StreamReport]> {
    const [there, back] = this.#streams;
    return Promise.all([there.stop(), back.stop()]);
  }

  /** Ends both without counting. */
  close(): void {
    for (const stream of this.#streams) stream.close();
  }
}
