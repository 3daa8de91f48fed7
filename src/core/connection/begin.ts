/** From nothing to a WireGuard session: who invites whom, and how the session is begun. */
import {
  COLD_ROUNDS,
  COLD_SLOT,
  COLD_SLOTS,
  INITIATOR_STAGGER,
  INVITED_AT_MOST_EVERY,
  INVITE_RESEND,
  LOOK_EVERY,
  INVITE_TRIES,
  SESSION_PING_EVERY,
  SESSION_WAIT,
  YIELD_TO_LOWER_KEY,
} from '../limits.js';
import type { DevicePeer } from '../device.js';
import { epochBoot, sameEpoch, type Epoch } from '../protocol/epoch.js';
import { connectsUnasked } from '../policy.js';
import type { Invite, Method } from '../protocol/messages.js';
import { equalBytes } from '../values/bytes.js';
import { endpointOf, type Endpoint } from '../values/endpoint.js';
import type { PublicKey } from '../values/key.js';
import { after, millis, since } from '../values/time.js';
import { addressesToAsk, planFor } from './candidates.js';
import type { Connection } from './connection.js';
import { causeToStay } from './explain.js';
import { enterProbing, mayTry } from './probe.js';
import { giveUp } from './retreat.js';
import type { Scene } from './scene.js';
import type { Attempt, Inviting, Session } from './states.js';

/** Idle: begins an attempt when policy, pauses and facts allow it. */
export function considerAttempt(connection: Connection, scene: Scene): void {
  const { state, peer } = connection;
  if (state.name !== 'idle') return;
  if (takeEarlyInvite(connection, scene)) return;
  if (state.retryAt !== undefined && state.retryAt > scene.now && !connection.forced) return;
  if (!connection.forced && !connectsUnasked(scene.input.policy, peer)) return;
  const via = scene.routersOf(peer)[0];
  const theirBoot = scene.bootOf(peer);
  if (causeToStay(peer, scene) !== undefined || via === undefined || theirBoot === undefined) {
    if (connection.forced) giveUpBeforeBegin(connection, scene);
    return;
  }
  if (scene.input.device.publicKey > peer && state.retryAt === undefined && !connection.forced) {
    connection.enter({ name: 'idle', retryAt: after(scene.now, YIELD_TO_LOWER_KEY) });
    return;
  }
  const method = possibleMethod(connection, scene);
  if (method === undefined) return;
  connection.forced = false;
  connection.cause = undefined;
  const epoch: Epoch = {
    leader: epochBoot(scene.input.boot),
    follower: epochBoot(theirBoot),
    counter: scene.input.nextNumber(),
  };
  const attempt: Attempt = {
    epoch,
    leader: true,
    via,
    method,
    startedAt: scene.now,
    theirPort: undefined,
    resumed: false,
  };
  connection.enter({ name: 'inviting', attempt, sendAt: scene.now, tries: 0 });
}

/** Inviting: the peer must be on our device before the other end's first handshake can arrive. */
export function repeatInvitation(connection: Connection, state: Inviting, scene: Scene): void {
  if (!scene.isReachable(connection.peer) || state.sendAt > scene.now) return;
  if (state.tries >= INVITE_TRIES) {
    giveUp(connection, scene, {
      code: 'agent-silent',
      text: 'Its agent does not answer through the router: it may be asleep or just gone. wirelink tries again.',
    });
    return;
  }
  const { epoch, via, method } = state.attempt;
  const { listenPort } = scene.input.device;
  scene.sendThrough(via, connection.peer, { kind: 'invite', epoch, method, listenPort });
  if (state.tries === 0) scene.step(connection, { what: 'invited', via });
  const pause = millis(INVITE_RESEND * 2 ** state.tries);
  connection.enter({ ...state, tries: state.tries + 1, sendAt: after(scene.now, pause) });
}

