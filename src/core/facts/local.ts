/**
 * What this machine itself sees, as facts to tell others: about itself, about the peers the user configured on its
 * device, and for each peer how it looks from here. What others make of it is their trust's business.
 */
import type { DevicePeer, DeviceSnapshot, HostSnapshot, MovedPrefix } from '../device.js';
import type { Endpoint } from '../values/endpoint.js';
import type { PublicKey } from '../values/key.js';
import type { Instant } from '../values/time.js';
import type { Fact } from './fact.js';

export interface LocalInput {
  readonly self: PublicKey;
  readonly device: DeviceSnapshot;
  readonly host: HostSnapshot;
  /** Device peers that we added; the others are the user's. */
  readonly managed: ReadonlySet<PublicKey>;
  /** Prefixes we moved from a user's entry to a managed peer; they are told as the entry's. */
  readonly moved: readonly MovedPrefix[];
  /** 32 hexadecimal digits. */
  readonly bootId: string;
  /** Our own name, when the configuration gives one. */
  readonly ownName?: string | undefined;
  /** Names of peers from the configuration. */
  readonly names: ReadonlyMap<PublicKey, string>;
  /** Device peers where an agent was heard. */
  readonly agents: ReadonlySet<PublicKey>;
  /** Device peers for which `isLive` holds. */
  readonly live: ReadonlySet<PublicKey>;
}

export interface LocalFacts {
  /** About this machine. */
  readonly self: readonly Fact[];
  /** About the user's peers on the device, for those who regard us as their router. */
  readonly peers: readonly Fact[];
  /** For each live peer, the endpoint at which we see it. */
  readonly observed: ReadonlyMap<PublicKey, Fact<'endpoint'>>;
}

export declare function localFacts(input: LocalInput): LocalFacts;
export declare function isLive(peer: DevicePeer, now: Instant): boolean;
export declare function hostCandidates(host: HostSnapshot, listenPort: number): readonly Endpoint[];
