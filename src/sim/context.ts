/** What every part of a world shares. */
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';
import type { Trace } from './trace.js';

export interface Context {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  /**
   * A number for a session, another one each time in the whole world. It stands in for cryptography: what was sealed for
   * one session opens in no other, not even in one of the same machine after it was switched off.
   */
  nextIndex(): number;
}
