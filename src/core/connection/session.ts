/**
 * A WireGuard session between the two ends of an attempt: nested in the tunnel where the other end's address leads into
 * it, else cold at the candidates. Who initiates is fixed, and the second end begins well after the first: two
 * handshakes that cross leave both without a session.
 */
import {
  COLD_ROUNDS,
  COLD_SLOT,
  COLD_SLOTS,
  INITIATOR_STAGGER,
  LOOK_EVERY,
  NESTED_GROWTH,
  NESTED_SLOT,
  NESTED_SLOT_MIN,
  SESSION_PING_EVERY,
  SESSION_WAIT,
} from '../limits.js';
import type { DevicePeer } from '../device.js';
import { after, millis, since } from '../values/time.js';
import type { Cause } from '../views.js';
import { planFor } from './candidates.js';
import type { Connection } from './connection.js';
import { NO_SESSION, overlayEndpoint } from './nested.js';
import { enterProbing, mayTry } from './probe.js';
import { giveUp } from './retreat.js';
import type { Scene } from './scene.js';
import type { Attempt, Session } from './states.js';

const NO_ANSWER: Cause = {
  code: 'udp-blocked',
  text: 'No candidate answered a handshake: a NAT or firewall in front of one end drops them, or no candidate leads there.',
};

/** Nested handshakes are begun by the end with the lower key, whoever leads: where both lead, only one initiates. */
export const initiates = ({ peer }: Connection, scene: Scene): boolean => scene.input.device.publicKey < peer;

/** `begun`: we have aimed at the overlay address already, and the handshake is under way. */
export function enterSession(connection: Connection, attempt: Attempt, scene: Scene, begun = false): void {
  const { now } = scene;
  const cold = attempt.method === 'cold';
  connection.candidates = cold ? planFor(connection, scene) : [];
  const usable = connection.candidates.filter(({ outcome }) => outcome !== 'skipped');
  // Both ends should try what their routers see at the same time: it is what opens NATs.
  const slots = [...usable].sort((left, right) => coldRank(left.kind) - coldRank(right.kind)).slice(0, COLD_SLOTS);
  const wait = cold ? millis(COLD_SLOT * Math.max(1, slots.length) * COLD_ROUNDS) : SESSION_WAIT;
  // A cold start is begun by the follower, which opens its own firewalls first.
  const first = cold ? !attempt.leader : initiates(connection, scene);
  connection.enter({
    name: 'session',
    attempt,
    deadline: after(now, wait),
    aimAt: !first ? after(now, INITIATOR_STAGGER) : begun ? anotherHandshakeAt(attempt, 0, scene) : now,
    pingAt: after(now, SESSION_PING_EVERY),
    lookAt: cold || !first ? undefined : begun ? now : after(now, LOOK_EVERY),
    slots: slots.map(({ endpoint }) => endpoint),
    slot: begun ? 1 : 0,
  });
}

/** Session: aims where the method says, pings until a ping or pong comes through. */
export function pursueSession(connection: Connection, state: Session, scene: Scene): void {
  if (state.deadline <= scene.now) {
    giveUp(connection, scene, state.attempt.method === 'nested' ? NO_SESSION : NO_ANSWER);
    return;
  }
  let next = state;
  if (state.lookAt !== undefined && state.lookAt <= scene.now && connection.aim === undefined) {
    scene.input.outbox.push({ type: 'read-device' });
    const looked = since(state.attempt.startedAt, scene.now);
    next = { ...next, lookAt: after(scene.now, millis(Math.max(LOOK_EVERY, looked / 8))) };
  }
  if (state.aimAt !== undefined && state.aimAt <= scene.now) {
    next = state.attempt.method === 'nested' ? aimNested(connection, next, scene) : aimCold(connection, next, scene);
  } else if (state.pingAt <= scene.now) {
    if (scene.devicePeer(connection.peer)?.endpoint !== undefined) {
      scene.ping(connection, state.attempt.method === 'cold', undefined);
    }
    next = { ...next, pingAt: after(scene.now, SESSION_PING_EVERY) };
  }
  if (next !== state) connection.enter(next);
}

/** A ping or pong of the peer itself came: the session is up. */
export function sessionIsUp(connection: Connection, scene: Scene): void {
  const { state } = connection;
  if (state.name !== 'session' && state.name !== 'inviting') return;
  const { attempt } = state;
  scene.step(connection, { what: 'session', through: attempt.method === 'nested' ? 'router' : 'direct' });
  enterProbing(connection, attempt, scene);
}

/**
 * The device was read. The one who initiated has the session once the handshake is complete, a round trip before the
 * first pong: it is worth looking for.
 */
export function sessionOnDevice(connection: Connection, state: Session, seen: DevicePeer, scene: Scene): void {
  if (state.lookAt !== undefined && connection.aim === undefined && seen.handshakeAt !== undefined) {
    sessionIsUp(connection, scene);
  }
}

/** Sets the peer's endpoint to its address inside the tunnel and pings, which makes WireGuard begin a handshake. */
export function aimAtOverlay(connection: Connection, attempt: Attempt, scene: Scene): void {
  const endpoint = overlayEndpoint(connection, attempt, scene);
  const left = scene.devicePeer(connection.peer);
  // What an earlier handshake left has a session and a 5 s gate of its own; the one who initiates begins with neither.
  const recreate = initiates(connection, scene) && (left?.handshakeAt ?? left?.endpoint) !== undefined;
  if (endpoint !== undefined) connection.aim = { endpoint, recreate, ping: 'nested' };
}

function aimNested(connection: Connection, state: Session, scene: Scene): Session {
  aimAtOverlay(connection, state.attempt, scene);
  const aimAt = initiates(connection, scene) ? anotherHandshakeAt(state.attempt, state.slot, scene) : undefined;
  return { ...state, slot: state.slot + 1, aimAt };
}

/**
 * When the handshake that was just begun counts as lost. It takes as long as an invitation and its answer; where that is
 * not known, each one gets more time than the one before.
 */
function anotherHandshakeAt({ routerRtt }: Attempt, begun: number, scene: Scene): Session['aimAt'] {
  const wait =
    routerRtt === undefined ? NESTED_SLOT * NESTED_GROWTH ** begun : Math.max(NESTED_SLOT_MIN, 2 * routerRtt);
  return after(scene.now, millis(wait));
}

function aimCold(connection: Connection, state: Session, scene: Scene): Session {
  const endpoint = state.slots[state.slot % Math.max(1, state.slots.length)];
  if (endpoint === undefined) return { ...state, aimAt: undefined };
  const recreate = scene.devicePeer(connection.peer)?.endpoint !== undefined;
  if (mayTry(connection, endpoint, scene)) connection.aim = { endpoint, recreate, ping: 'direct' };
  return { ...state, slot: state.slot + 1, aimAt: after(scene.now, COLD_SLOT) };
}

const coldRank = (kind: 'host' | 'reflexive' | 'given'): number => ['given', 'reflexive', 'host'].indexOf(kind);
