/**
 * Keeps the device as it is wanted: compares what each connection wants with what was last seen and asks for the
 * difference. It knows what is ours on the device, and from whom prefixes were moved, so that they find their way back.
 */
import type { Adopted, DevicePeer, MovedPrefix, PeerChange } from '../device.js';
import { CONFIGURE_PAUSE, FRESH_ENOUGH, KEEPALIVE_SECONDS } from '../limits.js';
import type { PublicKey } from '../values/key.js';
import { linkLocal } from '../values/key.js';
import { hostPrefix, type Prefix } from '../values/prefix.js';
import { after, instant, millis, since, type Instant, type Millis } from '../values/time.js';
import type { Connection } from './connection.js';
import { movablePrefixes } from './explain.js';
import type { Scene } from './scene.js';

export class Keeper {
  /** Peers that we added. */
  readonly #managed: Set<PublicKey>;
  readonly #moved: Map<Prefix, PublicKey>;
  #underWay: number | undefined;
  #lastId = 0;
  #askedAt = instant(0);
  #took = millis(0);
  #pausedUntil: Instant | undefined;
  /** The reading that was too old to change the user's peers by, so that a younger one is asked for once. */
  #askedAfter: Instant | undefined;

  constructor(adopted: Adopted) {
    this.#managed = new Set(adopted.peers);
    this.#moved = new Map(adopted.moved.map(({ prefix, from }) => [prefix, from]));
  }

  get managed(): ReadonlySet<PublicKey> {
    return this.#managed;
  }

