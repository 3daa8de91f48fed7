/** What every part of a world shares. */
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';
import type { Trace } from './trace.js';

export interface Context {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
}
