/**
 * Whether a path stands still. Between two NATs that both map per destination port and let in what comes from other ports,
 * packets pass; but each answer goes to another port than the one before, and so comes from another one. Every exchange
 * takes a port more of both NATs, for minutes, until they have none left for anybody behind them. That is no path.
 */
import type { Endpoint } from '../values/endpoint.js';
import type { Cause } from '../views.js';
import type { Connection } from './connection.js';
import type { NatEvidence } from './nat.js';
import type { Scene } from './scene.js';
import { ownNat, reflexive, sightingOf } from './sightings.js';
import type { Probing } from './states.js';

/** The proof came from a port that nobody had told, and not from where the one before it came from. */
export function drifts({ candidates }: Connection, { stood }: Probing, endpoint: Endpoint, scene: Scene): boolean {
  if (endpoint === stood?.endpoint || sightingOf(endpoint, candidates) !== 'another port') return false;
  return !standsStill(ownNat(scene));
}

/** With a NAT here, or none, that lets all of our packets leave from one port, the other end answers to one, too. */
const standsStill = ({ mapping, certain }: NatEvidence): boolean =>
  mapping === 'none' || (mapping === 'endpoint-independent' && certain);

export function portsMoveOn({ candidates }: Connection): Cause {
  const known = reflexive(candidates) ?? 'its endpoint';
  const text = `NATs at both ends give each destination another port: packets came from other ports than ${known}, and a direct path would take one more of both NATs with each exchange until none are left. Forward a UDP port to one of the two machines, or move one behind another NAT.`;
  return { code: 'mapping-varies', text };
}
