/**
 * Moving the peer's addresses, both ends together. Whoever has its own proof and the other's READY says COMMIT on the
 * direct path and moves; the other end moves and says COMMITTED. Which end that is, the packets decide. No clocks are
 * compared; whoever hears nothing takes its own step back.
 */
import {
  ASSUMED_RTT,
  COMMIT_RESEND_MIN,
  COMMIT_WAIT_MIN,
  DEVICE_WAIT,
  FULL_PING_EVERY,
  MOVING_FOR,
  PING_EVERY,
  REAGREE_WITHIN,
  STEP_RESEND_MIN,
} from '../limits.js';
import { EPOCH_BOOT_BYTES, epochBoot, sameEpoch } from '../protocol/epoch.js';
import type { Step } from '../protocol/messages.js';
import { equalBytes } from '../values/bytes.js';
import type { Endpoint } from '../values/endpoint.js';
import type { PublicKey } from '../values/key.js';
import type { Prefix } from '../values/prefix.js';
import { after, millis, rounded, since } from '../values/time.js';
import { lookBeyondFirst } from './better.js';
import type { Connection } from './connection.js';
import { movablePrefixes } from './explain.js';
import { contactWait } from './proof.js';
import { giveUp, withVerdicts } from './retreat.js';
import type { Scene } from './scene.js';
import { sightingOf } from './sightings.js';
import type { Active, Attempt, Attempting, Contact, Moving, Probing, State } from './states.js';

/** Contact has just been entered: with the other end's word that it is ready, on at once. */
export function contactMade(connection: Connection, scene: Scene): void {
  const { state } = connection;
  if (state.name === 'contact' && state.otherReady) enterMoving(connection, state, true, scene);
}

/** Contact, as time passes: asks whether the other end is ready; gives up when it takes too long. */
export function pursueContact(connection: Connection, state: Contact, scene: Scene): void {
  if (state.deadline <= scene.now) {
    giveUp(connection, scene, {
      code: 'one-sided',
      text: `Contact at ${state.endpoint} was one-sided: the other end's packets arrived, its agreement did not.`,
    });
    return;
  }
  if (!asks(state) || state.sendAt > scene.now) return;
  scene.sendDirect(connection, { kind: 'prepare', epoch: state.attempt.epoch });
  connection.enter({ ...state, sendAt: after(scene.now, millis(Math.max(STEP_RESEND_MIN, state.rtt))) });
}

/** Where the two ends agree anew, the one that restarted asks. */
export const asks = ({ attempt }: Contact): boolean => attempt.leader || !attempt.resumed;

/** Any of PREPARE, READY, COMMIT and COMMITTED, arrived over the direct path. */
export function agreementArrived(connection: Connection, message: Step, scene: Scene): void {
  const { state } = connection;
  if (message.kind === 'prepare' && mayReagree(connection.peer, state, scene)) {
    reagree(connection, state, message, scene);
  }
  const now = connection.state;
  if (!('attempt' in now) || !sameEpoch(now.attempt.epoch, message.epoch)) return;
  switch (message.kind) {
    case 'prepare':
      // Its proof is a pong of ours, of full size: its packets reach us, whatever we know of our own.
      if (now.name === 'probing' || now.name === 'contact') {
        scene.sendDirect(connection, { kind: 'ready', epoch: message.epoch });
      }
      return;
    case 'ready':
      if (now.name === 'probing') connection.enter({ ...now, otherReady: true });
      if (now.name === 'contact') enterMoving(connection, now, true, scene);
      return;
    case 'commit':
      committed(connection, now, message, scene);
      return;
    case 'committed':
      if (now.name === 'moving' && now.commits) acknowledged(connection, now, scene);
      return;
  }
}

/** The other end has moved. That it has its proof is ours as well: the pong it had came from here. */
function committed(connection: Connection, state: Attempting, message: Step, scene: Scene): void {
  switch (state.name) {
    case 'probing':
      connection.enter({ ...state, committedAt: scene.now });
      scene.input.outbox.push({ type: 'read-device' });
      return;
    case 'contact':
      enterMoving(connection, state, false, scene);
      return;
    case 'moving':
      // Both had their proof at the same moment: each one's COMMIT is the other's answer.
      if (state.commits) acknowledged(connection, state, scene);
      return;
    case 'active':
      scene.sendDirect(connection, { kind: 'committed', epoch: message.epoch });
      return;
    case 'inviting':
    case 'session':
      return;
  }
}

