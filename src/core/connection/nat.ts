/**
 * What observations of one machine's endpoint say about the NAT in front of it, in the words of RFC 4787, 4.1. Decides
 * nothing: it is the evidence for `probe`, and for why a candidate did not answer. How the two ends tell each other is
 * evidence.ts's.
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
}

export const NO_EVIDENCE: NatEvidence = { mapping: 'unknown', certain: false, passed: false };

/**
 * Compares only what was seen at one address: neighbours in the same network, behind the same carrier, or over the other
 * family of addresses see another side of us.
 */
export function natEvidence({ observed, routers, own, listenPort }: Observed): NatEvidence {
  const outside = observed.filter(({ endpoint }) => !own.has(endpointAddress(endpoint)));
  const first = outside.find(({ by }) => routers.includes(by)) ?? outside[0];
  const passed = observed.some(
    ({ by, endpoint }) => !routers.includes(by) && scopeOf(endpointAddress(endpoint)) === 'global',
  );
  if (observed.length === 0) return NO_EVIDENCE;
  if (first === undefined) return { mapping: 'none', certain: observed.length > 1, passed };
  const alike = outside.filter(({ endpoint }) => endpointAddress(endpoint) === endpointAddress(first.endpoint));
  const ports = new Set(alike.map(({ endpoint }) => endpointPort(endpoint)));
  const certain = alike.length > 1;
  const kept = ports.size === 1 && (certain || ports.has(listenPort));
  return { mapping: kept ? 'endpoint-independent' : 'address-and-port-dependent', certain, passed };
}
