/**
 * Whether a direct path still works. While traffic moves, pings are acknowledged on it twice a second by each end, in
 * turn; byte counters would not do, as one direction may be dead. Now and then a ping is of full size: where only small
 * packets pass, data does not. A path without traffic is kept open by WireGuard's keepalive and costs nothing else.
 */
import {
  FULL_PING_EVERY,
  FULL_PING_IN_DOUBT,
  MISSES_OF_SUSPECT,
  MISSES_TO_LOSE_MAX,
  MOVING_FOR,
  PING_EVERY,
  PING_IN_DOUBT,
  PONG_WAIT_MAX,
  PONG_WAIT_MIN,
  REAGREE_WITHIN,
} from '../limits.js';
import type { DevicePeer } from '../device.js';
import { after, earliest, millis, seconds, since, type Instant, type Millis } from '../values/time.js';
import type { Connection, PingSize, SentPing } from './connection.js';
import { giveUp } from './retreat.js';
import type { Scene } from './scene.js';
import { tooLong } from './silence.js';
import type { Active } from './states.js';

/** Two keepalives may fall between two readings of the counters. */
const KEEPALIVE_SLACK = 64;
/** A rekey: initiation, response, and the keepalive that confirms it. */
const HANDSHAKE_SLACK = 148 + 92 + 32;
/** WireGuard begins one with the first packet that it sends after this; its answer may come after a reading. */
const REKEY_AFTER = seconds(120);

/** Active, as time passes. */
export function watchPath(connection: Connection, state: Active, scene: Scene): void {
  const { now } = scene;
  if (state.reagreeBy !== undefined && state.reagreeBy <= now) {
    giveUp(connection, scene, { code: 'contact-lost', text: 'The other end restarted and did not agree anew.' });
    return;
  }
  const misses = missed(state.waiting, state, now);
  if (isDead(connection, state, misses, now)) {
    const text = `The direct path at ${state.endpoint} stopped answering: ${misses} pings in a row went unanswered.`;
    giveUp(connection, scene, { code: 'contact-lost', text });
    return;
  }
  if (misses === 0 && missed(state.full.waiting, state, now) >= connection.loss.fullMissesToLose) {
    giveUp(connection, scene, tooLong(state.endpoint, scene));
    return;
  }
  const small = ask(connection, state, { waiting: state.waiting, pingAt: state.pingAt }, 'small', scene);
  // While small ones are missed as well, long ones can tell nothing more.
  const full = misses > 0 ? state.full : ask(connection, state, state.full, 'full', scene);
  if (small.pingAt === state.pingAt && small.waiting === state.waiting && full === state.full) return;
  connection.enter({ ...state, ...small, full });
}

/**
 * Whether so many pings in a row went unanswered that the path is dead. Those from before the other end's last ping do not
 * count: who hears it all the while loses pongs by chance; or the own pings do not arrive there, and then the other end
 * hears nothing, comes to its verdict soon, and says so. Should it not, a longer row is enough.
 */
function isDead({ loss }: Connection, state: Active, misses: number, now: Instant): boolean {
  const { suspect, waiting, pingedAt } = state;
  if (misses >= (suspect ? MISSES_OF_SUSPECT : MISSES_TO_LOSE_MAX)) return true;
  const unheard = pingedAt === undefined ? waiting : waiting.filter((sentAt) => sentAt > pingedAt);
  return missed(unheard, state, now) >= loss.missesToLose;
}

type Series = Active['full'];

/** Pings when it is due. In doubt the next ping does not wait for the verdict on this one, or eight misses would take seconds. */
function ask(connection: Connection, state: Active, series: Series, size: PingSize, scene: Scene): Series {
  const { now } = scene;
  const doubt = missed(series.waiting, state, now) > 0;
  const pingAt = doubt ? (series.pingAt ?? now) : series.pingAt;
  if (pingAt === undefined || pingAt > now) return pingAt === series.pingAt ? series : { ...series, pingAt };
  scene.ping(connection, true, undefined, size);
  const soon = size === 'small' ? PING_IN_DOUBT : FULL_PING_IN_DOUBT;
  return { waiting: [...series.waiting, now], pingAt: doubt ? after(now, soon) : undefined };
}

function missed(waiting: readonly Instant[], state: Active, now: Instant): number {
  if (waiting.length === 0) return 0;
  const wait = pongWait(state);
  return waiting.filter((sentAt) => since(sentAt, now) >= wait).length;
}

/** When the path has to be looked at again. */
export function watchAt(state: Active, now: Instant): Instant | undefined {
  const { waiting, full, pingAt, reagreeBy } = state;
  // While small pings are missed, the next long one waits for their end.
  const fullAt = missed(waiting, state, now) > 0 ? undefined : full.pingAt;
  return earliest([verdictAt(waiting, state, now), verdictAt(full.waiting, state, now), pingAt, fullAt, reagreeBy]);
}

/** When the first of these that were not missed yet will be: they are in order. */
function verdictAt(waiting: readonly Instant[], state: Active, now: Instant): Instant | undefined {
  if (waiting.length === 0) return undefined;
  const wait = pongWait(state);
  const next = waiting.find((sentAt) => after(sentAt, wait) > now);
  return next === undefined ? undefined : after(next, wait);
}

