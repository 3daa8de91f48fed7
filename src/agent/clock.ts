/** The one clock of the agent's process: the loop and the device's handshake times must agree on its zero. */
import { instant } from '../core/values/time.js';
import type { Clock } from './ports.js';

export const systemClock: Clock = { now: () => instant(performance.now()) };
