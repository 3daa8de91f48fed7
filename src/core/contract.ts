/** What an engine is given at its start, and what whoever drives one may rely on: the agent and the simulator alike. */
import type { Adopted } from './device.js';
import type { Action, Event } from './events.js';
import type { Policy } from './policy.js';
import type { Instant } from './values/time.js';
import type { Cause, ClaimView, PeerView, SelfView } from './views.js';
import type { Wake } from './wake.js';

export interface EngineOptions {
  /** 16 bytes, new at each start of the agent: how others notice that what they knew of us is void. */
  readonly bootId: Uint8Array;
  /** Where the engine's own random numbers begin. */
  readonly seed: number;
  /** The UDP port of the agents, inside the tunnel. */
  readonly port: number;
  /** `DEFAULT_POLICY` where nothing is configured. An event may bring another one later, with other warnings. */
  readonly policy: Policy;
  /** What the driver found amiss on the machine when it started, to be shown with what the engine finds. */
  readonly warnings: readonly Cause[];
  readonly adopted: Adopted;
}

/** What a driver may rely on; the simulator and the agent drive the same thing. */
export interface EngineContract {
  /** Folds one event in and answers with what is to be done. Never throws on anything a peer or a client sent. */
  handle(event: Event, now: Instant): readonly Action[];
  /** When `wake` is to be handed in next, and what for. */
  wakeAt(): Wake | undefined;
  /** Views for the control socket; they change nothing. */
  self(now: Instant): SelfView | undefined;
  peers(now: Instant): readonly PeerView[];
  facts(now: Instant, rejected: boolean): readonly ClaimView[];
}
