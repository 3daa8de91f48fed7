/** Which of the user's peers are routers: those through which packets to other peers go. */
import type { DeviceSnapshot, MovedPrefix, TunnelAddress } from '../device.js';
import type { PublicKey } from '../values/key.js';

export interface RouterInput {
  readonly device: DeviceSnapshot;
  readonly tunnel: readonly TunnelAddress[];
  /** Device peers that we added; they are never routers. */
  readonly managed: ReadonlySet<PublicKey>;
  /** Prefixes we moved from a user's entry to a managed peer; they count as the entry's. */
  readonly moved: readonly MovedPrefix[];
}

/** Sorted. */
export declare function findRouters(input: RouterInput): readonly PublicKey[];
