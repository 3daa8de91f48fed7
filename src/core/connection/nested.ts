/**
 * The way to the other end inside the tunnel, through the router: where its WireGuard is reached before any direct way is
 * known, and where a handshake is made first.
 */
import type { Cause } from '../views.js';
import { endpointOf, type Endpoint } from '../values/endpoint.js';
import type { Connection } from './connection.js';
import type { Scene } from './scene.js';
import type { Attempt } from './states.js';

export const NO_SESSION: Cause = {
  code: 'no-session',
  text: 'No WireGuard session came up through the router: it may not forward between its peers, or a host firewall drops WireGuard from inside the tunnel.',
};

export function overlayEndpoint({ peer }: Connection, { theirPort = 0 }: Attempt, scene: Scene): Endpoint | undefined {
  const overlay = scene.belief(peer)?.overlay;
  // An interface that listens nowhere has port 0.
  return overlay === undefined || theirPort === 0 ? undefined : endpointOf(overlay, theirPort);
}

/**
 * Nothing of the other end has come during the attempt. The end that initiated has the session as soon as the response is
 * there; the other one may not send in it before it has received in it, and what it was sent first may be lost.
 */
export const isUnheard = ({ heardAt }: Connection, { method, startedAt }: Attempt): boolean =>
  method === 'nested' && (heardAt === undefined || heardAt < startedAt);

/** Pings through the router once more; answers whether there is a way. */
export function greetAgain(connection: Connection, attempt: Attempt, scene: Scene): boolean {
  const endpoint = overlayEndpoint(connection, attempt, scene);
  if (endpoint !== undefined) connection.aim = { endpoint, recreate: false, ping: 'nested' };
  return endpoint !== undefined;
}
