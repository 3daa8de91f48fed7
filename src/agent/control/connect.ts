/** `connect`: asks the engine for an attempt now, and follows it to its end. */
import type { ConnectResult } from '../../core/control-api.js';
import { UserError } from '../../core/errors.js';
import type { Notice } from '../../core/notices.js';
import { printable } from '../../core/text.js';
import { parseEndpoint, type Endpoint } from '../../core/values/endpoint.js';
import type { PublicKey } from '../../core/values/key.js';
import type { PeerView } from '../../core/views.js';
import type { Handlers } from './client.js';
import type { Served } from './served.js';
import { findPeer } from './peer.js';

export function connectHandler({ clock, engine, handle, follow }: Served): Handlers['connect'] {
  return async ({ peer: text, endpoints: texts, timeoutMs, wait }, { progress, gone }) => {
    const peer = findPeer(text, engine.peers(clock.now())).publicKey;
    const endpoints = texts.map(endpointFrom);
    const startedAt = clock.now();
    const elapsed = (): number => Math.round(clock.now() - startedAt);
    const result = (outcome: ConnectResult['outcome']): ConnectResult => {
      const view = viewOf(peer);
      return {
        peer: view,
        outcome,
        tookMs: elapsed(),
        ...(view.path === 'direct' && view.endpoint !== undefined && { endpoint: view.endpoint }),
        ...(view.cause !== undefined && { cause: view.cause }),
      };
    };

    if (viewOf(peer).path === 'direct') return result('already-direct');
    if (!wait) {
      handle({ type: 'connect', peer, endpoints });
      return result('begun');
    }
    const outcome = await new Promise<ConnectResult['outcome']>((resolve) => {
      const unfollow = follow((notice) => {
        if (!isAbout(notice, peer)) return;
        if (notice.type === 'attempt') progress({ atMs: elapsed(), step: notice.step });
        const ended = endOf(notice);
        // The notices of one moment come together, and the last steps may stand behind the one that ends it.
        if (ended !== undefined) setImmediate(end, ended);
      });
      const timer = setTimeout(() => {
        end('timeout');
      }, timeoutMs);
      const leave = (): void => {
        end('timeout');
      };
      gone.addEventListener('abort', leave);
      handle({ type: 'connect', peer, endpoints });

      function end(how: ConnectResult['outcome']): void {
        clearTimeout(timer);
        unfollow();
        gone.removeEventListener('abort', leave);
        resolve(how);
      }
    });
    return result(outcome);
  };

  function viewOf(peer: PublicKey): PeerView {
    return findPeer(peer, engine.peers(clock.now()));
  }
}

type PeerNotice = Extract<Notice, { type: 'attempt' | 'path' }>;

const isAbout = (notice: Notice, peer: PublicKey): notice is PeerNotice =>
  (notice.type === 'attempt' || notice.type === 'path') && notice.peer === peer;

function endOf(notice: PeerNotice): 'direct' | 'failed' | undefined {
  if (notice.type === 'path') return notice.path === 'direct' ? 'direct' : undefined;
  return notice.step.what === 'direct' || notice.step.what === 'failed' ? notice.step.what : undefined;
}

function endpointFrom(text: string): Endpoint {
  const endpoint = parseEndpoint(text);
  if (endpoint !== undefined) return endpoint;
  throw new UserError('usage', {
    message: `${printable(text)} is no endpoint.`,
    help: 'Write an address and a port: 192.0.2.1:51820 or [2001:db8::1]:51820.',
  });
}
