/**
 * Whether a direct path that works can be replaced by a clearly better one: through a network that both ends are in,
 * rather than over the internet. Looked for when candidates or addresses became others, never on a schedule. The other
 * path has to prove itself in full size, and be no slower, while the device goes back to the old one in any other case.
 * It is tried on a quiet path only: WireGuard answers to where the last packet came from, so packets under way on the
 * old path would take both ends back, again and again.
 */
import { BETTER_AFTER, BETTER_AT_MOST_EVERY, BETTER_WAIT, MOVING_FOR, PING_IN_DOUBT } from '../limits.js';
import type { DevicePeer, HostSnapshot } from '../device.js';
import type { Ping } from '../protocol/messages.js';
import { endpointAddress, type Endpoint } from '../values/endpoint.js';
import { holds } from '../values/prefix.js';
import { after, millis, since, type Instant, type Millis } from '../values/time.js';
import { planFor } from './candidates.js';
import type { Connection, SentPing } from './connection.js';
import { carriesTraffic, lookAtCounters, pongOnPath, suspectPath, watchPath } from './liveness.js';
import { mayTry } from './probe.js';
import type { Scene } from './scene.js';
import { initiates } from './session.js';
import type { Active } from './states.js';

/** That there may be a better path, and what is known of it so far. */
export interface Search {
  readonly lookAt: Instant;
  readonly trial: Trial | undefined;
}

/** The device sends to another endpoint than the path's. */
interface Trial {
  readonly endpoint: Endpoint;
  /** When it has failed; `undefined` when it has, and the device is on its way back. */
  readonly until: Instant | undefined;
  /** The other end has been asked in full size. */
  readonly asked: boolean;
  /** A pong of full size came; the device is read to learn where it stands. */
  readonly proof: { readonly rtt: Millis; readonly at: Instant } | undefined;
}

/** Candidates or addresses are others now. One end is first; the other one helps where a firewall lets only answers in. */
export function lookForBetter(connection: Connection, scene: Scene): void {
  const soon = after(scene.now, millis(initiates(connection, scene) ? BETTER_AFTER : 2 * BETTER_AFTER));
  connection.search = { lookAt: notTooOften(connection, soon), trial: connection.search?.trial };
}

/** Active, and this machine's own addresses changed. */
export function movedHere(connection: Connection, state: Active, scene: Scene): void {
  suspectPath(connection, state, scene);
  lookForBetter(connection, scene);
}

/** Active, as time passes. */
export function keepPath(connection: Connection, state: Active, scene: Scene): void {
  watchPath(connection, state, scene);
  const { search, state: kept } = connection;
  if (search === undefined || kept.name !== 'active') return;
  const { trial } = search;
  if (trial?.until !== undefined && trial.until <= scene.now) goBack(connection, kept, search, trial, scene);
  if (trial === undefined && search.lookAt <= scene.now) tryBetter(connection, kept, search, scene);
}

export function searchAt({ search }: Connection, now: Instant): Instant | undefined {
  if (search === undefined) return undefined;
  if (search.trial !== undefined) return search.trial.until;
  // What is due and waits for a route goes on by the event that brings it.
  return search.lookAt > now ? search.lookAt : undefined;
}

function tryBetter(connection: Connection, state: Active, search: Search, scene: Scene): void {
  const { now } = scene;
  if (carriesTraffic(state, now) || state.waiting.length > 0) {
    connection.search = { ...search, lookAt: after(now, MOVING_FOR) };
    return;
  }
  const endpoint = betterThan(state.endpoint, connection, scene);
  if (endpoint !== undefined && !scene.input.routes.has(endpointAddress(endpoint))) return;
  if (endpoint === undefined || !mayTry(connection, endpoint, scene)) {
    connection.search = undefined;
    return;
  }
  connection.betterTriedAt = now;
  connection.aim = { endpoint, recreate: false, ping: 'direct' };
  const until = after(now, millis(BETTER_WAIT + 2 * scene.input.deviceTime));
  connection.search = { ...search, trial: { endpoint, until, asked: false, proof: undefined } };
}

/** The most promising candidate in a network of ours, where the present endpoint is in none. */
function betterThan(endpoint: Endpoint, connection: Connection, scene: Scene): Endpoint | undefined {
  const { host } = scene.input;
  if (isNear(endpoint, host)) return undefined;
  const near = planFor(connection, scene).filter((candidate) => isNear(candidate.endpoint, host));
  return near.find(({ outcome }) => outcome !== 'skipped')?.endpoint;
}

const isNear = (endpoint: Endpoint, { addresses }: HostSnapshot): boolean =>
  addresses.some(({ network }) => holds(network, endpointAddress(endpoint)));

/** Active, and a pong came: on the path, or on the one that is tried. */
export function pathPong(connection: Connection, state: Active, pong: Ping, ping: SentPing, scene: Scene): void {
  const { search } = connection;
  const trial = search?.trial;
  if (search === undefined || trial === undefined || ping.aimedAt !== trial.endpoint) {
    pongOnPath(connection, state, ping, scene);
    return;
  }
  if (trial.until === undefined) return;
  if (ping.size === 'full' && pong.padding > 0) {
    scene.input.outbox.push({ type: 'read-device' });
    const proof = { rtt: since(ping.sentAt, scene.now), at: scene.now };
    connection.search = { ...search, trial: { ...trial, proof } };
  } else if (!trial.asked) {
    // Only now, as where it was aimed may have been a stranger's.
    scene.ping(connection, true, trial.endpoint, 'full');
    connection.search = { ...search, trial: { ...trial, asked: true } };
  }
}

/** Active, and the device was read. While another path is tried, where it stands is not the path's endpoint. */
export function pathOnDevice(connection: Connection, state: Active, seen: DevicePeer, scene: Scene): void {
  const { search, aim, aimed } = connection;
  lookAtCounters(connection, state, seen, scene);
  const trial = search?.trial;
  if (search === undefined || trial === undefined || aim !== undefined || aimed?.underWay === true) return;
  const { state: kept } = connection;
  if (kept.name !== 'active') return;
  if (trial.until === undefined) connection.search = { ...search, trial: undefined };
  else if (trial.proof !== undefined && scene.input.readFrom >= trial.proof.at) {
    if (seen.endpoint === trial.endpoint && trial.proof.rtt <= kept.rtt) {
      take(connection, kept, trial.endpoint, trial.proof.rtt, scene);
    } else goBack(connection, kept, search, trial, scene);
  }
}

function take(connection: Connection, state: Active, endpoint: Endpoint, rtt: Millis, { now }: Scene): void {
  connection.search = undefined;
  connection.rtt = rtt;
  connection.budget.prove(endpointAddress(endpoint));
  connection.enter({ ...state, endpoint, rtt, rttVariation: millis(rtt / 2), pongAt: now });
}

function goBack(connection: Connection, state: Active, search: Search, trial: Trial, scene: Scene): void {
  const { now } = scene;
  connection.aim = { endpoint: state.endpoint, recreate: false, ping: 'direct' };
  connection.search = { lookAt: notTooOften(connection, search.lookAt), trial: { ...trial, until: undefined } };
  // The other end may have followed a ping of ours; whether both are back is asked once the device is.
  connection.enter({ ...state, pingAt: after(now, PING_IN_DOUBT) });
}

function notTooOften({ betterTriedAt }: Connection, at: Instant): Instant {
  const earliest = betterTriedAt === undefined ? at : after(betterTriedAt, BETTER_AT_MOST_EVERY);
  return earliest > at ? earliest : at;
}
