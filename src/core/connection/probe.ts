/**
 * Trying candidates over a live session. Each ping that arrives moves the receiver's endpoint to where it came from, so
 * one direction of a pair is enough, and the last authentic packet decides where the device sends. Small pings open NATs
 * and find the way; only one of full size and its pong prove that data will pass.
 */
import {
  ASSUMED_RTT,
  CANDIDATE_SPACING,
  DRIFTS_MAX,
  HOLD_LIMIT,
  PROBE_ROUNDS,
  ROUND_PAUSE,
  STEP_RESEND_MIN,
  STEP_TRIES,
} from '../limits.js';
import { endpointAddress, type Endpoint } from '../values/endpoint.js';
import { after, instant, millis, rounded, since, type Millis } from '../values/time.js';
import type { Ping } from '../protocol/messages.js';
import { planFor } from './candidates.js';
import type { Connection, PingSize, SentPing } from './connection.js';
import { pingOnPath } from './liveness.js';
import { lookAtDevice, lookIfDue, lookLater } from './look.js';
import { giveUp } from './retreat.js';
import type { Scene } from './scene.js';
import { drifts, portsMoveOn } from './drift.js';
import { nothingAnswered } from './silence.js';
import { sightingOf } from './sightings.js';
import type { Attempt, Probing } from './states.js';

export function enterProbing(connection: Connection, attempt: Attempt, scene: Scene): void {
  const { leader, order } = attempt;
  connection.answers.clear();
  const waits = order === (leader ? 'follower first' : 'leader first');
  connection.enter({
    name: 'probing',
    attempt,
    plan: makePlan(connection, scene),
    next: 0,
    round: 0,
    stepAt: waits ? after(scene.now, roundPause(connection)) : scene.now,
    pause: CANDIDATE_SPACING,
    proof: undefined,
    otherReady: false,
    committedAt: undefined,
    askedAt: undefined,
    heldUntil: undefined,
    shortPongs: 0,
    stood: undefined,
    drifts: 0,
    seen: 'none',
    look: undefined,
    reached: false,
  });
}

/** Aims at the next candidate when it is time; gives up after the last round. */
export function probeNext(connection: Connection, probing: Probing, scene: Scene): void {
  if (connection.aim !== undefined || connection.aimed?.underWay === true) return;
  const state = lookIfDue(connection, probing, scene);
  if (state.stepAt > scene.now) return;
  if (state.round >= PROBE_ROUNDS) {
    giveUp(connection, scene, nothingAnswered(connection, scene));
    return;
  }
  const endpoint = state.plan[state.next];
  if (endpoint === undefined) {
    nextRound(connection, state, scene);
    return;
  }
  const affordable = mayTry(connection, endpoint, scene);
  if (affordable) {
    connection.aim = { endpoint, recreate: false, ping: mayFill(connection, endpoint) ? 'full' : 'direct' };
    markCandidate(connection, endpoint, 'tried', scene);
  }
  const last = state.next + 1 >= state.plan.length;
  const pause = last ? roundPause(connection) : CANDIDATE_SPACING;
  connection.enter({
    ...state,
    next: state.next + 1,
    round: last ? state.round + 1 : state.round,
    pause,
    look: affordable ? undefined : state.look,
    stepAt: affordable || last ? after(scene.now, pause) : scene.now,
  });
}

/** Facts may have come meanwhile: plans anew for each round, and keeps what is known of each candidate. */
function nextRound(connection: Connection, state: Probing, scene: Scene): void {
  const again: Probing = {
    ...state,
    plan: makePlan(connection, scene),
    next: 0,
    proof: undefined,
    stood: undefined,
    heldUntil: undefined,
  };
  if (again.plan.length > 0) {
    connection.enter(again);
    probeNext(connection, again, scene);
  } else {
    // Nothing to try from here, but the other end may reach us: one direction is enough.
    connection.enter({ ...again, round: state.round + 1, stepAt: after(scene.now, roundPause(connection)) });
  }
}

const roundPause = ({ rtt = ASSUMED_RTT }: Connection): Millis => millis(Math.max(ROUND_PAUSE, 2 * rtt));

/** Whether the candidate may be sent a datagram; what only the peer says of itself has a budget. */
export function mayTry(connection: Connection, endpoint: Endpoint, scene: Scene): boolean {
  const candidate = connection.candidates.find((each) => each.endpoint === endpoint);
  // One that is no candidate any more was the peer's word, or might as well have been: facts change under a plan.
  return (candidate?.kind ?? 'host') !== 'host' || connection.budget.take(endpointAddress(endpoint), scene.now);
}

