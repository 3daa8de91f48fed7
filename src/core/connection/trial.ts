/**
 * The trial of another endpoint while the path at the present one works: how it goes, and that it leaves no more than a
 * moment's mark. A peer has one endpoint on a device, so a trial means to send elsewhere. It takes the device there for
 * one small ping, and back at once, with a ping that takes the other end back as well; both answers then are waited for
 * on the present path. Only after an answer that came clearly sooner than the present path's is the device taken there
 * again, to prove it in full size. Which endpoint is tried, and when, is better.ts's.
 */
import { CANDIDATE_SPACING, PING_IN_DOUBT, RETURN_LOOKS, TRIAL_ECHOES } from '../limits.js';
import type { DevicePeer } from '../device.js';
import type { Ping } from '../protocol/messages.js';
import { endpointAddress, type Endpoint } from '../values/endpoint.js';
import { after, millis, since, type Instant, type Millis } from '../values/time.js';
import type { Connection, SentPing } from './connection.js';
import { pongOnPath, pongWait } from './liveness.js';
import type { Scene } from './scene.js';
import type { Active } from './states.js';

/** Another endpoint, and how long its answer may take if it is to be better than the present one. */
export interface Rival {
  readonly endpoint: Endpoint;
  readonly limit: Millis;
}

export type Trial = Away | Comparing | Asking | Returning;

/** The device stands at the rival, and a small ping is on its way. */
interface Away {
  readonly name: 'away';
  readonly rival: Rival;
  /** When to take the device back; `undefined` while it has not taken the rival yet. */
  readonly backAt: Instant | undefined;
}

/** The device is back at the path's endpoint, and answers of both are waited for. */
interface Comparing {
  readonly name: 'comparing';
  readonly rival: Rival;
  readonly until: Instant;
  readonly answered: Millis | undefined;
  /** The ping that takes both ends back was answered: none of it is still under way. */
  readonly isBack: boolean;
}

/** The rival answered soon enough; the device stands there, and the other end is asked in full size. */
interface Asking {
  readonly name: 'asking';
  readonly rival: Rival;
  /** When the answer is too late; `undefined` while the device has not taken the rival yet. */
  readonly until: Instant | undefined;
  /** It came in time; the device is read to learn where it stands. */
  readonly proof: { readonly rtt: Millis; readonly at: Instant } | undefined;
}

/**
 * The device is on its way back from `lost` to the path's endpoint, or has been there since `backSince` and is watched:
 * what the other end sent by the other line may still arrive for as long as `echo`, and takes it along each time.
 */
interface Returning {
  readonly name: 'returning';
  readonly lost: Endpoint;
  readonly echo: Millis;
  /** When it was last taken back, with a ping. */
  readonly askedAt: Instant;
  readonly backSince: Instant | undefined;
  /** When to read the device again; `undefined` while a change or a reading is under way. */
  readonly lookAt: Instant | undefined;
  /** Where traffic runs, one stray packet can draw the next: then that line is the path. */
  readonly until: Instant;
}

export function beginTrial(connection: Connection, rival: Rival): void {
  connection.aim = { endpoint: rival.endpoint, recreate: false, ping: 'direct' };
  connection.trial = { name: 'away', rival, backAt: undefined };
}

/** The device has taken what it was last given. */
export function trialApplied(connection: Connection, scene: Scene): void {
  const { trial, aimed } = connection;
  if (trial === undefined || trial.name === 'returning' || aimed?.endpoint !== trial.rival.endpoint) return;
  // What leaves may still read the endpoint for so long.
  if (trial.name === 'away') connection.trial = { ...trial, backAt: after(scene.now, CANDIDATE_SPACING) };
  if (trial.name === 'asking' && trial.until === undefined) ask(connection, trial.rival, scene);
}

/** As time passes. */
export function pursueTrial(connection: Connection, state: Active, trial: Trial, scene: Scene): void {
  const at = trialAt(trial);
  if (at === undefined || at > scene.now) return;
  switch (trial.name) {
    case 'away':
      connection.aim = { endpoint: state.endpoint, recreate: false, ping: 'direct' };
      connection.trial = {
        name: 'comparing',
        rival: trial.rival,
        // Nothing hangs on how long this takes: the path is as it was.
        until: after(scene.now, millis(pongWait(state) + 2 * scene.input.deviceTime)),
        answered: undefined,
        isBack: false,
      };
      return;
    case 'comparing':
      decide(connection, state, trial, scene);
      return;
    case 'asking':
      goBack(connection, state, trial.rival.endpoint, scene);
      return;
    case 'returning':
      connection.trial = { ...trial, lookAt: undefined };
      scene.input.outbox.push({ type: 'read-device' });
      return;
  }
}

/** When the trial goes on by itself, and not by an answer or a reading. */
export function trialAt(trial: Trial): Instant | undefined {
  switch (trial.name) {
    case 'away':
      return trial.backAt;
    case 'comparing':
      return trial.until;
    case 'asking':
      return trial.proof === undefined ? trial.until : undefined;
    case 'returning':
      return trial.lookAt;
  }
}

/** A pong came meanwhile. */
export function trialPong(
  connection: Connection,
  state: Active,
  trial: Trial,
  pong: Ping,
  ping: SentPing,
  scene: Scene,
): void {
  const ofRival = trial.name !== 'returning' && ping.aimedAt === trial.rival.endpoint;
  if (!ofRival) pongOnPath(connection, state, ping, scene);
  const rtt = since(ping.sentAt, scene.now);
  switch (trial.name) {
    case 'away':
      if (ofRival) judge(connection, state, trial.rival, rtt, scene);
      return;
    case 'comparing':
      if (ofRival) compare(connection, { ...trial, answered: rtt }, scene);
      else if (ping.aimedAt === state.endpoint) compare(connection, { ...trial, isBack: true }, scene);
      return;
    case 'asking':
      if (!ofRival || ping.size !== 'full' || pong.padding === 0 || rtt > trial.rival.limit) return;
      scene.input.outbox.push({ type: 'read-device' });
      connection.trial = { ...trial, proof: { rtt, at: scene.now } };
      return;
    case 'returning':
      return;
  }
}

