/**
 * Where the device stands, against where the path is. WireGuard answers to where the last packet came from: so the device
 * goes along when the other end goes elsewhere for good, and a single late packet by another line takes it there as well.
 * What we say goes out by that line from then on, and takes the other end along. So nothing is told before it has lasted;
 * and after a trial of ours the device is taken back from what lost it.
 */
import { ELSEWHERE_FOR } from '../limits.js';
import type { DevicePeer } from '../device.js';
import { endpointAddress, type Endpoint } from '../values/endpoint.js';
import { after, since, type Instant } from '../values/time.js';
import type { Connection } from './connection.js';
import type { Scene } from './scene.js';
import type { Active } from './states.js';
import { echoesUntil, returnToPath } from './trial.js';

/** The device stands at another address than the path, as far as is known since then. */
export interface Elsewhere {
  readonly endpoint: Endpoint;
  readonly since: Instant;
  /** When to read the device once more; `undefined` once that was asked for. */
  readonly lookAt: Instant | undefined;
}

/** Active, nothing is tried, and the device was read. Whether the path is another now, and what is known of that one. */
export function followDevice(
  connection: Connection,
  state: Active,
  { endpoint }: DevicePeer,
  scene: Scene,
): 'no' | 'to what lost' | 'to another' {
  const { elsewhere, peer } = connection;
  connection.elsewhere = undefined;
  if (endpoint === state.endpoint || !scene.isDirect(endpoint, peer)) return 'no';
  // A NAT gave it another port, and there is no way back to the old one.
  if (endpointAddress(endpoint) === endpointAddress(state.endpoint)) return follow(connection, state, endpoint, scene);
  if (connection.answers.get(endpoint) === 'done' && isEcho(connection, state, scene)) {
    returnToPath(connection, state, endpoint, scene);
  } else if (elsewhere?.endpoint !== endpoint) {
    connection.elsewhere = { endpoint, since: scene.now, lookAt: after(scene.now, ELSEWHERE_FOR) };
  } else if (since(elsewhere.since, scene.now) < ELSEWHERE_FOR) {
    connection.elsewhere = elsewhere;
  } else {
    return follow(connection, state, endpoint, scene);
  }
  return 'no';
}

/** As time passes. */
export function lookAgain(connection: Connection, { now, input }: Scene): void {
  const { elsewhere } = connection;
  if (elsewhere?.lookAt === undefined || elsewhere.lookAt > now) return;
  connection.elsewhere = { ...elsewhere, lookAt: undefined };
  input.outbox.push({ type: 'read-device' });
}

/** The peer as its path has it, which is what others are told: the device may stand elsewhere for a moment. */
export function asOnPath(seen: DevicePeer, connection: Connection | undefined): DevicePeer {
  const { state } = connection ?? {};
  if (state?.name !== 'active' || seen.endpoint === undefined) return seen;
  const { endpoint } = state;
  return endpointAddress(seen.endpoint) === endpointAddress(endpoint) ? seen : { ...seen, endpoint };
}

/** Where pings of the path are unanswered, it is no echo: the other end may have had to leave it. */
const isEcho = (connection: Connection, { waiting }: Active, { now }: Scene): boolean =>
  waiting.length === 0 && echoesUntil(connection, now) !== undefined;

/** What is told of the peer follows with the next reading. */
function follow(
  connection: Connection,
  state: Active,
  endpoint: Endpoint,
  { input }: Scene,
): 'to what lost' | 'to another' {
  const { answers } = connection;
  const lost = answers.get(endpoint) === 'done';
  // The other end has left the former one for a better one, or it is gone.
  if (lost) answers.delete(state.endpoint);
  else answers.set(state.endpoint, 'done');
  connection.enter({ ...state, endpoint });
  input.outbox.push({ type: 'read-device' });
  return lost ? 'to what lost' : 'to another';
}
