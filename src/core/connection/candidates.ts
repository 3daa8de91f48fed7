/**
 * Which endpoints of a peer are tried, in which order, and which must not be: a packet to a candidate that leaves
 * through the tunnel itself, or that lies inside what the peer will be given, would go round without end.
 */
import type { DevicePeer, HostSnapshot, Route } from '../device.js';
import { MAX_CANDIDATES } from '../limits.js';
import type { Belief } from '../trust/beliefs.js';
import { scopeOf, type Address } from '../values/address.js';
import { endpointAddress, isUsableAddress, type Endpoint } from '../values/endpoint.js';
import { holds } from '../values/prefix.js';
import type { Connection } from './connection.js';
import type { Scene } from './scene.js';

export interface Candidate {
  readonly endpoint: Endpoint;
  readonly kind: 'host' | 'reflexive' | 'given';
  readonly outcome: 'untried' | 'tried' | 'answered' | 'no-answer' | 'skipped';
  readonly reason?: string;
}

export interface CandidateInput {
  readonly belief: Belief;
  readonly given: readonly Endpoint[];
  readonly host: HostSnapshot;
  /** Our own address as others see it, when any does. */
  readonly ownReflexive: readonly Address[];
  /** What the kernel said about a candidate's address; `undefined` while it has not been asked. */
  readonly route: (address: Address) => Route['leaves'] | undefined;
}

/** All candidates in the order of promise; those that must not be tried are `skipped`, with the reason. */
export function planCandidates(input: CandidateInput): readonly Candidate[] {
  const seen = new Set<Endpoint>();
  const all = [
    ...input.given.map((endpoint) => ({ endpoint, kind: 'given' as const })),
    ...input.belief.endpoints.map(({ endpoint, kind }) => ({ endpoint, kind })),
  ].filter(({ endpoint }) => !seen.has(endpoint) && seen.add(endpoint));
  return all
    .map((candidate, place) => ({ candidate, rank: rankOf(candidate, input), place }))
    .sort((left, right) => left.rank - right.rank || left.place - right.place)
    .slice(0, MAX_CANDIDATES)
    .map(({ candidate }) => {
      const reason = whyNot(endpointAddress(candidate.endpoint), input);
      return reason === undefined
        ? { ...candidate, outcome: 'untried' as const }
        : { ...candidate, outcome: 'skipped' as const, reason };
    });
}

/** The plan for a connection as things stand now. */
export function planFor(connection: Connection, scene: Scene): readonly Candidate[] {
  const belief = scene.belief(connection.peer);
  if (belief === undefined) return [];
  return planCandidates({
    belief,
    given: scene.given(connection),
    host: scene.input.host,
    ownReflexive: scene.ownReflexive(),
    route: (address) => scene.input.routes.get(address),
  });
}

/**
 * The endpoints that may replace one that works, in the order of promise. A private address of a network that we are not
 * in is a guess, and hardly ever a good one: it counts once it has answered.
 */
export function worthATrial(connection: Connection, scene: Scene): readonly Endpoint[] {
  const { host } = scene.input;
  const belief = scene.belief(connection.peer);
  if (belief === undefined) return [];
  const known = { host, belief, ownReflexive: scene.ownReflexive() };
  return planFor(connection, scene)
    .filter(({ outcome }) => outcome !== 'skipped')
    .filter((each) => rankOf(each, known) < GUESS || connection.answers.has(each.endpoint))
    .map(({ endpoint }) => endpoint);
}

/** Whether it lies in a network of this machine's own. */
export const isNear = (endpoint: Endpoint, { addresses }: HostSnapshot): boolean =>
  addresses.some(({ network }) => holds(network, endpointAddress(endpoint)));

/** Whether an endpoint is a direct one: outside the tunnel's networks and outside all that the peer is granted. */
export function isDirect(endpoint: Endpoint, belief: Belief | undefined, host: HostSnapshot): boolean {
  return whyNested(endpointAddress(endpoint), belief, host) === undefined;
}

/** Whether packets to the peer would be routed to the peer itself, again and again. */
export function isLoop({ endpoint, allowedIps }: DevicePeer): boolean {
  return endpoint !== undefined && allowedIps.some((prefix) => holds(prefix, endpointAddress(endpoint)));
}

/** The addresses whose routes have to be known before the plan can be made. */
export function addressesToAsk(belief: Belief, given: readonly Endpoint[]): Address[] {
  const endpoints = [...given, ...belief.endpoints.map(({ endpoint }) => endpoint)].slice(0, 2 * MAX_CANDIDATES);
  const addresses = endpoints.map(endpointAddress);
  return [...new Set(belief.overlay === undefined ? addresses : [...addresses, belief.overlay])];
}

function whyNot(address: Address, { belief, host, route }: CandidateInput): string | undefined {
  if (!isUsableAddress(address)) return 'not an address that can be reached';
  const nested = whyNested(address, belief, host);
  if (nested !== undefined) return nested;
  switch (route(address)) {
    case 'tunnel':
      return 'packets to it would leave through the tunnel itself';
    case 'nowhere':
      return 'no route from here';
    case 'elsewhere':
    case undefined:
      return undefined;
  }
}

function whyNested(address: Address, belief: Belief | undefined, host: HostSnapshot): string | undefined {
  if (host.tunnel.some(({ network }) => holds(network, address))) return 'inside the tunnel';
  const inside = belief?.grants.find(({ prefix }) => holds(prefix, address));
  return inside && `inside ${inside.prefix}, which is routed to the peer`;
}

type Known = Pick<Candidate, 'endpoint' | 'kind'>;
type Ranking = Pick<CandidateInput, 'belief' | 'host' | 'ownReflexive'>;

const GUESS = 5;

/** Lower is tried earlier: a person's word, the same LAN, a public address, what a router sees, then private guesses. */
function rankOf({ endpoint, kind }: Known, { host, ownReflexive, belief }: Ranking): number {
  const address = endpointAddress(endpoint);
  if (kind === 'given') return 0;
  if (kind === 'host') {
    if (isNear(endpoint, host)) return 1;
    if (scopeOf(address) === 'global') return 2;
    return behindOneNat(belief, ownReflexive) ? 3 : GUESS;
  }
  return 4;
}

function behindOneNat(belief: Belief, ownReflexive: readonly Address[]): boolean {
  return belief.endpoints.some(
    ({ endpoint, kind }) => kind === 'reflexive' && ownReflexive.includes(endpointAddress(endpoint)),
  );
}
