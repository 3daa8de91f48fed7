/**
 * From nothing to an attempt that both ends know of: who invites whom, who waits to be invited, and who gives way. How
 * the session then comes up is session.ts's.
 */
import {
  INVITED_AT_MOST_EVERY,
  INVITE_GROWTH,
  INVITE_RESEND,
  INVITE_TRIES,
  PREPARING,
  SESSION_WAIT,
  YIELD_TO_LOWER_KEY,
} from '../limits.js';
import { epochBoot, sameEpoch, type Epoch } from '../protocol/epoch.js';
import { connectsUnasked } from '../policy.js';
import type { Invite, Method } from '../protocol/messages.js';
import { equalBytes } from '../values/bytes.js';
import { endpointPort } from '../values/endpoint.js';
import type { PublicKey } from '../values/key.js';
import { after, millis, since } from '../values/time.js';
import { addressesToAsk } from './candidates.js';
import type { Connection } from './connection.js';
import { ownEvidence, whyWeStay } from './evidence.js';
import { causeToStay } from './explain.js';
import { giveUp } from './retreat.js';
import type { Scene } from './scene.js';
import { aimAtOverlay, enterSession, initiates } from './session.js';
import type { Attempt, Expecting, Idle, Inviting } from './states.js';

/**
 * Idle: begins an attempt when policy, pauses and facts allow it. Answers `routes` when nothing but a route that is not
 * known yet stands against it.
 */
export function considerAttempt(connection: Connection, scene: Scene): 'routes' | undefined {
  const { state, peer } = connection;
  if (state.name !== 'idle') return undefined;
  if (takeEarlyInvite(connection, scene)) return undefined;
  if (state.retryAt !== undefined && state.retryAt > scene.now && !connection.forced) return undefined;
  if (!connection.forced && !connectsUnasked(scene.input.policy, peer)) return undefined;
  const via = scene.routersOf(peer)[0];
  const theirBoot = scene.bootOf(peer);
  if (causeToStay(peer, scene) !== undefined || via === undefined || theirBoot === undefined) {
    if (connection.forced) giveUpBeforeBegin(connection, scene);
    return undefined;
  }
  const method = possibleMethod(connection, scene);
  if (method === undefined) return 'routes';
  if (isFirst(state) && scene.input.device.publicKey > peer && !connection.forced) {
    connection.enter({ name: 'expecting', until: after(scene.now, YIELD_TO_LOWER_KEY) });
    return undefined;
  }
  connection.forced = false;
  connection.cause = undefined;
  const epoch: Epoch = {
    leader: epochBoot(scene.input.boot),
    follower: epochBoot(theirBoot),
    counter: scene.input.nextNumber(),
  };
  const { now } = scene;
  const theirPort = method === 'nested' && initiates(connection, scene) ? knownPort(connection, scene) : undefined;
  const order = orderFor(connection, scene);
  const attempt: Attempt = {
    epoch,
    leader: true,
    via,
    method,
    order,
    startedAt: now,
    theirPort,
    routerRtt: undefined,
    resumed: false,
  };
  // Both ends learn of each other at the same moment, so the first time the other one expects us. Later it may have to
  // prepare when it is invited.
  const aimAt = after(now, isFirst(state) ? millis(0) : PREPARING);
  const inviting: Inviting = {
    name: 'inviting',
    attempt,
    sendAt: now,
    sentAt: now,
    tries: 0,
    aimAt: theirPort === undefined ? undefined : aimAt,
  };
  connection.enter(inviting);
  repeatInvitation(connection, inviting, scene);
  return undefined;
}

/** No attempt was made since the peer was heard of. */
const isFirst = ({ retryAt }: Idle): boolean => retryAt === undefined;

/** The peer's WireGuard listen port: all the addresses it tells of itself have it. */
function knownPort({ peer }: Connection, scene: Scene): number | undefined {
  const own = scene.belief(peer)?.endpoints.find(({ kind }) => kind === 'host');
  return own && endpointPort(own.endpoint);
}

/** Expecting: the other end did not come first, so we do. */
export function stopExpecting(connection: Connection, state: Expecting, scene: Scene): void {
  if (state.until > scene.now) return;
  connection.enter({ name: 'idle', retryAt: scene.now });
  considerAttempt(connection, scene);
}

/** Inviting: the invitation again and again, and the handshake right behind the first where we are to begin it. */
export function repeatInvitation(connection: Connection, state: Inviting, scene: Scene): void {
  // Where the other end initiates, its handshake must find it on our device.
  if (!initiates(connection, scene) && !scene.isReachable(connection.peer)) return;
  let next = state;
  if (state.aimAt !== undefined && state.aimAt <= scene.now) {
    aimAtOverlay(connection, state.attempt, scene);
    next = { ...next, aimAt: undefined };
  }
  if (state.sendAt <= scene.now) {
    if (state.tries >= INVITE_TRIES) {
      giveUp(connection, scene, {
        code: 'agent-silent',
        text: 'Its agent does not answer through the router: it may be asleep or just gone. wirelink tries again.',
      });
      return;
    }
    invite(connection, state.attempt, scene);
    if (state.tries === 0) scene.step(connection, { what: 'invited', via: state.attempt.via });
    else if (state.attempt.theirPort !== undefined) handshakeAgain(connection, state, scene);
    const pause = millis(INVITE_RESEND * INVITE_GROWTH ** state.tries);
    next = { ...next, tries: state.tries + 1, sentAt: scene.now, sendAt: after(scene.now, pause) };
  }
  if (next !== state) connection.enter(next);
}

