/**
 * Whether a direct path still works. While traffic moves, pings are acknowledged on it twice a second; byte counters
 * would not do, as one direction may be dead. A path without traffic is kept open by WireGuard's keepalive and costs
 * nothing else.
 */
import {
  MISSES_TO_LOSE,
  MOVING_FOR,
  PING_EVERY,
  PING_IN_DOUBT,
  PONG_WAIT_MAX,
  PONG_WAIT_MIN,
  REAGREE_WITHIN,
} from '../limits.js';
import type { DevicePeer } from '../device.js';
import { after, millis, since, type Instant, type Millis } from '../values/time.js';
import type { Connection, SentPing } from './connection.js';
import { giveUp } from './retreat.js';
import type { Scene } from './scene.js';
import type { Active } from './states.js';

/** Two keepalives may fall between two readings of the counters. */
const KEEPALIVE_SLACK = 64;
/** A rekey: initiation, response, and the keepalive that confirms it. */
const HANDSHAKE_SLACK = 148 + 92 + 32;

/** Active, as time passes. */
export function watchPath(connection: Connection, state: Active, scene: Scene): void {
  const { now } = scene;
  if (state.reagreeBy !== undefined && state.reagreeBy <= now) {
    giveUp(connection, scene, { code: 'contact-lost', text: 'The other end restarted and did not agree anew.' });
    return;
  }
  const misses = state.waiting.filter((sentAt) => since(sentAt, now) >= pongWait(state)).length;
  if (misses >= MISSES_TO_LOSE) {
    const text = `The direct path at ${state.endpoint} stopped answering: ${misses} pings in a row went unanswered.`;
    giveUp(connection, scene, { code: 'contact-lost', text });
    return;
  }
  const pingAt = misses > 0 ? (state.pingAt ?? now) : state.pingAt;
  if (pingAt === undefined || pingAt > now) {
    if (pingAt !== state.pingAt) connection.enter({ ...state, pingAt });
    return;
  }
  scene.ping(connection, true, undefined);
  // In doubt the next ping does not wait for the verdict on this one, or eight misses would take seconds.
  const next = misses > 0 ? after(now, PING_IN_DOUBT) : undefined;
  connection.enter({ ...state, waiting: [...state.waiting, now], pingAt: next });
}

/** When the path has to be looked at again. */
export function watchAt(state: Active, now: Instant): Instant | undefined {
  const verdicts = state.waiting.map((sentAt) => after(sentAt, pongWait(state))).filter((at) => at > now);
  return [...verdicts, state.pingAt, state.reagreeBy]
    .filter((at) => at !== undefined)
    .reduce<Instant | undefined>((first, at) => (first === undefined || at < first ? at : first), undefined);
}

export function pongOnPath(connection: Connection, state: Active, ping: SentPing, scene: Scene): void {
  const { now } = scene;
  const rtt = since(ping.sentAt, now);
  connection.rtt = rtt;
  const error = Math.abs(rtt - state.rtt);
  connection.enter({
    ...state,
    rtt: millis(state.rtt * 0.875 + rtt * 0.125),
    rttVariation: millis(state.rttVariation * 0.75 + error * 0.25),
    pongAt: now,
    waiting: [],
    pingAt: carriesTraffic(state, now) ? after(now, PING_EVERY) : undefined,
  });
}

/** Something suggests that the path may be dead, or that the other end is another: ask at once. */
export function doubtPath(connection: Connection, state: Active, scene: Scene, restarted = false): void {
  connection.enter({
    ...state,
    pingAt: scene.now,
    reagreeBy: restarted ? after(scene.now, REAGREE_WITHIN) : state.reagreeBy,
  });
}

/** The device was read: look at its counters, and at where it sends. */
export function lookAtCounters(connection: Connection, state: Active, seen: DevicePeer, scene: Scene): void {
  const before = connection.counted;
  const own = { rx: connection.ownReceived, tx: scene.input.outbox.takeSent(connection.peer) };
  connection.counted = { rx: seen.rxBytes, tx: seen.txBytes, handshakeAt: seen.handshakeAt };
  connection.ownReceived = 0;
  const endpoint = scene.isDirect(seen.endpoint, connection.peer) ? seen.endpoint : state.endpoint;
  let next: Active = endpoint === state.endpoint ? state : { ...state, endpoint };
  if (before !== undefined) {
    const slack = KEEPALIVE_SLACK + (before.handshakeAt === seen.handshakeAt ? 0 : HANDSHAKE_SLACK);
    const moves = seen.rxBytes - before.rx - own.rx > slack || seen.txBytes - before.tx - own.tx > slack;
    if (moves) next = { ...next, movingUntil: after(scene.now, MOVING_FOR) };
    if (moves && next.waiting.length === 0) next = { ...next, pingAt: next.pingAt ?? scene.now };
  }
  if (next !== state) connection.enter(next);
}

export const carriesTraffic = (state: Active, now: Instant): boolean => state.movingUntil > now;

/** RFC 6298's retransmission time: a path that is merely slow under load must not look dead. */
const pongWait = ({ rtt, rttVariation }: Active): Millis =>
  millis(Math.min(PONG_WAIT_MAX, Math.max(PONG_WAIT_MIN, rtt + 4 * rttVariation)));