export function pongOnPath(connection: Connection, state: Active, ping: SentPing, scene: Scene): void {
  const { now } = scene;
  const rtt = since(ping.sentAt, now);
  connection.rtt = rtt;
  const error = Math.abs(rtt - state.rtt);
  const { waiting, full } = state;
  const isFull = ping.size === 'full';
  connection.loss.answered(sentBefore(waiting, ping) + (isFull ? sentBefore(full.waiting, ping) : 0));
  const moves = carriesTraffic(state, now);
  connection.enter({
    ...state,
    rtt: millis(state.rtt * 0.875 + rtt * 0.125),
    rttVariation: millis(state.rttVariation * 0.75 + error * 0.25),
    pongAt: now,
    suspect: false,
    waiting: sentAfter(waiting, ping),
    pingAt: moves ? nextPing(state, now) : undefined,
    full: isFull
      ? { waiting: sentAfter(full.waiting, ping), pingAt: moves ? after(now, FULL_PING_EVERY) : undefined }
      : full,
  });
}

/** What was sent before the ping that is answered is lost; what was sent after it has its own answer under way, or not. */
const sentBefore = (waiting: readonly Instant[], { sentAt }: SentPing): number =>
  waiting.filter((each) => each < sentAt).length;

const sentAfter = (waiting: readonly Instant[], { sentAt }: SentPing): readonly Instant[] =>
  waiting.filter((each) => each > sentAt);

/**
 * The other end tests the path, which loses its ping or our pong where it is dead: so a test of ours is worth most in the
 * middle between two of its own. The follower alone sees to that, or both would chase each other.
 */
export function pingOnPath(connection: Connection, before: Active, { now }: Scene): void {
  const state = { ...before, pingedAt: now };
  const turnAt = after(now, millis(PING_EVERY / 2));
  const pingAt = state.pingAt === undefined || state.pingAt < turnAt ? state.pingAt : turnAt;
  connection.enter(state.attempt.leader ? state : { ...state, pingAt, turnAt });
}

function nextPing({ turnAt }: Active, now: Instant): Instant {
  const usual = after(now, PING_EVERY);
  return turnAt !== undefined && turnAt > now && turnAt < usual ? turnAt : usual;
}

/** Something suggests that the path may be dead, or that the other end is another: ask at once. */
export function doubtPath(connection: Connection, state: Active, scene: Scene, restarted = false): void {
  connection.enter({
    ...state,
    pingAt: scene.now,
    reagreeBy: restarted ? after(scene.now, REAGREE_WITHIN) : state.reagreeBy,
  });
}

/** This machine is somewhere else now; a NAT in front of the other end may let nothing in from there. */
export function suspectPath(connection: Connection, state: Active, scene: Scene): void {
  connection.enter({ ...state, pingAt: scene.now, suspect: true });
}

/** The device was read: look at its counters. */
export function lookAtCounters(connection: Connection, state: Active, seen: DevicePeer, scene: Scene): void {
  const before = connection.counted;
  const sent = scene.input.outbox.takeSent(connection.peer);
  const own = { rx: connection.ownReceived, tx: sent + (before?.late ?? 0) };
  // Datagrams that were asked for while the device was being read leave after that; for longer none is waited for.
  const late = before === undefined ? 0 : Math.min(sent, Math.max(0, before.tx + own.tx - seen.txBytes));
  connection.counted = { rx: seen.rxBytes, tx: seen.txBytes, late, handshakeAt: seen.handshakeAt };
  connection.ownReceived = 0;
  let next: Active = state;
  if (before !== undefined) {
    const rekeyed = before.handshakeAt !== seen.handshakeAt || isRekeyDue(seen, scene.now);
    const slack = KEEPALIVE_SLACK + (rekeyed ? HANDSHAKE_SLACK : 0);
    const moves = seen.rxBytes - before.rx - own.rx > slack || seen.txBytes - before.tx - own.tx > slack;
    if (moves) next = { ...next, movingUntil: after(scene.now, MOVING_FOR) };
    if (moves && next.waiting.length === 0) next = { ...next, pingAt: next.pingAt ?? scene.now };
    const { full } = next;
    if (moves && full.waiting.length === 0 && full.pingAt === undefined) {
      next = { ...next, full: { ...full, pingAt: scene.now } };
    }
  }
  if (next !== state) connection.enter(next);
}

const isRekeyDue = ({ handshakeAt }: DevicePeer, now: Instant): boolean =>
  handshakeAt !== undefined && since(handshakeAt, now) >= REKEY_AFTER;

export const carriesTraffic = (state: Active, now: Instant): boolean => state.movingUntil > now;

/** RFC 6298's retransmission time: a path that is merely slow under load must not look dead. */
export const pongWait = ({ rtt, rttVariation }: Active): Millis =>
  millis(Math.min(PONG_WAIT_MAX, Math.max(PONG_WAIT_MIN, rtt + 4 * rttVariation)));
