/** What the methods of the control socket need of a running agent. */
import type { EngineContract } from '../../core/contract.js';
import type { ReloadResult } from '../../core/control-api.js';
import type { Event } from '../../core/events.js';
import type { Notice } from '../../core/notices.js';
import type { Cause } from '../../core/views.js';
import type { History } from '../history.js';
import type { Clock } from '../ports.js';

export interface Served {
  readonly interface: string;
  readonly clock: Clock;
  readonly engine: Pick<EngineContract, 'self' | 'peers' | 'facts'>;
  readonly handle: (event: Event) => void;
  /** Calls back for every notice until the answer is called. */
  readonly follow: (listener: (notice: Notice) => void) => () => void;
  readonly history: Pick<History, 'since' | 'follow'>;
  /** Has the configuration and the interface read again. */
  readonly reload: () => ReloadResult;
  /** What is amiss beside what the engine knows of. */
  readonly warnings: () => readonly Cause[];
}
