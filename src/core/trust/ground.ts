/** What every peer's claims are measured by: who we are, whom the user put on the device, and what nobody may claim. */
import type { DevicePeer } from '../device.js';
import type { TrustIn } from '../policy.js';
import type { PublicKey } from '../values/key.js';
import type { ForbiddenEndpoints, ForbiddenPrefixes } from './forbidden.js';
import type { Grants } from './grants.js';

export interface Ground {
  readonly self: PublicKey;
  /** The user's own peers on our device. */
  readonly configured: ReadonlyMap<PublicKey, DevicePeer>;
  readonly routers: ReadonlySet<PublicKey>;
  readonly trustIn: TrustIn;
  /** From the configuration. */
  readonly names: ReadonlyMap<PublicKey, string>;
  readonly grants: Grants;
  readonly prefixes: ForbiddenPrefixes;
  readonly endpoints: ForbiddenEndpoints;
}
