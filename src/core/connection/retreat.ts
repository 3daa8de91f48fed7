/** The way back to the router: every end of an attempt or of a direct path, and when the next attempt is made. */
import { LOST_RESEND, LOST_TRIES, RETRY_LOST, RETRY_LOST_FOR, RETRY_SECONDS } from '../limits.js';
import { sameEpoch } from '../protocol/epoch.js';
import type { Lost } from '../protocol/messages.js';
import type { Cause } from '../views.js';
import type { PublicKey } from '../values/key.js';
import { after, millis, seconds, since, type Instant, type Millis } from '../values/time.js';
import type { Candidate } from './candidates.js';
import type { Connection } from './connection.js';
import { decodeEvidence, ownEvidence, refusedThere } from './evidence.js';
import type { Scene } from './scene.js';
import { seenOf } from './sightings.js';
import { explainsSilence, nothingAnswered, tooLong } from './silence.js';

/**
 * Ends what there is. Once the state is idle, the peer leaves the device and its traffic is the router's again.
 * `quietly`: the other end knows already, or must not be told.
 */
export function giveUp(
  connection: Connection,
  scene: Scene,
  cause: Cause,
  how: 'telling' | 'quietly' = 'telling',
): void {
  const { state } = connection;
  if (state.name === 'idle') return;
  if (state.name === 'expecting') {
    connection.enter({ name: 'idle', retryAt: undefined });
    return;
  }
  if (state.name === 'probing' && cause.code !== 'connecting') {
    connection.seen = seenOf(connection);
    connection.reached = state.reached;
    connection.ended = cause.code;
  }
  connection.cause = cause;
  connection.aim = undefined;
  connection.search = undefined;
  connection.trial = undefined;
  connection.elsewhere = undefined;
  if (state.name === 'active') {
    connection.lostAt = scene.now;
    connection.failures = 0;
    connection.pauses = 0;
  } else {
    connection.failures++;
    scene.step(connection, { what: 'failed', cause });
  }
  connection.candidates = withVerdicts(connection.candidates);
  if (how === 'telling' && state.name !== 'inviting') {
    connection.pendingLost = { epoch: state.attempt.epoch, via: state.attempt.via, tries: 0, sendAt: scene.now };
  }
  // A path that died of a move has others in its place: what they are, the routers see by now.
  const moved = state.name === 'active' && state.suspect;
  const pause = moved ? millis(0) : nextPause(connection, scene.now);
  connection.enter({ name: 'idle', retryAt: after(scene.now, pause) });
}

/** At the end of an attempt, what has not answered will not. */
export function withVerdicts(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.map((each) => (each.outcome === 'tried' ? { ...each, outcome: 'no-answer' } : each));
}

/** LOST came through a router, or a goodbye: the other end has taken us off already. */
export function otherEndGaveUp(
  connection: Connection,
  { epoch, evidence }: Lost,
  router: PublicKey,
  scene: Scene,
): void {
  const { state, peer } = connection;
  if ('attempt' in state && sameEpoch(state.attempt.epoch, epoch)) {
    connection.theirs = decodeEvidence(evidence);
    giveUp(connection, scene, causeOfOtherEnd(connection, scene), 'quietly');
  }
  // After giving up: what we make of it is among what the other end is told.
  scene.sendThrough(router, peer, { kind: 'lost-seen', epoch, evidence: ownEvidence(connection, scene) });
}

/** What both ends tried says more than that the other one gave up first. */
function causeOfOtherEnd(connection: Connection, scene: Scene): Cause {
  if (connection.theirs.stays !== undefined) return refusedThere(connection.theirs.stays);
  switch (connection.state.name) {
    case 'active':
      if (connection.theirs.narrow) return tooLong(connection.state.endpoint, scene);
      return { code: 'contact-lost', text: 'The other end lost the direct path. wirelink tries again.' };
    case 'probing':
      return nothingAnswered(connection, scene);
    case 'idle':
    case 'expecting':
    case 'inviting':
    case 'session':
      return {
        code: 'no-session',
        text: 'The other end gave up before a WireGuard session was there. wirelink tries again.',
      };
    case 'contact':
    case 'moving':
      return { code: 'one-sided', text: 'Packets came from the other end, and it got none. wirelink tries again.' };
  }
}

/** The other end has seen it, and says what it knows of its NAT: the cause is told again with both ends' evidence. */
export function lostSeen(connection: Connection, { epoch, evidence }: Lost, scene: Scene): void {
  const pending = connection.pendingLost;
  if (pending === undefined || !sameEpoch(pending.epoch, epoch)) return;
  connection.pendingLost = undefined;
  connection.theirs = decodeEvidence(evidence);
  if (connection.cause !== undefined && explainsSilence(connection.cause)) {
    connection.cause = nothingAnswered(connection, scene);
    connection.ended = connection.cause.code;
  }
}

/** Tells the other end, hop by hop, until it has seen it. */
export function repeatLost(connection: Connection, scene: Scene): void {
  const pending = connection.pendingLost;
  if (pending === undefined || pending.sendAt > scene.now) return;
  if (pending.tries >= LOST_TRIES) {
    connection.pendingLost = undefined;
    return;
  }
  scene.sendThrough(pending.via, connection.peer, {
    kind: 'lost',
    epoch: pending.epoch,
    evidence: ownEvidence(connection, scene),
  });
  connection.pendingLost = { ...pending, tries: pending.tries + 1, sendAt: after(scene.now, LOST_RESEND) };
}

function nextPause(connection: Connection, now: Instant): Millis {
  if (connection.lostAt !== undefined && since(connection.lostAt, now) < RETRY_LOST_FOR) return RETRY_LOST;
  const step = Math.min(connection.pauses++, RETRY_SECONDS.length - 1);
  return seconds(RETRY_SECONDS[step] ?? 900);
}
