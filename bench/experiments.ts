/** All experiments, in the order in which they are made and shown. */
import type { Experiment } from './experiment.js';
import { back } from './rows/back.js';
import { candidates } from './rows/candidates.js';
import { commands } from './rows/command.js';
import { crowds } from './rows/crowd.js';
import { direct } from './rows/direct.js';
import { hubGone } from './rows/hub-gone.js';
import { idle } from './rows/idle.js';
import { lines } from './rows/lines.js';
import { halfOutage, outage } from './rows/outage.js';
import { roam } from './rows/roam.js';
import { asleep } from './rows/sleep.js';
import { starting } from './rows/start.js';
import { switching } from './rows/switch.js';

export const EXPERIMENTS: readonly Experiment[] = [
  direct,
  candidates,
  ...crowds,
  switching,
  back,
  starting,
  outage,
  halfOutage,
  roam,
  asleep,
  hubGone,
  ...lines,
  commands,
  idle,
];
