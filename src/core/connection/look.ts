/**
 * Where the other end's pings come from, during an attempt of which nothing has come yet. Only the device knows, and only
 * until it is given the next candidate: so the candidates wait for the reading. What a path needs is all in probe.ts; this
 * is for the sentence that explains why there is none, here and at the other end.
 */
import { ROUND_PAUSE } from '../limits.js';
import { after, type Instant } from '../values/time.js';
import type { Connection } from './connection.js';
import type { Scene } from './scene.js';
import { sightingOf } from './sightings.js';
import type { Probing } from './states.js';

/** A ping of the peer has just come directly. One that crosses an aim would not show. */
export function lookLater({ aim, aimed }: Connection, state: Probing, { now }: Scene): Probing {
  const aims = aim !== undefined || aimed?.underWay === true;
  if (state.seen !== 'none' || state.look !== undefined || aims) return state;
  return { ...state, look: { at: after(now, ROUND_PAUSE), resumeAt: undefined } };
}

/** Asks for the reading when it is time, and lets the candidates wait for it, though not for ever. */
export function lookIfDue(connection: Connection, state: Probing, scene: Scene): Probing {
  const { look, stepAt } = state;
  if (look === undefined || look.resumeAt !== undefined || look.at > scene.now) return state;
  scene.input.outbox.push({ type: 'read-device' });
  const asked: Probing = {
    ...state,
    look: { at: scene.now, resumeAt: stepAt },
    stepAt: later(stepAt, after(scene.now, ROUND_PAUSE)),
  };
  connection.enter(asked);
  return asked;
}

/** When to look, unless that was done. */
export const lookAt = ({ look }: Probing): Instant | undefined => (look?.resumeAt === undefined ? look?.at : undefined);

/** The device was read: unless a packet from inside the tunnel took it back, it stands where the peer's last one came from. */
export function lookAtDevice(connection: Connection, state: Probing, scene: Scene): void {
  const { look } = state;
  if (look?.resumeAt === undefined || scene.input.readFrom < look.at) return;
  const endpoint = scene.devicePeer(connection.peer)?.endpoint;
  const direct = scene.isDirect(endpoint, connection.peer);
  const seen = direct ? sightingOf(endpoint, connection.candidates) : state.seen;
  connection.enter({ ...state, seen, look: undefined, stepAt: later(look.resumeAt, scene.now) });
}

const later = (one: Instant, other: Instant): Instant => (one > other ? one : other);