  moved(): readonly MovedPrefix[] {
    return [...this.#moved].map(([prefix, from]) => ({ prefix, from }));
  }

  /** The device was read after that change. Answers whether a change has just been completed. */
  deviceRead(after: number, present: (peer: PublicKey) => boolean, now: Instant): boolean {
    const completed = this.#underWay !== undefined && after >= this.#underWay;
    if (completed) {
      this.#underWay = undefined;
      this.#took = since(this.#askedAt, now);
    }
    this.#forgetGone(present);
    return completed;
  }

  /** How long the last change took, from asking to the reading after it. */
  get took(): Millis {
    return this.#took;
  }

  #forgetGone(present: (peer: PublicKey) => boolean): void {
    if (this.#underWay !== undefined) return;
    for (const peer of this.#managed) if (!present(peer)) this.#managed.delete(peer);
  }

  /** The device refused; what is wanted is asked for again after a pause. */
  failed(now: Instant): void {
    this.#pausedUntil = after(now, CONFIGURE_PAUSE);
  }

  /** Whether a change is on its way, so that the device last seen is not the device that is. */
  get busy(): boolean {
    return this.#underWay !== undefined;
  }

  wakeAt(now: Instant): Instant | undefined {
    return this.#pausedUntil !== undefined && this.#pausedUntil > now ? this.#pausedUntil : undefined;
  }

  /**
   * Asks for the difference, if there is one and no change is under way. Pings follow the aims they belong to. Answers
   * whether the device is as wanted, so that there is nothing to do until one of the two changes.
   */
  settle(connections: readonly Connection[], scene: Scene): boolean {
    if (this.#underWay !== undefined) return false;
    if (this.#pausedUntil !== undefined && this.#pausedUntil > scene.now) return false;
    const present = connections.filter(({ state }) => state.name !== 'idle');
    const users = this.#usersPeers(present, scene);
    if (users.length > 0 && since(scene.input.readAt, scene.now) > FRESH_ENOUGH) {
      // A peer of the user's is given its whole list: what the user changed since the last reading must not be lost.
      if (this.#askedAfter !== scene.input.readAt) scene.input.outbox.push({ type: 'read-device' });
      this.#askedAfter = scene.input.readAt;
      return false;
    }
    const changes = [
      ...users,
      ...this.#removals(present, scene),
      ...present.flatMap((connection) => this.#steps(connection, scene)),
    ];
    if (changes.length === 0) return true;
    this.#underWay = ++this.#lastId;
    this.#askedAt = scene.now;
    scene.input.outbox.push({ type: 'configure', id: this.#underWay, changes });
    for (const connection of present) {
      const { aim } = connection;
      if (aim === undefined) continue;
      connection.aim = undefined;
      connection.aimed = { endpoint: aim.endpoint, underWay: true };
      if (aim.ping === 'none') continue;
      scene.ping(connection, aim.ping !== 'nested', aim.endpoint);
      if (aim.ping === 'full') scene.ping(connection, true, aim.endpoint, 'full');
    }
    return false;
  }

  /** The user's own peers get their link-local address, and back what was moved from them and is no longer needed. */
  #usersPeers(present: readonly Connection[], scene: Scene): PeerChange[] {
    const needed = new Set(present.flatMap((connection) => wantedPrefixes(connection, scene)));
    const lenders = new Set(this.#moved.values());
    const changes: PeerChange[] = [];
    for (const peer of scene.input.device.peers) {
      if (this.#managed.has(peer.publicKey)) continue;
      if (!lenders.has(peer.publicKey) && scene.isReachable(peer.publicKey)) continue;
      const wanted = new Set([...peer.allowedIps, hostPrefix(linkLocal(peer.publicKey))]);
      for (const [prefix, from] of this.#moved) {
        if (from !== peer.publicKey || needed.has(prefix)) continue;
        if (peer.allowedIps.includes(prefix)) this.#moved.delete(prefix);
        else wanted.add(prefix);
      }
      if (wanted.size === peer.allowedIps.length) continue;
      changes.push({ kind: 'set', publicKey: peer.publicKey, existing: true, allowedIps: [...wanted].sort() });
    }
    return changes;
  }

  #removals(present: readonly Connection[], scene: Scene): PeerChange[] {
    const wanted = new Set(present.map(({ peer }) => peer));
    return [...this.#managed]
      .filter((peer) => !wanted.has(peer) && scene.devicePeer(peer) !== undefined)
      .map((publicKey) => ({ kind: 'remove', publicKey }));
  }

  #steps(connection: Connection, scene: Scene): PeerChange[] {
    const { peer: publicKey, aim } = connection;
    const seen = scene.devicePeer(publicKey);
    const allowedIps = [hostPrefix(linkLocal(publicKey)), ...wantedPrefixes(connection, scene)].sort();
    const keepalive = isProven(connection) ? KEEPALIVE_SECONDS : 0;
    this.#managed.add(publicKey);
    if (seen === undefined || aim?.recreate === true) {
      this.#noteMoves(allowedIps, publicKey, scene.input.device.peers);
      const add: PeerChange = { kind: 'set', publicKey, allowedIps, ...(aim && { endpoint: aim.endpoint }) };
      return seen === undefined ? [add] : [{ kind: 'remove', publicKey }, add];
    }
    const steps: PeerChange[] = [];
    if (!sameList(allowedIps, seen.allowedIps)) {
      this.#noteMoves(allowedIps, publicKey, scene.input.device.peers);
      steps.push({ kind: 'set', publicKey, allowedIps });
    }
    if (aim !== undefined || seen.keepalive !== keepalive) {
      // After the addresses, and by itself: a late packet from inside the tunnel may have moved the endpoint meanwhile.
      steps.push({
        kind: 'set',
        publicKey,
        ...(aim && { endpoint: aim.endpoint }),
        ...(seen.keepalive !== keepalive && { keepalive }),
      });
    }
    return steps;
  }

  #noteMoves(allowedIps: readonly Prefix[], to: PublicKey, peers: readonly DevicePeer[]): void {
    for (const { publicKey, allowedIps: held } of peers) {
      if (publicKey === to || this.#managed.has(publicKey)) continue;
      for (const prefix of held) if (allowedIps.includes(prefix)) this.#moved.set(prefix, publicKey);
    }
  }
}

/** No keepalive before a pong: until then nobody has agreed to be sent anything for long. */
function isProven({ state }: Connection): boolean {
  return state.name === 'moving' || state.name === 'active' || (state.name === 'contact' && state.attempt.resumed);
}

/** The addresses the peer should have beside its link-local one. */
function wantedPrefixes(connection: Connection, scene: Scene): readonly Prefix[] {
  const { state } = connection;
  const moves =
    state.name === 'moving' || state.name === 'active' || (state.name === 'contact' && state.attempt.resumed);
  return moves ? movablePrefixes(connection, scene) : [];
}

function sameList(left: readonly Prefix[], right: readonly Prefix[]): boolean {
  return left.length === right.length && left.every((prefix) => right.includes(prefix));
}