function acknowledged(connection: Connection, state: Moving, scene: Scene): void {
  if (state.confirmed) enterActive(connection, state, scene);
  else connection.enter({ ...state, acknowledged: true });
}

/** Probing, after the device was read: where a COMMIT came from is where to move. */
export function followCommit(connection: Connection, state: Probing, scene: Scene): void {
  const { attempt, committedAt } = state;
  if (committedAt === undefined || scene.input.readFrom < committedAt || connection.aim !== undefined) return;
  const endpoint = scene.devicePeer(connection.peer)?.endpoint;
  const rtt = connection.rtt ?? ASSUMED_RTT;
  if (scene.isDirect(endpoint, connection.peer)) {
    scene.step(connection, { what: 'contact', endpoint, rttMs: rounded(rtt) });
    connection.seen = sightingOf(endpoint, connection.candidates);
    enterMoving(connection, { attempt, endpoint, rtt }, false, scene);
  } else {
    // It is said again.
    connection.enter({ ...state, committedAt: undefined });
  }
}

/** Moving, as time passes: whoever said COMMIT repeats it, and takes its step back when nobody acknowledges. */
export function pursueMoving(connection: Connection, state: Moving, scene: Scene): void {
  if (state.deadline <= scene.now) {
    giveUp(connection, scene, {
      code: state.confirmed ? 'one-sided' : 'device-refused',
      text: state.confirmed
        ? `The other end did not acknowledge the move to ${state.endpoint}; packets may pass in one direction only.`
        : 'The device did not take the change; see the log.',
    });
    return;
  }
  if (!state.confirmed || !state.commits || state.sendAt > scene.now) return;
  scene.sendDirect(connection, { kind: 'commit', epoch: state.attempt.epoch });
  connection.enter({ ...state, sendAt: after(scene.now, millis(Math.max(COMMIT_RESEND_MIN, state.rtt / 6))) });
}

/** Moving, after the device was read: the addresses have to be there and the endpoint has to be a direct one still. */
export function confirmMove(connection: Connection, state: Moving, scene: Scene): void {
  if (state.confirmed || connection.aim !== undefined) return;
  const seen = scene.devicePeer(connection.peer);
  const wanted = movablePrefixes(connection, scene);
  if (seen === undefined || !wanted.every((prefix) => seen.allowedIps.includes(prefix))) return;
  if (!scene.isDirect(seen.endpoint, connection.peer)) {
    connection.aim = { endpoint: state.endpoint, recreate: false, ping: 'none' };
    return;
  }
  const { deviceTime } = scene.input;
  const deadline = after(scene.now, millis(Math.max(COMMIT_WAIT_MIN, 3 * state.rtt) + 2 * deviceTime));
  // Once more at once: the first COMMIT may have met the device in the middle of the change.
  const confirmed: Moving = { ...state, confirmed: true, sendAt: scene.now, deadline };
  connection.enter(confirmed);
  if (!state.commits) scene.sendDirect(connection, { kind: 'committed', epoch: state.attempt.epoch });
  if (!state.commits || state.acknowledged) enterActive(connection, confirmed, scene);
}

/** `commits`: on our own proof; else because the other end has moved. */
function enterMoving(
  connection: Connection,
  { attempt, endpoint, rtt }: Pick<Contact, 'attempt' | 'endpoint' | 'rtt'>,
  commits: boolean,
  scene: Scene,
): void {
  // COMMIT leaves before our own change: it is under way longer than the change takes, and every millisecond by which
  // the other end moves later costs packets. Should the change fail, LOST takes the other end back.
  if (commits) scene.sendDirect(connection, { kind: 'commit', epoch: attempt.epoch });
  // The device is given the addresses first and the direct endpoint again after them (aim is applied last).
  connection.aim = { endpoint, recreate: false, ping: 'none' };
  connection.enter({
    name: 'moving',
    attempt,
    endpoint,
    rtt,
    confirmed: false,
    commits,
    acknowledged: false,
    sendAt: scene.now,
    deadline: after(scene.now, DEVICE_WAIT),
  });
}

