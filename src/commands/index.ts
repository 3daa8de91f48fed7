/** All commands by name. Listed rather than found in a directory: one bundle has no directory, and looking takes time. */
import Connect from './connect.js';
import Doctor from './doctor.js';
import Events from './events.js';
import Facts from './facts.js';
import Graph from './graph.js';
import Peers from './peers.js';
import Probe from './probe.js';
import Up from './up.js';

export const COMMANDS = {
  connect: Connect,
  doctor: Doctor,
  events: Events,
  facts: Facts,
  graph: Graph,
  peers: Peers,
  probe: Probe,
  up: Up,
} as const;

export type CommandName = keyof typeof COMMANDS;