/** An invitation came, through a router. */
export function invited(connection: Connection, message: Invite, via: PublicKey, scene: Scene): void {
  const { state, peer } = connection;
  if (!equalBytes(message.epoch.follower, epochBoot(scene.input.boot))) return;
  const cause = causeToStay(peer, scene);
  if (cause !== undefined) {
    connection.earlyInvite = { message, via, at: scene.now };
    return;
  }
  if (state.name === 'inviting' && scene.input.device.publicKey < peer) return;
  if (state.name !== 'idle' && sameEpoch(state.attempt.epoch, message.epoch)) {
    if (state.name === 'session') accept(connection, state.attempt, scene);
    return;
  }
  if (isRepeatedOrHasty(connection, message.epoch, scene)) return;
  // Crossing invitations: ours gives way without further ado, the attempt is the other end's.
  if (state.name !== 'idle' && state.name !== 'inviting') {
    // The other end has given up what we still pursue; nothing of it may linger.
    giveUp(connection, scene, { code: 'connecting', text: 'The other end began anew.' }, 'quietly');
  }
  const method = possibleMethod(connection, scene);
  if (method === undefined) {
    connection.earlyInvite = { message, via, at: scene.now };
    return;
  }
  connection.earlyInvite = undefined;
  connection.forced = false;
  connection.lastInvite = { epoch: message.epoch, at: scene.now };
  const attempt: Attempt = {
    epoch: message.epoch,
    leader: false,
    via,
    method: message.method === 'cold' ? 'cold' : method,
    startedAt: scene.now,
    theirPort: message.listenPort,
    resumed: false,
  };
  scene.step(connection, { what: 'accepted', via });
  enterSession(connection, attempt, scene);
  accept(connection, attempt, scene);
}

/** A datagram that took its time, or an end that would have us begin over and over. */
function isRepeatedOrHasty({ lastInvite }: Connection, epoch: Epoch, scene: Scene): boolean {
  if (lastInvite === undefined) return false;
  if (equalBytes(lastInvite.epoch.leader, epoch.leader) && epoch.counter <= lastInvite.epoch.counter) return true;
  return since(lastInvite.at, scene.now) < INVITED_AT_MOST_EVERY;
}

/** Leader: the other end agreed. */
export function accepted(connection: Connection, message: Invite, scene: Scene): void {
  const { state } = connection;
  if (state.name !== 'inviting' || !sameEpoch(state.attempt.epoch, message.epoch)) return;
  enterSession(connection, { ...state.attempt, method: message.method, theirPort: message.listenPort }, scene);
}

