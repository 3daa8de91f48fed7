/**
 * Whether there may be a better direct path than the one that works: through a network that both ends are in, rather
 * than over the internet; or one with a clearly shorter round trip. Decides when that is worth a trial, and of which
 * endpoint; trial.ts makes it. Looked for on news alone: a path was made, candidates or addresses became others. Each
 * candidate is tried once until there is news of it, so a pair that nothing happens to becomes silent.
 *
 * It is tried on a quiet path only: WireGuard answers to where the last packet came from, so packets under way on the
 * old path would take both ends back, again and again. What answers a clearly shorter way than the first one during the
 * attempt needs no trial: candidates are tried 20 ms apart, and whichever answers first is the path.
 */
import {
  BETTER_AFTER,
  BETTER_AT_MOST_EVERY,
  BETTER_BY,
  BETTER_SAMPLES,
  BETTER_BY_PERCENT,
  MOVING_FOR,
} from '../limits.js';
import type { DevicePeer } from '../device.js';
import type { Ping } from '../protocol/messages.js';
import { endpointAddress, type Endpoint } from '../values/endpoint.js';
import { after, millis, since, type Instant, type Millis } from '../values/time.js';
import { isNear, worthATrial } from './candidates.js';
import type { Connection, SentPing } from './connection.js';
import { followDevice, lookAgain } from './elsewhere.js';
import { carriesTraffic, lookAtCounters, pongOnPath, suspectPath, watchPath } from './liveness.js';
import { mayTry, noteAnswer } from './probe.js';
import type { Scene } from './scene.js';
import { initiates } from './session.js';
import type { Active } from './states.js';
import { beginTrial, pursueTrial, returnToPath, trialAt, trialOnDevice, trialPong, type Rival } from './trial.js';

/** That there may be a better path. */
export interface Search {
  readonly lookAt: Instant;
  /** Round trips of the present path, measured afresh before anything is compared with it; `undefined` until then. */
  readonly samples: readonly Millis[] | undefined;
}

/** How long a candidate took to answer when it was last tried; `done` where it is not to be tried again. */
export type Answers = Map<Endpoint, Millis | 'done'>;

/** Direct since now. What was tried during the attempt and did not answer has had its chance. */
export function lookBeyondFirst(connection: Connection, state: Active, scene: Scene): void {
  for (const { endpoint, outcome } of connection.candidates) {
    if (outcome === 'no-answer' && !connection.answers.has(endpoint)) connection.answers.set(endpoint, 'done');
  }
  if (rivalOf(connection, state.endpoint, state.rtt, scene) !== undefined) lookForBetter(connection, scene);
}

/** Candidates or addresses are others now. One end is first; the other one helps where a firewall lets only answers in. */
export function lookForBetter(connection: Connection, scene: Scene): void {
  const soon = after(scene.now, millis(initiates(connection, scene) ? BETTER_AFTER : 2 * BETTER_AFTER));
  connection.search = { lookAt: notTooOften(connection, soon), samples: undefined };
}

/** The peer's candidates are others now: of one that is gone, nothing is known any more when it comes back. */
export function hearCandidates(connection: Connection, endpoints: ReadonlySet<Endpoint>, scene: Scene): void {
  for (const endpoint of connection.answers.keys()) if (!endpoints.has(endpoint)) connection.answers.delete(endpoint);
  lookForBetter(connection, scene);
}

/** Active, and this machine's own addresses changed: every candidate is another one from here. */
export function movedHere(connection: Connection, state: Active, scene: Scene): void {
  suspectPath(connection, state, scene);
  connection.answers.clear();
  lookForBetter(connection, scene);
}

/** Active, as time passes. */
export function keepPath(connection: Connection, state: Active, scene: Scene): void {
  const { trial, search } = connection;
  if (trial !== undefined) pursueTrial(connection, state, trial, scene);
  else if (search !== undefined) pursueSearch(connection, state, search, scene);
  lookAgain(connection, scene);
  const { state: kept } = connection;
  if (kept.name === 'active') watchPath(connection, kept, scene);
}

/** When to look at it again, beside what the path itself asks for. */
export function searchAt({ search, trial, elsewhere }: Connection, now: Instant): Instant | undefined {
  if (trial !== undefined) return trialAt(trial);
  if (elsewhere !== undefined) return elsewhere.lookAt;
  // What is due and waits for a route goes on by the event that brings it; what waits for pongs, by these.
  return search?.samples === undefined && search !== undefined && search.lookAt > now ? search.lookAt : undefined;
}

