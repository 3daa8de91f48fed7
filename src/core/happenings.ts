/** What an agent remembers of its own past, for `wirelink events`: one line each, with its parts for programs. */
import type { Endpoint } from './values/endpoint.js';
import type { PublicKey } from './values/key.js';
import type { PathKind } from './views.js';

/**
 * `start`: the agent began. `path`: packets reach a peer another way than before. `agent`: one was heard for the first
 * time, started anew, said goodbye, or fell silent. `refused`: a claim was not believed. `warning`: something is not as it
 * should be. `reload`: the configuration was read again.
 */
export type EventType = 'start' | 'path' | 'agent' | 'refused' | 'warning' | 'reload';

export interface EventView {
  /** Counts up from 1 in one run of the agent; what is missing in between was forgotten. */
  readonly number: number;
  /** ISO 8601, by the clock of the machine, which may have been set since. */
  readonly at: string;
  readonly type: EventType;
  /** Whom it is about; of a refused claim, who said it. */
  readonly peer?: PublicKey;
  /** As the peer was called then. */
  readonly name?: string;
  /** What happened, for people; without the peer's name. */
  readonly text: string;
  /** Of a path: the code of the cause why it is not direct. Of a refusal: why. Of an agent, a warning and a reload: what. */
  readonly code?: string;
  readonly path?: PathKind;
  readonly was?: PathKind;
  readonly endpoint?: Endpoint;
  /** The router of a relayed path. */
  readonly via?: PublicKey;
}
