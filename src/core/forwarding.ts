/** What a router's agent does for its peers: passes messages on between two that both talk to it, within bounds. */
import type { Neighbour } from './facts/neighbour.js';
import { MAX_DATAGRAM } from './limits.js';
import type { Outbox } from './outbox.js';
import type { Forward } from './protocol/messages.js';
import type { PublicKey } from './values/key.js';
import type { Instant } from './values/time.js';

/** What a forwarded message carries before its payload: the kind and a key. */
const HEADER_BYTES = 33;

/** Only those who take us for their router may ask, and only for peers whose agent we have heard. */
export function passOn(
  from: PublicKey,
  message: Forward,
  neighbour: (key: PublicKey) => Neighbour | undefined,
  outbox: Outbox,
  now: Instant,
): void {
  const asking = neighbour(from);
  if (asking?.wantsOthers !== true || neighbour(message.peer)?.agent !== true || message.peer === from) return;
  if (message.payload.length + HEADER_BYTES > MAX_DATAGRAM || !asking.forwards.take(now)) return;
  outbox.send(message.peer, { kind: 'forwarded', peer: from, payload: message.payload });
}