/** Active, and the other end pinged the path. On a quiet one that means that it is about to try another: one at a time. */
export function otherEndTests(connection: Connection, scene: Scene): void {
  const { search, trial } = connection;
  if (search === undefined || trial !== undefined) return;
  if (search.samples !== undefined && initiates(connection, scene)) return;
  connection.search = { lookAt: later(search.lookAt, after(scene.now, BETTER_AFTER)), samples: undefined };
}

/** Active, and a pong came: on the path, or on the one that is tried. */
export function pathPong(connection: Connection, state: Active, pong: Ping, ping: SentPing, scene: Scene): void {
  const { search, trial } = connection;
  const { aimedAt } = ping;
  const rtt = since(ping.sentAt, scene.now);
  const isTried = trial !== undefined && trial.name !== 'returning';
  if (!isTried && aimedAt !== undefined && endpointAddress(aimedAt) !== endpointAddress(state.endpoint)) {
    // Too late to be better; and it has taken the device to where it came from, which is not proved in full size.
    noteAnswer(connection, aimedAt, rtt);
    returnToPath(connection, state, aimedAt, scene, rtt);
    return;
  }
  if (trial !== undefined) {
    trialPong(connection, state, trial, pong, ping, scene);
    return;
  }
  pongOnPath(connection, state, ping, scene);
  if (search?.samples === undefined || aimedAt !== undefined || ping.size === 'full') return;
  connection.search = { ...search, samples: [...search.samples, rtt] };
}

/** Active, and the device was read. While another path is tried, where it stands is not the path's endpoint. */
export function pathOnDevice(connection: Connection, state: Active, seen: DevicePeer, scene: Scene): void {
  lookAtCounters(connection, state, seen, scene);
  const { aim, aimed } = connection;
  if (aim !== undefined || aimed?.underWay === true) return;
  if (connection.state.name === 'active') trialOnDevice(connection, connection.state, seen, scene);
  const { state: kept, trial } = connection;
  if (kept.name !== 'active' || trial !== undefined) return;
  // To one that was tried and is no better: when it is quiet again, the former one is.
  if (followDevice(connection, kept, seen, scene) === 'to what lost') lookForBetter(connection, scene);
}

function pursueSearch(connection: Connection, state: Active, search: Search, scene: Scene): void {
  const { now } = scene;
  const { samples } = search;
  if (samples === undefined && search.lookAt > now) return;
  if (carriesTraffic(state, now)) {
    connection.search = { lookAt: after(now, MOVING_FOR), samples: undefined };
    return;
  }
  if (state.waiting.length > 0 || connection.elsewhere !== undefined) return;
  const present = samples === undefined ? state.rtt : millis(Math.min(...samples));
  const rival = rivalOf(connection, state.endpoint, present, scene);
  if (rival === undefined) {
    connection.search = undefined;
  } else if (!scene.input.routes.has(endpointAddress(rival.endpoint))) {
    return;
  } else if (samples === undefined || samples.length < BETTER_SAMPLES) {
    connection.search = { ...search, samples: samples ?? [] };
    connection.enter({ ...state, pingAt: now });
  } else if (mayTry(connection, rival.endpoint, scene)) {
    connection.betterTriedAt = now;
    connection.search = { lookAt: notTooOften(connection, now), samples: undefined };
    beginTrial(connection, rival);
  } else connection.search = undefined;
}

/**
 * The most promising candidate that may be better than the path at `endpoint` with that round trip. One at the same
 * address is reached by the same line.
 */
function rivalOf(connection: Connection, endpoint: Endpoint, rtt: Millis, scene: Scene): Rival | undefined {
  const { host } = scene.input;
  const near = isNear(endpoint, host);
  return worthATrial(connection, scene)
    .filter((other) => endpointAddress(other) !== endpointAddress(endpoint))
    .map((other) => ({ endpoint: other, limit: limitOf(rtt, !near && isNear(other, host)) }))
    .find(({ endpoint: other, limit }) => {
      const answer = connection.answers.get(other) ?? 0;
      return limit > 0 && answer !== 'done' && answer <= limit;
    });
}

/** In a network of ours it need not be quicker, where the present one is in none: it needs no line and no NAT. */
const limitOf = (rtt: Millis, nearer: boolean): Millis =>
  millis(nearer ? rtt + BETTER_BY : Math.min(rtt - BETTER_BY, rtt * (1 - BETTER_BY_PERCENT / 100)));

const notTooOften = ({ betterTriedAt }: Connection, at: Instant): Instant =>
  betterTriedAt === undefined ? at : later(at, after(betterTriedAt, BETTER_AT_MOST_EVERY));

const later = (one: Instant, other: Instant): Instant => (one > other ? one : other);
