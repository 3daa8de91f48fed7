/** Virtual time: runs what is due, in order of time, and of entry for equal times. Milliseconds from 0, with fractions. */

interface Entry {
  readonly at: number;
  readonly sequence: number;
  readonly run: () => void;
}

export class Scheduler {
  #now = 0;
  #sequence = 0;
  readonly #heap: Entry[] = [];

  get now(): number {
    return this.#now;
  }

  /** When the next entry is due; `undefined` when nothing is left to happen. */
  get nextAt(): number | undefined {
    return this.#heap[0]?.at;
  }

  /** Runs `run` at that time, or now when it has passed. */
  at(time: number, run: () => void): void {
    this.#push({ at: Math.max(time, this.#now), sequence: this.#sequence++, run });
  }

  after(delay: number, run: () => void): void {
    this.at(this.#now + delay, run);
  }

  /** Runs the next entry, if it is due no later than `limit`. */
  step(limit: number): boolean {
    const next = this.#heap[0];
    if (next === undefined || next.at > limit) return false;
    this.#pop();
    this.#now = next.at;
    next.run();
    return true;
  }

  /** Lets time pass up to `time`, running what is due. */
  runUntil(time: number): void {
    while (this.step(time));
    this.#now = Math.max(this.#now, time);
  }

  #push(entry: Entry): void {
    let at = this.#heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || before(parent, entry)) break;
      this.#heap[at] = parent;
      at = above;
    }
    this.#heap[at] = entry;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = this.#heap[left + 1];
      let child = this.#heap[left];
      let below = left;
      if (child === undefined) break;
      if (right !== undefined && before(right, child)) {
        child = right;
        below = left + 1;
      }
      if (before(last, child)) break;
      this.#heap[at] = child;
      at = below;
    }
    this.#heap[at] = last;
  }
}

const before = (left: Entry, right: Entry): boolean =>
  left.at < right.at || (left.at === right.at && left.sequence < right.sequence);

/**
 * A timer that is armed again at almost every packet. Moving it later costs nothing: the entry already queued looks,
 * when it comes up, whether the timer was moved meanwhile.
 */
export class Timer {
  #due: number | undefined;
  #queuedAt = Infinity;
  #generation = 0;
  readonly #scheduler: Scheduler;
  readonly #fire: () => void;

  constructor(scheduler: Scheduler, fire: () => void) {
    this.#scheduler = scheduler;
    this.#fire = fire;
  }

  get armed(): boolean {
    return this.#due !== undefined;
  }

  /** Fires at that time; an earlier arming is forgotten. */
  arm(at: number): void {
    this.#due = at;
    if (at < this.#queuedAt) this.#queue(at);
  }

  cancel(): void {
    this.#due = undefined;
  }

  #queue(at: number): void {
    const generation = ++this.#generation;
    this.#queuedAt = at;
    this.#scheduler.at(at, () => {
      if (generation !== this.#generation) return;
      this.#queuedAt = Infinity;
      if (this.#due === undefined) return;
      if (this.#due > this.#scheduler.now) {
        this.#queue(this.#due);
        return;
      }
      this.#due = undefined;
      this.#fire();
    });
  }
}
