/** When somebody wants to be woken, and what for: out of several such plans the soonest. */
import type { Instant } from './values/time.js';

export interface Wake {
  readonly at: Instant;
  readonly why: string;
}

export const planned = (at: Instant | undefined, why: string): Wake | undefined =>
  at === undefined ? undefined : { at, why };

/** The first of those that are equally soon; `undefined` when nobody wants to be woken. */
export function soonest(plans: readonly (Wake | undefined)[]): Wake | undefined {
  let first: Wake | undefined;
  for (const plan of plans) if (plan !== undefined && (first === undefined || plan.at < first.at)) first = plan;
  return first;
}
