/** `events`: what the agent remembers, and what happens from then on for those who follow. */
import type { EventView } from '../../core/happenings.js';
import type { Handlers } from './client.js';
import type { Served } from './served.js';
import { findPeer, type Named } from './peer.js';

/** Throws `UserError` as `findPeer` does, for a peer that is neither known nor remembered. */
export function eventsHandler({ clock, engine, history }: Served): Handlers['events'] {
  return async ({ peer: text, after = 0, follow }, { progress, gone }) => {
    const peer = text === undefined ? undefined : findPeer(text, everybody()).publicKey;
    const isWanted = (event: EventView): boolean => peer === undefined || event.peer === peer;
    const events = history.since(after).filter(isWanted);
    if (!follow) return { events };
    for (const event of events) progress(event);
    await new Promise<void>((resolve) => {
      const unfollow = history.follow((event) => {
        if (isWanted(event)) progress(event);
      });
      const leave = (): void => {
        unfollow();
        resolve();
      };
      if (gone.aborted) leave();
      else gone.addEventListener('abort', leave);
    });
    return { events: [] };
  };

  /** Each once, also those that are gone and that only the history still knows. */
  function everybody(): readonly Named[] {
    const remembered = history
      .since(0)
      .flatMap(({ peer, name }) =>
        peer === undefined ? [] : [{ publicKey: peer, ...(name !== undefined && { name }) }],
      );
    const known = engine.peers(clock.now());
    return [...new Map([...remembered, ...known].map((each) => [each.publicKey, each])).values()];
  }
}