function enterActive(connection: Connection, state: Moving, scene: Scene): void {
  const { attempt, endpoint, rtt } = state;
  const tookMs = rounded(since(attempt.startedAt, scene.now));
  scene.step(connection, { what: 'direct', endpoint, tookMs });
  connection.cause = undefined;
  connection.candidates = withVerdicts(connection.candidates);
  connection.failures = 0;
  connection.pauses = 0;
  connection.given = [];
  connection.counted = undefined;
  const active: Active = {
    name: 'active',
    attempt,
    endpoint,
    rtt,
    since: scene.now,
    pongAt: scene.now,
    rttVariation: millis(rtt / 2),
    waiting: [],
    pingAt: after(scene.now, PING_EVERY),
    pingedAt: undefined,
    turnAt: undefined,
    full: { waiting: [], pingAt: after(scene.now, FULL_PING_EVERY) },
    movingUntil: after(scene.now, MOVING_FOR),
    suspect: false,
    reagreeBy: undefined,
  };
  connection.enter(active);
  lookBeyondFirst(connection, active, scene);
}

/** Where both ends restarted, both lead; the one with the higher key gives way. */
function mayReagree(peer: PublicKey, state: State, scene: Scene): state is Active | Contact {
  if (state.name === 'active') return true;
  const crossing = state.name === 'contact' && state.attempt.resumed && state.attempt.leader;
  return crossing && scene.input.device.publicKey > peer;
}

/** The other end restarted and adopted what its former agent left: agree again without giving the path up. */
function reagree(connection: Connection, state: Active | Contact, message: Step, scene: Scene): void {
  if (sameEpoch(state.attempt.epoch, message.epoch)) return;
  if (!equalBytes(message.epoch.follower, epochBoot(scene.input.boot))) return;
  const attempt = { ...state.attempt, epoch: message.epoch, leader: false, startedAt: scene.now, resumed: true };
  connection.enter(contactAgain(state, attempt, scene));
}

function contactAgain({ endpoint, rtt }: Active | Contact, attempt: Attempt, scene: Scene): Contact {
  const deadline = after(scene.now, contactWait(rtt));
  return { name: 'contact', attempt, endpoint, rtt, otherReady: false, sendAt: scene.now, deadline };
}

/** A former agent of ours left the peer with its addresses: it counts as active, on probation until both ends agreed anew. */
export function adopt(connection: Connection, endpoint: Endpoint, held: readonly Prefix[], scene: Scene): void {
  connection.held = held;
  connection.grantedBy = scene.input.routers;
  const none = new Uint8Array(EPOCH_BOOT_BYTES);
  connection.enter({
    name: 'active',
    attempt: {
      epoch: { leader: none, follower: none, counter: 0 },
      leader: true,
      via: scene.input.routers[0] ?? connection.peer,
      method: 'nested',
      order: 'any',
      startedAt: scene.now,
      theirPort: undefined,
      routerRtt: undefined,
      resumed: true,
    },
    endpoint,
    rtt: ASSUMED_RTT,
    rttVariation: ASSUMED_RTT,
    since: scene.now,
    pongAt: scene.now,
    waiting: [],
    pingAt: scene.now,
    pingedAt: undefined,
    turnAt: undefined,
    full: { waiting: [], pingAt: scene.now },
    movingUntil: after(scene.now, MOVING_FOR),
    suspect: false,
    reagreeBy: after(scene.now, REAGREE_WITHIN),
  });
}

/** Adopted, and the other end's run is known by now: lead a new agreement while the addresses stay where they are. */
export function resume(connection: Connection, state: Active, scene: Scene): void {
  if (!state.attempt.resumed || state.attempt.epoch.counter !== 0) return;
  const heard = scene.bootOf(connection.peer);
  if (heard === undefined) return;
  const epoch = { leader: epochBoot(scene.input.boot), follower: epochBoot(heard), counter: scene.input.nextNumber() };
  connection.enter(contactAgain(state, { ...state.attempt, epoch, startedAt: scene.now }, scene));
}
