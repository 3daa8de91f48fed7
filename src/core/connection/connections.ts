/** All connections: which peers have one, and how events reach the state each is in. */
import { MAX_ATTEMPTS_AT_ONCE, MAX_ATTEMPTS_IN_ALL, MAX_CONNECTIONS } from '../limits.js';
import type { Affected, Knowledge } from '../knowledge.js';
import type { Message } from '../protocol/messages.js';
import type { Cause } from '../views.js';
import type { Address } from '../values/address.js';
import type { Endpoint } from '../values/endpoint.js';
import { linkLocal, type PublicKey } from '../values/key.js';
import { hostPrefix } from '../values/prefix.js';
import { after, type Instant } from '../values/time.js';
import type { Wake } from '../wake.js';
import { adopt, confirmMove, contactMade, followCommit, pursueContact, pursueMoving, resume } from './agree.js';
import { CommonGrounds, isAtRest, Some } from './attention.js';
import { considerAttempt, repeatInvitation, stopExpecting } from './begin.js';
import { keepPath, movedHere, pathOnDevice } from './better.js';
import { isLoop } from './candidates.js';
import { Connection, noCounts, type Carried, type Counts } from './connection.js';
import { dueAt } from './due.js';
import { carriesTraffic, doubtPath } from './liveness.js';
import { heardRestart, hearFacts, isOver, retrySoon } from './news.js';
import { probeNext } from './probe.js';
import { judgeProof } from './proof.js';
import { receiveFromPeer, receiveThroughRouter } from './receive.js';
import { giveUp, repeatLost } from './retreat.js';
import { routesToAsk } from './routes.js';
import type { Scene } from './scene.js';
import { pursueSession, sessionOnDevice } from './session.js';
import { trialApplied } from './trial.js';

export class Connections {
  readonly #all = new Map<PublicKey, Connection>();
  readonly #counts = noCounts();
  readonly #grounds = new CommonGrounds();
  /** Those whose membership nobody grants, as far as is known. */
  readonly #doubtful = new Some();
  /** There was no room for somebody who would have one. */
  #turnedAway = false;
  /** How often routes were forgotten when they were last asked for. */
  #routesForgotten = 0;

  all(): Iterable<Connection> {
    return this.#all.values();
  }