/** Long pings only to who is vouched for or has answered: a stranger whom the peer names must not get much. */
function mayFill({ candidates, budget }: Connection, endpoint: Endpoint): boolean {
  const kind = candidates.find((each) => each.endpoint === endpoint)?.kind ?? 'host';
  return kind !== 'host' || budget.isProven(endpointAddress(endpoint));
}

/** The peer's endpoints changed: a new one is tried at once, not after the pause between rounds. */
export function replan(connection: Connection, state: Probing, scene: Scene): void {
  const plan = makePlan(connection, scene);
  const fresh = plan.filter((endpoint) => !state.plan.includes(endpoint));
  if (fresh.length === 0) return;
  connection.enter({ ...state, plan: [...fresh, ...state.plan.slice(state.next)], next: 0, stepAt: scene.now });
}

/** A ping of the peer arrived. One over a direct path has shown us where to send: wait for what comes of it. */
export function pingArrived(connection: Connection, { direct, asSeen, padding }: Ping, scene: Scene): void {
  connection.reached ||= asSeen;
  const { state } = connection;
  if (direct && state.name === 'active') pingOnPath(connection, state, scene);
  if (!direct || (state.name !== 'probing' && state.name !== 'contact')) return;
  if (padding > 0) scene.sendDirect(connection, { kind: 'ready', epoch: state.attempt.epoch });
  if (state.name !== 'probing') return;
  const heard: Probing = { ...state, reached: state.reached || asSeen };
  hold(connection, lookLater(connection, heard, scene), scene, ['small', 'full']);
}

/** Asks the other end in both sizes wherever the device has it now, and leaves the remaining candidates for later. */
function hold(connection: Connection, state: Probing, scene: Scene, sizes: readonly PingSize[]): void {
  const { now } = scene;
  // Two ends that wait for each other would go on asking for ever; and a short datagram must not draw long ones without
  // end, as where it came from may be a stranger's address.
  const asks = state.askedAt === undefined || since(state.askedAt, now) >= STEP_RESEND_MIN;
  if (asks) for (const size of sizes) scene.ping(connection, true, undefined, size);
  const held: Probing = {
    ...state,
    askedAt: asks ? now : state.askedAt,
    heldUntil: state.heldUntil ?? after(now, HOLD_LIMIT),
  };
  const until = Math.min(held.heldUntil ?? now, after(now, holdFor(connection)));
  if (until <= now) {
    connection.enter(held);
    return;
  }
  connection.aim = undefined;
  connection.enter({ ...held, pause: millis(until - now), stepAt: instant(until) });
}

/** A pong of the peer arrived for one of our pings. */
export function pongArrived(connection: Connection, pong: Ping, ping: SentPing, scene: Scene): void {
  const rtt = since(ping.sentAt, scene.now);
  connection.rtt = rtt;
  const { state } = connection;
  if (pong.direct && ping.aimedAt !== undefined) noteAnswer(connection, ping.aimedAt, rtt);
  if (state.name !== 'probing' || !pong.direct) return;
  if (ping.aimedAt !== undefined) markCandidate(connection, ping.aimedAt, 'answered', scene);
  if (ping.size === 'small' || pong.padding === 0) {
    const counted = { ...state, shortPongs: state.shortPongs + 1 };
    connection.enter(counted);
    if (state.proof === undefined) hold(connection, counted, scene, ['full']);
    return;
  }
  connection.aim = undefined;
  scene.input.outbox.push({ type: 'read-device' });
  const proof = { rtt, aimedAt: ping.aimedAt, sentAt: ping.sentAt, at: scene.now };
  connection.enter({ ...state, proof, pause: HOLD_LIMIT, stepAt: after(scene.now, HOLD_LIMIT) });
}

/** The shortest counts: what delays an answer has other reasons than the line. */
export function noteAnswer({ answers }: Connection, endpoint: Endpoint, rtt: Millis): void {
  const before = answers.get(endpoint) ?? rtt;
  answers.set(endpoint, before === 'done' || before < rtt ? before : rtt);
}

/**
 * The device was read: where it stands now is where pings come and go, if a proof waits for it; else perhaps where the
 * peer's come from. Answers whether there is contact.
 */