/** Session: aims where the method says, pings until a ping or pong comes through. */
export function pursueSession(connection: Connection, state: Session, scene: Scene): void {
  if (state.deadline <= scene.now) {
    giveUp(connection, scene, {
      code: state.attempt.method === 'nested' ? 'no-session' : 'udp-blocked',
      text:
        state.attempt.method === 'nested'
          ? 'No WireGuard session came up through the router: it may not forward between its peers, or a host firewall drops WireGuard from inside the tunnel.'
          : 'No candidate answered a handshake: a NAT or firewall in front of one end drops them, or no candidate leads there.',
    });
    return;
  }
  let next = state;
  if (state.lookAt !== undefined && state.lookAt <= scene.now && connection.aim === undefined) {
    scene.input.outbox.push({ type: 'read-device' });
    const looked = since(state.attempt.startedAt, scene.now);
    next = { ...next, lookAt: after(scene.now, millis(Math.max(LOOK_EVERY, looked / 4))) };
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
  if (state.attempt.method === 'nested' && !state.attempt.leader && seen.handshakeAt !== undefined) {
    sessionIsUp(connection, scene);
  }
}

function enterSession(connection: Connection, attempt: Attempt, scene: Scene): void {
  const cold = attempt.method === 'cold';
  // The follower sends first: it opens its own firewalls, and the leader's handshake comes well after its own.
  const aimAt = attempt.leader ? after(scene.now, INITIATOR_STAGGER) : scene.now;
  connection.candidates = cold ? planFor(connection, scene) : [];
  const usable = connection.candidates.filter(({ outcome }) => outcome !== 'skipped');
  // Both ends should try what their routers see at the same time: it is what opens NATs.
  const slots = [...usable].sort((left, right) => coldRank(left.kind) - coldRank(right.kind)).slice(0, COLD_SLOTS);
  const wait = cold ? millis(COLD_SLOT * Math.max(1, slots.length) * COLD_ROUNDS) : SESSION_WAIT;
  connection.enter({
    name: 'session',
    attempt,
    deadline: after(scene.now, wait),
    aimAt,
    pingAt: after(scene.now, SESSION_PING_EVERY),
    lookAt: cold || attempt.leader ? undefined : after(scene.now, LOOK_EVERY),
    slots: slots.map(({ endpoint }) => endpoint),
    slot: 0,
  });
}

function aimNested(connection: Connection, state: Session, scene: Scene): Session {
  const overlay = overlayEndpoint(connection, state.attempt, scene);
  const left = scene.devicePeer(connection.peer);
  // What an earlier attempt left has a session and a 5 s gate of its own; the one who initiates begins with neither.
  const recreate = !state.attempt.leader && (left?.handshakeAt ?? left?.endpoint) !== undefined;
  if (overlay !== undefined) connection.aim = { endpoint: overlay, recreate, ping: 'nested' };
  return { ...state, aimAt: undefined };
}

function aimCold(connection: Connection, state: Session, scene: Scene): Session {
  const endpoint = state.slots[state.slot % Math.max(1, state.slots.length)];
  if (endpoint === undefined) return { ...state, aimAt: undefined };
  if (mayTry(connection, endpoint, scene)) connection.aim = { endpoint, recreate: state.slot > 0, ping: 'direct' };
  return { ...state, slot: state.slot + 1, aimAt: after(scene.now, COLD_SLOT) };
}

/** Session first where the overlay address is reached through the tunnel, else cold; `undefined` until routes are known. */
function possibleMethod(connection: Connection, scene: Scene): Method | undefined {
  const belief = scene.belief(connection.peer);
  if (belief === undefined) return undefined;
  const { routes } = scene.input;
  if (addressesToAsk(belief, scene.given(connection)).some((address) => !routes.has(address))) return undefined;
  return belief.overlay !== undefined && routes.get(belief.overlay) === 'tunnel' ? 'nested' : 'cold';
}

function takeEarlyInvite(connection: Connection, scene: Scene): boolean {
  const early = connection.earlyInvite;
  if (early === undefined) return false;
  if (early.at + SESSION_WAIT < scene.now) {
    connection.earlyInvite = undefined;
    return false;
  }
  if (causeToStay(connection.peer, scene) !== undefined) return false;
  invited(connection, early.message, early.via, scene);
  return connection.state.name !== 'idle';
}

function giveUpBeforeBegin(connection: Connection, scene: Scene): void {
  connection.forced = false;
  const cause = causeToStay(connection.peer, scene);
  if (cause === undefined) return;
  connection.cause = cause;
  scene.step(connection, { what: 'failed', cause });
}

function accept(connection: Connection, attempt: Attempt, scene: Scene): void {
  const { epoch, method, via } = attempt;
  const { listenPort } = scene.input.device;
  scene.sendThrough(via, connection.peer, { kind: 'accept', epoch, method, listenPort });
}

const coldRank = (kind: 'host' | 'reflexive' | 'given'): number => ['given', 'reflexive', 'host'].indexOf(kind);

function overlayEndpoint(connection: Connection, { theirPort = 0 }: Attempt, scene: Scene): Endpoint | undefined {
  const overlay = scene.belief(connection.peer)?.overlay;
  // An interface that listens nowhere has port 0.
  return overlay === undefined || theirPort === 0 ? undefined : endpointOf(overlay, theirPort);
}