function invite({ peer }: Connection, { epoch, via, method, order }: Attempt, scene: Scene): void {
  const { listenPort } = scene.input.device;
  scene.sendThrough(via, peer, { kind: 'invite', epoch, method, leaderFirst: order === 'leader first', listenPort });
}

/**
 * What loses invitations loses handshakes: one that has had its time is begun anew, unless the device has shown its
 * session. An earlier attempt's is not on the device any more.
 */
function handshakeAgain(connection: Connection, { attempt, tries }: Inviting, scene: Scene): void {
  const isThere = scene.devicePeer(connection.peer)?.handshakeAt !== undefined;
  if (tries > 1 && !isThere) aimAtOverlay(connection, attempt, scene);
  scene.input.outbox.push({ type: 'read-device' });
}

/** An invitation came, through a router. */
export function invited(connection: Connection, message: Invite, via: PublicKey, scene: Scene): void {
  const { state, peer } = connection;
  if (!equalBytes(message.epoch.follower, epochBoot(scene.input.boot))) return;
  const cause = causeToStay(peer, scene);
  if (cause !== undefined) {
    if (whyWeStay(connection, scene) !== undefined && scene.input.neighbour(via)?.inSync === true) {
      refuse(connection, message.epoch, via, scene);
    } else connection.earlyInvite = { message, via, at: scene.now };
    return;
  }
  if (state.name === 'inviting' && scene.input.device.publicKey < peer) {
    // None of ours has arrived, or it would have given way.
    if (state.tries > 1 && since(state.sentAt, scene.now) >= INVITE_RESEND) {
      invite(connection, state.attempt, scene);
      connection.enter({ ...state, sentAt: scene.now });
    }
    return;
  }
  if ('attempt' in state && sameEpoch(state.attempt.epoch, message.epoch)) {
    if (state.name === 'session' || state.name === 'probing') accept(connection, state.attempt, scene);
    return;
  }
  if (isRepeatedOrHasty(connection, message.epoch, scene)) return;
  // Crossing invitations: ours gives way without further ado, the attempt is the other end's.
  if (state.name !== 'idle' && state.name !== 'expecting' && state.name !== 'inviting') {
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
    order: message.leaderFirst ? 'leader first' : 'any',
    startedAt: scene.now,
    theirPort: message.listenPort,
    routerRtt: undefined,
    resumed: false,
  };
  scene.step(connection, { what: 'accepted', via });
  enterSession(connection, attempt, scene);
  accept(connection, attempt, scene);
}

/** All that the router knows has been heard, so waiting would change nothing: the other end need not wait either. */
function refuse(connection: Connection, epoch: Epoch, via: PublicKey, scene: Scene): void {
  scene.sendThrough(via, connection.peer, { kind: 'lost', epoch, evidence: ownEvidence(connection, scene) });
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
  const routerRtt = state.tries === 1 ? since(state.attempt.startedAt, scene.now) : undefined;
  const attempt = { ...state.attempt, method: message.method, theirPort: message.listenPort, routerRtt };
  // What was aimed at another port than the one it tells was aimed at nothing.
  const begun = state.aimAt === undefined && state.attempt.theirPort === message.listenPort;
  enterSession(connection, attempt, scene, begun);
}

/** Session first where the overlay address is reached through the tunnel, else cold; `undefined` until routes are known. */
function possibleMethod(connection: Connection, scene: Scene): Method | undefined {
  const belief = scene.belief(connection.peer);
  if (belief === undefined) return undefined;
  const { routes } = scene.input;
  if (addressesToAsk(belief, scene.given(connection)).some((address) => !routes.has(address))) return undefined;
  return belief.overlay !== undefined && routes.get(belief.overlay) === 'tunnel' ? 'nested' : 'cold';
}

/**
 * A router in front of one end may remember a packet that came before that end's own, and give its flow another port for
 * it: then that end has to be the first. Nobody knows which, so after the first attempt the two take turns, by their
 * keys, as either may lead; every third is left as it comes, which lets first packets cross.
 */
function orderFor({ failures, peer }: Connection, scene: Scene): Attempt['order'] {
  const turn = failures % 3;
  if (turn === 0) return 'any';
  const lowerFirst = turn === 1;
  return lowerFirst === scene.input.device.publicKey < peer ? 'leader first' : 'follower first';
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
  scene.sendThrough(via, connection.peer, { kind: 'accept', epoch, method, leaderFirst: false, listenPort });
}