export function judgeProof(connection: Connection, state: Probing, scene: Scene): boolean {
  const { proof, attempt } = state;
  if (connection.aim !== undefined || connection.aimed?.underWay === true) return false;
  if (proof === undefined) {
    lookAtDevice(connection, state, scene);
    return false;
  }
  // A reading from before the pong may show where the device stood then; the one that was asked for follows.
  if (scene.input.readFrom < proof.at) return false;
  if (state.stood !== undefined && proof.sentAt < state.stood.at) {
    // It was under way when the other end was asked to come from there once more.
    connection.enter({ ...state, proof: undefined });
    return false;
  }
  const endpoint = scene.devicePeer(connection.peer)?.endpoint;
  const overtaken =
    endpoint === connection.aimed?.endpoint && endpoint !== proof.aimedAt && !isProven(connection, endpoint);
  if (overtaken && proof.aimedAt !== undefined) {
    // The device was given the next candidate while the pong was on its way: go back to the one that answered.
    connection.aim = { endpoint: proof.aimedAt, recreate: false, ping: 'full' };
    connection.enter({ ...state, proof: undefined, look: undefined });
    return false;
  }
  if (overtaken || !scene.isDirect(endpoint, connection.peer)) {
    // A late packet from inside the tunnel took the endpoint back; go on with the candidates.
    connection.enter({ ...state, proof: undefined, stepAt: scene.now });
    return false;
  }
  // Not where the ping was aimed: the peer's own packets may have drawn it elsewhere, and a stranger's address with it.
  connection.budget.prove(endpointAddress(endpoint));
  connection.seen = sightingOf(endpoint, connection.candidates);
  if (drifts(connection, state, endpoint, scene)) {
    if (state.drifts < DRIFTS_MAX) askWhereItStands(connection, state, endpoint, scene);
    else giveUp(connection, scene, portsMoveOn(connection));
    return false;
  }
  scene.step(connection, { what: 'contact', endpoint, rttMs: rounded(proof.rtt) });
  connection.enter({
    name: 'contact',
    attempt,
    endpoint,
    rtt: proof.rtt,
    otherReady: state.otherReady,
    sendAt: scene.now,
    deadline: after(scene.now, contactWait(proof.rtt)),
  });
  return true;
}

/** The next proof tells whether the other end still comes from there. */
function askWhereItStands(connection: Connection, state: Probing, endpoint: Endpoint, scene: Scene): void {
  scene.ping(connection, true, undefined, 'full');
  connection.enter({
    ...state,
    seen: connection.seen,
    proof: undefined,
    stood: { endpoint, at: scene.now },
    drifts: state.drifts + 1,
    stepAt: after(scene.now, holdFor(connection)),
  });
}

function isProven({ candidates }: Connection, endpoint: Endpoint | undefined): boolean {
  return candidates.some((candidate) => candidate.endpoint === endpoint && candidate.outcome === 'answered');
}

/** The other end needs about a round trip to get its own proof, and may lose some. */
export const contactWait = (rtt: Millis): Millis => millis(STEP_TRIES * Math.max(STEP_RESEND_MIN, rtt) + HOLD_LIMIT);

function makePlan(connection: Connection, scene: Scene): Endpoint[] {
  const before = new Map(connection.candidates.map((candidate) => [candidate.endpoint, candidate]));
  connection.candidates = planFor(connection, scene).map((candidate) => {
    const known = before.get(candidate.endpoint);
    if (candidate.outcome === 'skipped' && known?.outcome !== 'skipped') {
      const { endpoint, reason = '' } = candidate;
      scene.step(connection, { what: 'candidate', endpoint, outcome: 'skipped', reason });
    }
    return candidate.outcome === 'untried' && known !== undefined && known.outcome !== 'skipped' ? known : candidate;
  });
  return connection.candidates.filter(({ outcome }) => outcome !== 'skipped').map(({ endpoint }) => endpoint);
}

function markCandidate(connection: Connection, endpoint: Endpoint, outcome: 'tried' | 'answered', scene: Scene): void {
  const before = connection.candidates.find((candidate) => candidate.endpoint === endpoint);
  if (before === undefined || before.outcome === outcome || before.outcome === 'answered') return;
  connection.candidates = connection.candidates.map((candidate) =>
    candidate === before ? { ...candidate, outcome } : candidate,
  );
  scene.step(connection, { what: 'candidate', endpoint, outcome });
}

function holdFor(connection: Connection): Millis {
  return millis(Math.min(HOLD_LIMIT, Math.max(ROUND_PAUSE, 2 * (connection.rtt ?? ASSUMED_RTT))));
}
