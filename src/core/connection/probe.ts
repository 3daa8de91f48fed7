/**
 * Trying candidates over a live session. Each ping that arrives moves the receiver's endpoint to where it came from, so
 * one direction of a pair is enough, and the last authentic packet decides where the device sends. Small pings open NATs
 * and find the way; only one of full size and its pong prove that data will pass.
 */
import {
  ASSUMED_RTT,
  CANDIDATE_SPACING,
  HOLD_LIMIT,
  PROBE_ROUNDS,
  ROUND_PAUSE,
  STEP_RESEND_MIN,
  UNHEARD_ROUNDS,
} from '../limits.js';
import { endpointAddress, type Endpoint } from '../values/endpoint.js';
import { after, instant, millis, since, type Millis } from '../values/time.js';
import type { Ping } from '../protocol/messages.js';
import { planFor } from './candidates.js';
import type { Connection, PingSize, SentPing } from './connection.js';
import { pingOnPath } from './liveness.js';
import { lookIfDue, lookLater } from './look.js';
import { greetAgain, isUnheard, NO_SESSION } from './nested.js';
import { holdFor } from './proof.js';
import { giveUp } from './retreat.js';
import type { Scene } from './scene.js';
import { nothingAnswered } from './silence.js';
import type { Attempt, Moving, Probing } from './states.js';

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
    unheard: 0,
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
  const unheard = isUnheard(connection, state.attempt);
  const again: Probing = {
    ...state,
    // Rounds count once the other end is there: before that it does not open its NAT for us.
    round: unheard ? 0 : state.round,
    unheard: state.unheard + Number(unheard),
    plan: makePlan(connection, scene),
    next: 0,
    proof: undefined,
    stood: undefined,
    heldUntil: undefined,
  };
  if (again.unheard >= UNHEARD_ROUNDS) {
    giveUp(connection, scene, NO_SESSION);
  } else if (unheard && greetAgain(connection, state.attempt, scene)) {
    const pause = again.plan.length > 0 ? CANDIDATE_SPACING : roundPause(connection);
    connection.enter({ ...again, pause, stepAt: after(scene.now, pause) });
  } else if (again.plan.length > 0) {
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
  if (state.name === 'moving') backToContact(connection, state, ping);
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

/** The answer of another candidate comes late, and has taken the device to where it came from. */
function backToContact(connection: Connection, { endpoint }: Moving, { aimedAt }: SentPing): void {
  if (aimedAt === undefined || endpointAddress(aimedAt) === endpointAddress(endpoint)) return;
  connection.aim = { endpoint, recreate: false, ping: 'direct' };
}

/** The shortest counts: what delays an answer has other reasons than the line. */
export function noteAnswer({ answers }: Connection, endpoint: Endpoint, rtt: Millis): void {
  const before = answers.get(endpoint) ?? rtt;
  answers.set(endpoint, before === 'done' || before < rtt ? before : rtt);
}

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
