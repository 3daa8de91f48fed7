/** All commands by name. Listed rather than found in a directory: one bundle has no directory, and looking takes time. */
import Completion from './completion.js';
import Connect from './connect.js';
import Doctor from './doctor.js';
import Events from './events.js';
import Facts from './facts.js';
import Graph from './graph.js';
import Hosts from './hosts.js';
import Invite from './invite.js';
import Peers from './peers.js';
import Probe from './probe.js';
import Remove from './remove.js';
import Up from './up.js';

export const COMMANDS = {
  completion: Completion,
  connect: Connect,
  doctor: Doctor,
  events: Events,
  facts: Facts,
  graph: Graph,
  hosts: Hosts,
  invite: Invite,
  peers: Peers,
  probe: Probe,
  remove: Remove,
  up: Up,
} as const;

export type CommandName = keyof typeof COMMANDS;
