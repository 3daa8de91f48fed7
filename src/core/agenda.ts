/**
 * Who has something to do at what time: finds those that are due, and the first of all, without asking the rest. A hub has
 * a thousand neighbours, and a datagram of one of them every millisecond.
 */
import type { Instant } from './values/time.js';

/** What was planned anew is cleared away when it makes more than half of the heap, and the heap is larger than this. */
const CLEAR_FROM = 64;

interface Entry<Item> {
  readonly item: Item;
  readonly at: Instant;
}

export class Agenda<Item> {
  /** A heap, the earliest first. What was planned anew stays in it until it comes up, and is passed over then. */
  #heap: Entry<Item>[] = [];
  readonly #planned = new Map<Item, Entry<Item>>();

  /** Makes this its only time; `undefined` for none. */
  plan(item: Item, at: Instant | undefined): void {
    if (at === undefined) this.#planned.delete(item);
    else if (this.#planned.get(item)?.at !== at) {
      const entry = { item, at };
      this.#planned.set(item, entry);
      this.#push(entry);
      this.#clear();
    }
  }

  /** When the first of them is due. */
  first(): Instant | undefined {
    return this.#top()?.at;
  }

  /** Takes out and answers all whose time has come, the earliest first. */
  takeDue(now: Instant): Item[] {
    const due: Item[] = [];
    for (let top = this.#top(); top !== undefined && top.at <= now; top = this.#top()) {
      this.#planned.delete(top.item);
      due.push(top.item);
    }
    return due;
  }

  #top(): Entry<Item> | undefined {
    for (;;) {
      const [top] = this.#heap;
      if (top === undefined || this.#planned.get(top.item) === top) return top;
      this.#pop();
    }
  }

  #clear(): void {
    if (this.#heap.length < CLEAR_FROM || this.#heap.length < 2 * this.#planned.size) return;
    // In order it is a heap already.
    this.#heap = [...this.#planned.values()].sort((left, right) => left.at - right.at);
  }

  #push(entry: Entry<Item>): void {
    let at = this.#heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || parent.at <= entry.at) break;
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
      const [one, other] = [this.#heap[left], this.#heap[left + 1]];
      if (one === undefined) break;
      const [child, below] = other !== undefined && other.at < one.at ? [other, left + 1] : [one, left];
      if (last.at <= child.at) break;
      this.#heap[at] = child;
      at = below;
    }
    this.#heap[at] = last;
  }
}
