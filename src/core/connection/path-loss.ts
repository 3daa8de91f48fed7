/** How often pings on a path go unanswered, and from that, how many in a row mean that it is dead. */
import { MISSES_TO_LOSE, MISSES_TO_LOSE_MAX, MISTAKEN_FULL_ONE_IN, MISTAKEN_ONE_IN } from '../limits.js';

/** Before anything is known: one in four, said with the weight of so many pings. */
const ASSUMED_LOSS = 0.25;
const ASSUMED_PINGS = 4;
/** What a ping weighs after the next one. A hundred pings count, which is a minute of traffic. */
const KEPT = 0.99;

export class PathLoss {
  #pings = ASSUMED_PINGS;
  #missed = ASSUMED_PINGS * ASSUMED_LOSS;
  /** The logarithm of how rare a miss is, as long as no ping changes it: rows are asked for with every event. */
  #rarity: number | undefined;

  /** A pong came, for the ping after so many that have none. Those of a row that ends in a verdict say nothing of loss. */
  answered(missedBefore: number): void {
    for (let missed = 0; missed < missedBefore; missed++) this.#note(1);
    this.#note(0);
  }

  /** So many small pings that by chance alone the row would come about once in ten million; within bounds. */
  get missesToLose(): number {
    return this.#row(MISTAKEN_ONE_IN);
  }

  /** The same for pings of full size. Nothing else speaks for them while they go unanswered, so chance gets less of a chance. */
  get fullMissesToLose(): number {
    return this.#row(MISTAKEN_FULL_ONE_IN);
  }

  #note(missed: 0 | 1): void {
    this.#pings = this.#pings * KEPT + 1;
    this.#missed = this.#missed * KEPT + missed;
    this.#rarity = undefined;
  }

  #row(mistakenOneIn: number): number {
    this.#rarity ??= Math.log(this.#pings / this.#missed);
    const row = Math.round(Math.log(mistakenOneIn) / this.#rarity);
    return Math.min(MISSES_TO_LOSE_MAX, Math.max(MISSES_TO_LOSE, row));
  }
}
