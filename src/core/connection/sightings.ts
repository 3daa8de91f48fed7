/**
 * What attempts show of the NATs in front of both ends: from where the other end's packets came, as far as the device
 * tells, and what that says together with all else that was seen. How an attempt gets to know is probe.ts's.
 */
import { scopeOf } from '../values/address.js';
import { endpointAddress, endpointPort, type Endpoint } from '../values/endpoint.js';
import type { Candidate } from './candidates.js';
import type { Connection } from './connection.js';
import { natEvidence, varies, type NatEvidence, type Sighting, type Tried } from './nat.js';
import type { Scene } from './scene.js';

/** What it says that the other end's packets came from there, when these are all the candidates that are known of it. */
export function sightingOf(endpoint: Endpoint, candidates: readonly Candidate[]): Sighting {
  if (scopeOf(endpointAddress(endpoint)) !== 'global') return 'elsewhere';
  const known = candidates.find((candidate) => candidate.endpoint === endpoint);
  if (known !== undefined) return known.kind === 'reflexive' ? 'as known' : 'elsewhere';
  const address = endpointAddress(endpoint);
  const sameAddress = (each: Candidate): boolean =>
    each.kind === 'reflexive' && endpointAddress(each.endpoint) === address;
  return candidates.some(sameAddress) ? 'another port' : 'elsewhere';
}

/** From where the peer's packets came in the present attempt, or else in the last one. */
export function seenOf({ state, seen }: Connection): Sighting {
  if (state.name !== 'probing') return seen;
  return state.seen === 'none' && state.reached ? 'elsewhere' : state.seen;
}

/** The NAT in front of us, by our neighbours' views of us and by what attempts have shown. */
export function ownNat(scene: Scene): NatEvidence {
  const { beliefs, routers, host, device, connections } = scene.input;
  return natEvidence({
    observed: beliefs.observed,
    routers,
    own: new Set(host.addresses.map(({ address }) => address)),
    listenPort: device.listenPort,
    tried: Array.from(connections.all(), shown),
  });
}

function shown(connection: Connection): Tried {
  const { failures, ended, reached, theirs } = connection;
  const failed = failures > 0;
  return {
    seen: seenOf(connection),
    reached,
    seenThere: failed ? theirs.seen : undefined,
    unexplained: failed && ended === 'udp-blocked' && !varies(toldOf(connection)),
  };
}

/** The NAT in front of the peer: what it told, and how we saw it ourselves. */
export function natOf(connection: Connection): NatEvidence {
  const told = toldOf(connection);
  switch (seenOf(connection)) {
    case 'none':
    case 'elsewhere':
      return told;
    case 'as known':
      return told.certain ? told : { ...told, mapping: 'endpoint-independent', certain: true };
    case 'another port':
      return { ...told, mapping: 'address-and-port-dependent', certain: true };
  }
}

/** What the other end told; else what shows from here: a router sees it at a port that none of its own addresses has. */
function toldOf({ theirs: { nat }, candidates }: Connection): NatEvidence {
  if (nat.mapping !== 'unknown') return nat;
  const seen = reflexive(candidates);
  const ports = candidates.filter(({ kind }) => kind === 'host').map(({ endpoint }) => endpointPort(endpoint));
  if (seen === undefined || ports.length === 0 || ports.includes(endpointPort(seen))) return nat;
  return { ...nat, mapping: 'address-and-port-dependent' };
}

export const reflexive = (candidates: readonly Candidate[]): Endpoint | undefined =>
  candidates.find(({ kind }) => kind === 'reflexive')?.endpoint;