/** The device was read, and no change of it is under way. */
export function trialOnDevice(connection: Connection, state: Active, seen: DevicePeer, scene: Scene): void {
  const { trial } = connection;
  if (trial?.name === 'returning') watchReturn(connection, state, trial, seen, scene);
  if (trial?.name !== 'asking' || trial.proof === undefined || scene.input.readFrom < trial.proof.at) return;
  const { endpoint } = trial.rival;
  if (seen.endpoint === endpoint) take(connection, state, endpoint, trial.proof.rtt, scene);
  else goBack(connection, state, endpoint, scene);
}

/** Until nothing has taken the device away for as long as anything may be under way; or the path turns out to be silent. */
function watchReturn(connection: Connection, state: Active, trial: Returning, seen: DevicePeer, { now }: Scene): void {
  const isAway = seen.endpoint === trial.lost;
  const backSince = isAway ? undefined : (trial.backSince ?? now);
  const answers = state.pongAt >= trial.askedAt;
  const isOver = isAway
    ? !answers && since(trial.askedAt, now) >= pongWait(state)
    : since(backSince ?? now, now) >= trial.echo;
  if (isOver || now >= trial.until) {
    connection.trial = undefined;
  } else if (isAway && answers) {
    connection.aim = { endpoint: state.endpoint, recreate: false, ping: 'direct' };
    connection.trial = { ...trial, backSince, askedAt: now };
  } else connection.trial = { ...trial, backSince, lookAt: after(now, RETURN_LOOKS) };
}

/** Takes the device, and by a ping the other end, to where the path is. The endpoint that lost is not tried again. */
function goBack(connection: Connection, state: Active, lost: Endpoint, scene: Scene, echo?: Millis): void {
  connection.answers.set(lost, 'done');
  returnToPath(connection, state, lost, scene, echo);
}

/** The same, where nothing is known against the other endpoint: a packet has taken the device there, whose way takes `echo`. */
export function returnToPath(
  connection: Connection,
  state: Active,
  lost: Endpoint,
  scene: Scene,
  echo = pongWait(state),
): void {
  connection.aim = { endpoint: state.endpoint, recreate: false, ping: 'direct' };
  connection.trial = {
    name: 'returning',
    lost,
    echo,
    askedAt: scene.now,
    backSince: undefined,
    lookAt: undefined,
    // What answers now need not be of a trial: candidates of the attempt may answer late, too.
    until: echoesUntil(connection, scene.now) ?? after(scene.now, TRIAL_ECHOES),
  };
  askAgain(connection, state, scene);
}

/** Until when packets of the last trial may still arrive; `undefined` once they cannot. */
export function echoesUntil({ betterTriedAt }: Connection, now: Instant): Instant | undefined {
  const until = betterTriedAt === undefined ? undefined : after(betterTriedAt, TRIAL_ECHOES);
  return until !== undefined && until > now ? until : undefined;
}

function compare(connection: Connection, trial: Comparing, scene: Scene): void {
  const both = trial.answered !== undefined && trial.isBack;
  connection.trial = both ? { ...trial, until: scene.now } : trial;
}

/** Both have answered, or had their time. */
function decide(connection: Connection, state: Active, trial: Comparing, scene: Scene): void {
  const { rival, answered, isBack } = trial;
  if (answered !== undefined) {
    judge(connection, state, rival, answered, scene, true);
  } else if (isBack) {
    // The rival is silent. The path has answered since; whether it does once more shows that the other end stayed.
    connection.answers.set(rival.endpoint, 'done');
    connection.trial = undefined;
    askAgain(connection, state, scene);
  } else goBack(connection, state, rival.endpoint, scene);
}

/** By how soon the small ping was answered, which the device's own time is part of. */
function judge(connection: Connection, state: Active, rival: Rival, rtt: Millis, scene: Scene, left = false): void {
  if (rtt > rival.limit + scene.input.deviceTime) {
    goBack(connection, state, rival.endpoint, scene, rtt);
  } else if (left) {
    connection.aim = { endpoint: rival.endpoint, recreate: false, ping: 'none' };
    connection.trial = { name: 'asking', rival, until: undefined, proof: undefined };
  } else ask(connection, rival, scene);
}

/** The device stands at the rival. Only now in full size, as where it was aimed may have been a stranger's. */
function ask(connection: Connection, rival: Rival, scene: Scene): void {
  scene.ping(connection, true, rival.endpoint, 'full');
  connection.trial = { name: 'asking', rival, until: after(scene.now, rival.limit), proof: undefined };
}

function take(connection: Connection, state: Active, endpoint: Endpoint, rtt: Millis, { now }: Scene): void {
  connection.trial = undefined;
  connection.rtt = rtt;
  connection.budget.prove(endpointAddress(endpoint));
  connection.answers.set(state.endpoint, 'done');
  connection.enter({ ...state, endpoint, rtt, rttVariation: millis(rtt / 2), pongAt: now });
}

/** The other end may have followed a ping of ours: whether both are back is asked once the device is. */
const askAgain = (connection: Connection, state: Active, { now }: Scene): void => {
  connection.enter({ ...state, pingAt: after(now, PING_IN_DOUBT) });
};
