/**
 * What happened in a run, in order: the raw material of diagrams, of reports of failures, and of the proof that one seed
 * is one run. Also counts what must never happen (`fault`) and what was lost and why (`drop`).
 */
import type { Scheduler } from './scheduler.js';

export type TraceEntry =
  /** A packet was put on the way from one machine to the next. */
  | { readonly at: number; readonly kind: 'packet'; readonly from: string; readonly to: string; readonly label: string }
  | { readonly at: number; readonly kind: 'drop'; readonly where: string; readonly label: string; readonly why: string }
  /** Something a machine or its agent did. */
  | { readonly at: number; readonly kind: 'note'; readonly where: string; readonly text: string };

export interface Fault {
  readonly at: number;
  readonly where: string;
  readonly what: string;
}

/** Faults repeat by the thousand when something loops; the first ones tell all. */
const FAULTS_KEPT = 200;

export class Trace {
  readonly entries: TraceEntry[] = [];
  readonly faults: Fault[] = [];
  readonly drops = new Map<string, number>();
  readonly recording: boolean;
  readonly #scheduler: Scheduler;
  readonly #keep: number;

  /** `keep`: of all entries the last so many, or some more. */
  constructor(scheduler: Scheduler, recording: boolean, keep = Infinity) {
    this.#scheduler = scheduler;
    this.recording = recording;
    this.#keep = keep;
  }

  /** `label` is a function because nobody wants to write texts for packets when nothing records them. */
  packet(from: string, to: string, label: () => string): void {
    if (this.recording) this.#add({ at: this.#scheduler.now, kind: 'packet', from, to, label: label() });
  }

  drop(where: string, why: string, label: () => string): void {
    this.drops.set(why, (this.drops.get(why) ?? 0) + 1);
    if (this.recording) this.#add({ at: this.#scheduler.now, kind: 'drop', where, label: label(), why });
  }

  note(where: string, text: () => string): void {
    if (this.recording) this.#add({ at: this.#scheduler.now, kind: 'note', where, text: text() });
  }

  fault(where: string, what: string): void {
    if (this.faults.length < FAULTS_KEPT) this.faults.push({ at: this.#scheduler.now, where, what });
    this.note(where, () => `FAULT ${what}`);
  }

  /** One line an entry, the same on every machine. */
  text(): string {
    return this.entries.map(traceLine).join('\n');
  }

  #add(entry: TraceEntry): void {
    this.entries.push(entry);
    if (this.entries.length > 2 * this.#keep) this.entries.splice(0, this.entries.length - this.#keep);
  }
}

function traceLine(entry: TraceEntry): string {
  const at = entry.at.toFixed(3);
  switch (entry.kind) {
    case 'packet':
      return `${at} ${entry.from} > ${entry.to} ${entry.label}`;
    case 'drop':
      return `${at} ${entry.where} dropped ${entry.label}: ${entry.why}`;
    case 'note':
      return `${at} ${entry.where} ${entry.text}`;
  }
}
