/**
 * What observations of one machine's endpoint say about the NAT in front of it, in the words of RFC 4787: by its
 * neighbours, who hold a path to it, and by the ends of attempts that found none. Decides nothing: it is the evidence for
 * `probe`, and for why a candidate did not answer. How the two ends tell each other is evidence.ts's.
 */
import { scopeOf, type Address } from '../values/address.js';
import { endpointAddress, endpointPort, type Endpoint } from '../values/endpoint.js';
import type { PublicKey } from '../values/key.js';

export interface NatEvidence {
  readonly mapping: 'none' | 'endpoint-independent' | 'address-and-port-dependent' | 'unknown';
  /** More than one observer supports it; of one alone it is a guess: a NAT that keeps the port mostly keeps it for all. */
  readonly certain: boolean;
  /** Somebody who is no router sees the machine from beyond its own network: UDP passes to others than the router. */
  readonly passed: boolean;
  /** A packet came in from a port that nothing had been sent to: filtering does not go by ports. */
  readonly admits: boolean;
  /** Somebody's packets came in at the public endpoint that a router sees. */
  readonly reached: boolean;
  /** Nobody but routers was ever heard, or heard the machine, and of one of them no NAT tells why. */
  readonly isolated: boolean;
}

/**
 * From where the other end's packets came during an attempt. `as known`: from the public endpoint at which a router sees
 * it; `another port`: of that address, one that nobody had told; `elsewhere`: from another address of it, such as one in
 * a network of its own; `none`: none came.
 */
export type Sighting = 'none' | 'as known' | 'another port' | 'elsewhere';

/** What the last attempt with a peer showed. */
export interface Tried {
  /** How we saw its packets. */
  readonly seen: Sighting;
  /** Its packets came in at the endpoint at which a router sees us. */
  readonly reached: boolean;
  /** How it saw ours, as it said; `undefined` unless the attempt failed. */
  readonly seenThere: Sighting | undefined;
  /** It failed, and its NAT gives no reason. */
  readonly unexplained: boolean;
}

export interface Observation {
  readonly by: PublicKey;
  readonly endpoint: Endpoint;
}

export interface Observed {
  /** How others see us. */
  readonly observed: readonly Observation[];
  readonly routers: readonly PublicKey[];
  readonly own: ReadonlySet<Address>;
  readonly listenPort: number;
  readonly tried: readonly Tried[];
}

export const NO_EVIDENCE: NatEvidence = {
  mapping: 'unknown',
  certain: false,
  passed: false,
  admits: false,
  reached: false,
  isolated: false,
};

export const varies = ({ mapping }: NatEvidence): boolean => mapping === 'address-and-port-dependent';

export function natEvidence({ observed, routers, own, listenPort, tried }: Observed): NatEvidence {
  const mapped = mappingOf({ observed, routers, own, listenPort, tried });
  const passed =
    observed.some(({ by, endpoint }) => !routers.includes(by) && scopeOf(endpointAddress(endpoint)) === 'global') ||
    tried.some(({ seenThere }) => seenThere === 'as known' || seenThere === 'another port');
  const heard = tried.some(({ seen, reached }) => reached || seen !== 'none');
  const unexplained = mapped.mapping !== 'address-and-port-dependent' && tried.some((each) => each.unexplained);
  return {
    ...mapped,
    passed,
    admits: tried.some(({ seen }) => seen === 'another port'),
    reached: tried.some((each) => each.reached),
    isolated: unexplained && !passed && !heard,
  };
}

/**
 * Compares only what was seen at one address: neighbours in the same network, behind the same carrier, or over the other
 * family of addresses see another side of us. The end of an attempt that failed compares with what its router told it.
 */
function mappingOf({ observed, routers, own, listenPort, tried }: Observed): Pick<NatEvidence, 'mapping' | 'certain'> {
  const outside = observed.filter(({ endpoint }) => !own.has(endpointAddress(endpoint)));
  const first = outside.find(({ by }) => routers.includes(by)) ?? outside[0];
  if (observed.length === 0) return { mapping: 'unknown', certain: false };
  if (first === undefined) return { mapping: 'none', certain: observed.length > 1 };
  const alike = outside.filter(({ endpoint }) => endpointAddress(endpoint) === endpointAddress(first.endpoint));
  const ports = new Set(alike.map(({ endpoint }) => endpointPort(endpoint)));
  const differs = ports.size > 1 || tried.some(({ seenThere }) => seenThere === 'another port');
  const certain = differs || alike.length > 1 || tried.some(({ seenThere }) => seenThere === 'as known');
  const kept = !differs && (certain || ports.has(listenPort));
  return { mapping: kept ? 'endpoint-independent' : 'address-and-port-dependent', certain };
}
