/** When each state wants to be looked at again. */
import { earliest, type Instant } from '../values/time.js';
import { asks } from './agree.js';
import { searchAt } from './better.js';
import type { Connection } from './connection.js';
import { watchAt } from './liveness.js';
import { lookAt } from './look.js';

/** When a state has something to do by itself. What waits for an event, such as a change of the device, has no time. */
export function dueAt(connection: Connection, now: Instant): Instant | undefined {
  const { state, aim, aimed } = connection;
  switch (state.name) {
    case 'idle':
      return state.retryAt !== undefined && state.retryAt > now ? state.retryAt : undefined;
    case 'expecting':
      return state.until;
    case 'inviting':
      return state.tries === 0 ? undefined : earliest([state.sendAt, state.aimAt]);
    case 'session':
      return earliest([state.aimAt, state.pingAt, state.deadline, aim === undefined ? state.lookAt : undefined]);
    case 'probing':
      return aim === undefined && aimed?.underWay !== true ? earliest([state.stepAt, lookAt(state)]) : undefined;
    case 'contact':
      return asks(state) ? earliest([state.sendAt, state.deadline]) : state.deadline;
    case 'moving':
      return state.confirmed && state.commits ? earliest([state.sendAt, state.deadline]) : state.deadline;
    case 'active':
      return earliest([watchAt(state, now), searchAt(connection, now)]);
  }
}
