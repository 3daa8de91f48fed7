/** `probe`: pings a peer's agent at an interval, and sums up what came back. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ProbeReply, ProbeResult } from '../../core/control-api.js';
import type { PublicKey } from '../../core/values/key.js';
import type { Handlers } from './client.js';
import type { Served } from './served.js';
import { findPeer } from './peer.js';

export function probeHandler({ clock, engine, handle, follow }: Served): Handlers['probe'] {
  // Over all requests: two clients that probe one peer must not take each other's replies.
  let lastId = 0;

  return async ({ peer: text, count, intervalMs, timeoutMs }, { progress, gone }) => {
    const peer = findPeer(text, engine.peers(clock.now())).publicKey;
    const pings: Promise<ProbeReply>[] = [];
    for (let sequence = 1; sequence <= count; sequence++) {
      if (sequence > 1) await pause(intervalMs, undefined, { signal: gone }).catch(() => undefined);
      if (gone.aborted) break;
      const ping = once(peer, sequence, timeoutMs, gone);
      void ping.then(progress);
      pings.push(ping);
    }
    return summary(peer, await Promise.all(pings));
  };

  /** One ping; without a reply after `timeoutMs`, or when the client is gone. */
  function once(peer: PublicKey, sequence: number, timeoutMs: number, gone: AbortSignal): Promise<ProbeReply> {
    const id = ++lastId;
    return new Promise((resolve) => {
      const unfollow = follow((notice) => {
        if (notice.type !== 'probe-reply' || notice.id !== id) return;
        end({ sequence, rttMs: notice.rttMs, path: notice.path });
      });
      const giveUp = (): void => {
        end({ sequence });
      };
      const timer = setTimeout(giveUp, timeoutMs);
      gone.addEventListener('abort', giveUp);
      handle({ type: 'probe', peer, id });

      function end(reply: ProbeReply): void {
        clearTimeout(timer);
        unfollow();
        gone.removeEventListener('abort', giveUp);
        resolve(reply);
      }
    });
  }

  function summary(peer: PublicKey, replies: readonly ProbeReply[]): ProbeResult {
    const view = findPeer(peer, engine.peers(clock.now()));
    const times = replies.flatMap(({ rttMs }) => (rttMs === undefined ? [] : [rttMs])).sort((a, b) => a - b);
    const [min, median, max] = [times[0], medianOf(times), times.at(-1)];
    return {
      peer,
      ...(view.name !== undefined && { name: view.name }),
      path: view.path,
      sent: replies.length,
      received: times.length,
      ...(min !== undefined && median !== undefined && max !== undefined && { rttMs: { min, median, max } }),
      candidates: view.candidates,
      ...(view.cause !== undefined && { cause: view.cause }),
    };
  }
}

/** Of sorted numbers; of an even count, the mean of the two in the middle. */
function medianOf(sorted: readonly number[]): number | undefined {
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}
