/**
 * From a pong of full size to contact. The pong says that packets pass, the device where: it stands where the peer's last
 * authentic packet came from, which need not be the candidate that was aimed at.
 */
import { ASSUMED_RTT, DRIFTS_MAX, HOLD_LIMIT, ROUND_PAUSE, STEP_RESEND_MIN, STEP_TRIES } from '../limits.js';
import { endpointAddress, type Endpoint } from '../values/endpoint.js';
import { after, millis, rounded, type Millis } from '../values/time.js';
import type { Connection } from './connection.js';
import { drifts, portsMoveOn } from './drift.js';
import { lookAtDevice } from './look.js';
import { giveUp } from './retreat.js';
import type { Scene } from './scene.js';
import { sightingOf } from './sightings.js';
import type { Probing } from './states.js';

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

/** How long to wait for what comes of packets that have just shown a direct way. */
export function holdFor(connection: Connection): Millis {
  return millis(Math.min(HOLD_LIMIT, Math.max(ROUND_PAUSE, 2 * (connection.rtt ?? ASSUMED_RTT))));
}