  /** Those that have, or want, anything on the device. */
  present(): readonly Connection[] {
    return [...this.#counts.awake].filter(({ state }) => state.name !== 'idle');
  }

  get(peer: PublicKey): Connection | undefined {
    return this.#all.get(peer);
  }

  /** Whether datagrams to and from the peer travel a direct path that is more than a try. */
  isDirect(peer: PublicKey): boolean {
    const state = this.#all.get(peer)?.state;
    return state?.name === 'active' || state?.name === 'moving' || (state?.name === 'contact' && state.attempt.resumed);
  }

  /** Whether any direct path does. */
  carryTraffic(now: Instant): boolean {
    return [...this.#counts.awake].some(({ state }) => state.name === 'active' && carriesTraffic(state, now));
  }

  get counts(): Readonly<Counts> {
    return this.#counts;
  }

  /** Those of whom a state, its endpoint or a cause became another since this was last asked. */
  takeMoved(): ReadonlySet<PublicKey> {
    const { moved } = this.#counts;
    if (moved.size > 0) this.#counts.moved = new Set();
    return moved;
  }

  /** Peers a former agent left on the device. One without addresses was in the middle of an attempt and goes. */
  adopt(peers: readonly PublicKey[], scene: Scene): void {
    for (const peer of peers) {
      const seen = scene.devicePeer(peer);
      const held = seen?.allowedIps.filter((prefix) => prefix !== hostPrefix(linkLocal(peer))) ?? [];
      if (seen?.endpoint === undefined || held.length === 0) continue;
      adopt(this.#make(peer), seen.endpoint, held, scene);
    }
  }

  /**
   * Facts, routers or the device changed: connections come, go, and hear the news of those affected. `managed`: peers
   * that we added.
   */
  review(scene: Scene, managed: ReadonlySet<PublicKey>, affected: Affected): void {
    const { peers } = scene.input.beliefs;
    const of = affected === 'everybody' || this.#turnedAway ? peers.keys() : affected;
    this.#turnedAway = false;
    for (const peer of [...of].sort()) {
      const belief = peers.get(peer);
      const users = scene.devicePeer(peer) !== undefined && !managed.has(peer);
      if (users || scene.input.routers.includes(peer) || belief?.member !== true) continue;
      const known = this.#all.get(peer);
      if (known === undefined && this.#all.size >= MAX_CONNECTIONS) {
        this.#turnedAway = true;
        continue;
      }
      hearFacts(known ?? this.#make(peer), belief, scene);
    }
    for (const peer of affected === 'everybody' ? this.#all.keys() : affected) {
      const connection = this.#all.get(peer);
      if (connection !== undefined) this.#doubtful.add(connection);
    }
    this.forgetGone(scene);
  }

  /** Lets go of those that no router has any more. What a router has told whole by now can decide that, too. */
  forgetGone(scene: Scene): void {
    for (const connection of this.#doubtful) {
      const granted = scene.belief(connection.peer)?.member === true;
      if (!granted && !isOver(connection, scene)) continue;
      this.#doubtful.delete(connection);
      if (!granted) this.#forget(connection);
    }
  }

  /** The addresses whose routes have to be asked for before attempts can be made. */
  askRoutes(knowledge: Knowledge, now: Instant): readonly Address[] {
    const { unasked } = this.#counts;
    if (knowledge.routesForgotten !== this.#routesForgotten) {
      for (const connection of this.#all.values()) unasked.add(connection);
    }
    this.#routesForgotten = knowledge.routesForgotten;
    return routesToAsk(unasked, knowledge, now);
  }

  /** The machine's own addresses changed: every path may be another now. */
  surroundingsChanged(scene: Scene): void {
    for (const connection of this.#all.values()) {
      const { state } = connection;
      retrySoon(connection, scene.now);
      connection.forgetSightings();
      if (state.name === 'active') movedHere(connection, state, scene);
    }
  }

  /** The agent of a peer with a direct path no longer acknowledges anything: ask whether the path is still there. */
  silent(peer: PublicKey, scene: Scene): void {
    const connection = this.#all.get(peer);
    if (connection?.state.name === 'active') doubtPath(connection, connection.state, scene);
  }

  /** The peer's agent greeted us from another run. */
  restarted(peer: PublicKey, scene: Scene): void {
    const connection = this.#all.get(peer);
    if (connection !== undefined) heardRestart(connection, scene);
  }

  /** The configuration's endpoints for the peer are others now. */
  given(peer: PublicKey, now: Instant): void {
    const connection = this.#all.get(peer);
    if (connection === undefined) return;
    connection.stir();
    retrySoon(connection, now);
  }

  /** What kept a peer from becoming direct may have been the administrator's own decision. Paths that work stay. */
  policyChanged(now: Instant): void {
    for (const connection of this.#all.values()) retrySoon(connection, now);
  }

  connect(peer: PublicKey, endpoints: readonly Endpoint[], scene: Scene): void {
    const connection = this.#all.get(peer);
    if (connection === undefined) {
      const text = 'It is on the interface by your own configuration, which wirelink leaves as it is.';
      const cause: Cause = { code: 'configured', text };
      scene.input.outbox.notice({ type: 'attempt', peer, step: { what: 'failed', cause } });
      return;
    }
    connection.given = endpoints;
    connection.stir();
    if (connection.state.name === 'idle') connection.forced = true;
  }

  /** A message about the connection with `peer`, from the peer itself or passed on by a router. */
  receive(peer: PublicKey, message: Message, carried: Carried, scene: Scene): void {
    const known = this.#all.get(peer);
    const early = known === undefined && message.kind === 'invite' && carried.by === 'router';
    if (early && this.#all.size >= MAX_CONNECTIONS) return;
    const connection = known ?? (early ? this.#make(peer) : undefined);
    if (connection === undefined) return;
    scene.said(connection, 'peer', message);
    const isFull = this.#counts.attempts >= MAX_ATTEMPTS_IN_ALL;
    if (carried.by === 'peer') receiveFromPeer(connection, message, scene);
    else if (message.kind === 'invite' && connection.state.name === 'idle' && isFull) {
      // Followed as soon as there is room, if that is soon.
      connection.earlyInvite = { message, via: carried.router, at: scene.now };
    } else receiveThroughRouter(connection, message, carried.router, scene);
  }

  /** The device has taken what it was last given: pauses between candidates count from here, not from the wish. */
  aimsApplied(scene: Scene): void {
    for (const connection of this.#counts.awake) {
      const { aimed, state } = connection;
      if (aimed?.underWay !== true) continue;
      connection.aimed = { ...aimed, underWay: false };
      if (state.name === 'probing') connection.enter({ ...state, stepAt: after(scene.now, state.pause) });
      if (state.name === 'active') trialApplied(connection, scene);
    }
  }

  deviceRead(scene: Scene): void {
    for (const connection of this.#counts.awake) {
      const { state, peer } = connection;
      if (state.name === 'idle') continue;
      const seen = scene.devicePeer(peer);
      if (seen !== undefined && isLoop(seen)) {
        const text = `Its endpoint came to lie inside its own addresses (${seen.endpoint ?? ''}); packets would go round.`;
        giveUp(connection, scene, { code: 'contact-lost', text });
        continue;
      }
      if (seen === undefined) {
        if (state.name === 'active') {
          giveUp(connection, scene, { code: 'contact-lost', text: 'It was taken off the interface by somebody else.' });
        }
        continue;
      }
      if (state.name === 'session') sessionOnDevice(connection, state, seen, scene);
      if (state.name === 'probing' && judgeProof(connection, state, scene)) contactMade(connection, scene);
      if (connection.state.name === 'probing') followCommit(connection, connection.state, scene);
      if (state.name === 'moving') confirmMove(connection, state, scene);
      if (state.name === 'active') pathOnDevice(connection, state, seen, scene);
    }
  }

  /** Does what is due. What ends makes room for what begins, so that comes after it. */
  run(scene: Scene): void {
    const { awake } = this.#counts;
    for (const connection of awake) this.#pursue(connection, scene);
    if (this.#grounds.changed(scene)) for (const connection of this.#all.values()) awake.add(connection);
    for (const connection of awake) {
      if (connection.state.name !== 'idle') continue;
      if (this.#counts.attempts >= MAX_ATTEMPTS_AT_ONCE) break;
      const waits = considerAttempt(connection, scene) !== undefined;
      if (!waits && isAtRest(connection, scene)) awake.delete(connection);
    }
  }

  #make(peer: PublicKey): Connection {
    const connection = new Connection(peer, this.#counts);
    this.#all.set(peer, connection);
    this.#doubtful.add(connection);
    return connection;
  }

  #forget(connection: Connection): void {
    this.#all.delete(connection.peer);
    this.#counts.awake.delete(connection);
    this.#counts.unasked.delete(connection);
  }

  #pursue(connection: Connection, scene: Scene): void {
    const { state } = connection;
    switch (state.name) {
      case 'idle':
        break;
      case 'expecting':
        stopExpecting(connection, state, scene);
        break;
      case 'inviting':
        repeatInvitation(connection, state, scene);
        break;
      case 'session':
        pursueSession(connection, state, scene);
        break;
      case 'probing':
        probeNext(connection, state, scene);
        break;
      case 'contact':
        pursueContact(connection, state, scene);
        break;
      case 'moving':
        pursueMoving(connection, state, scene);
        break;
      case 'active':
        resume(connection, state, scene);
        if (connection.state === state) keepPath(connection, state, scene);
        break;
    }
    repeatLost(connection, scene);
  }

  wakeAt(now: Instant): Wake | undefined {
    let first: { at: Instant; why: string } | undefined;
    for (const connection of this.#counts.awake) {
      const lostAt = connection.pendingLost?.sendAt;
      const stateAt = dueAt(connection, now);
      const at = lostAt === undefined || (stateAt !== undefined && stateAt < lostAt) ? stateAt : lostAt;
      if (at !== undefined && (first === undefined || at < first.at)) first = { at, why: connection.state.name };
    }
    return first;
  }
}
