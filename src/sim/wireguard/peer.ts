/**
 * One peer of a simulated WireGuard interface: its sessions, its handshake and its timers, in the order in which the
 * Linux module does things, because that order decides what glare, roaming and the 5 s gate look like from outside.
 * Leaves to the device: which peer a packet belongs to, and the way out.
 */
import type { Endpoint } from '../../core/values/endpoint.js';
import type { PublicKey } from '../../core/values/key.js';
import type { Packet } from '../network/packet.js';
import { Timer } from '../scheduler.js';
import {
  INITIATION_SPACING,
  KEEPALIVE_TIMEOUT,
  MAX_QUEUED,
  MAX_RETRIES,
  REJECT_AFTER,
  REKEY_AFTER,
  REKEY_TIMEOUT,
  RETRY_JITTER,
  ZERO_KEYS_AFTER,
} from './constants.js';
import { Keypair, Keypairs } from './keypairs.js';
import { messageBytes, type WireguardMessage } from './message.js';
import type { PeerSurroundings } from './surroundings.js';

type Queued = Packet | 'keepalive';

export class Peer {
  readonly publicKey: PublicKey;
  handshakeAt: number | undefined;
  /** When that was by the wall clock of then. */
  handshakeWall = -Infinity;
  rxBytes = 0;
  txBytes = 0;
  #endpoint: Endpoint | undefined;
  readonly #on: PeerSurroundings;
  readonly #keys = new Keypairs();
  readonly #queue: Queued[] = [];
  /** The index of the initiation that waits for its response. */
  #initiated: number | undefined;
  #handshakeSentAt = -Infinity;
  #initiationSeenAt = -Infinity;
  #latestStamp = -Infinity;
  #retries = 0;
  #keepaliveMs = 0;
  #anotherKeepalive = false;
  #lastMinute = false;
  readonly #retry: Timer;
  readonly #passive: Timer;
  readonly #unanswered: Timer;
  readonly #persistent: Timer;
  readonly #wipe: Timer;

  constructor(publicKey: PublicKey, surroundings: PeerSurroundings) {
    this.publicKey = publicKey;
    this.#on = surroundings;
    const timer = (run: () => void): Timer =>
      new Timer(surroundings.scheduler, () => {
        surroundings.whenAwake(run);
      });
    this.#retry = timer(() => {
      this.#retryHandshake();
    });
    this.#passive = timer(() => {
      this.#sendKeepalive();
      if (!this.#anotherKeepalive) return;
      this.#anotherKeepalive = false;
      this.#passive.arm(this.#now + KEEPALIVE_TIMEOUT);
    });
    this.#unanswered = timer(() => {
      this.#initiate(false);
    });
    this.#persistent = timer(() => {
      if (this.#keepaliveMs > 0) this.#sendKeepalive();
    });
    this.#wipe = timer(() => {
      this.forgetSessions();
    });
  }

  get endpoint(): Endpoint | undefined {
    return this.#endpoint;
  }

  set endpoint(endpoint: Endpoint | undefined) {
    if (endpoint !== this.#endpoint) this.#on.moved();
    this.#endpoint = endpoint;
  }

  /** Seconds, 0 for off. Going from 0 to something sends a keepalive at once. */
  get keepalive(): number {
    return this.#keepaliveMs / 1000;
  }

  set keepalive(seconds: number) {
    const begins = this.#keepaliveMs === 0 && seconds > 0;
    this.#keepaliveMs = seconds * 1000;
    if (begins) this.#sendKeepalive();
  }

  /** Queues a packet and sends what can be sent. */
  send(packet: Packet): void {
    this.#enqueue(packet);
    this.flush();
  }

  /** Sends what waits, or begins the handshake that it waits for. */
  flush(): void {
    if (this.#queue.length === 0) return;
    const keypair = this.#keys.current;
    if (keypair === undefined || this.#now - keypair.createdAt >= REJECT_AFTER) {
      this.#initiate(false);
      return;
    }
    const waiting = this.#queue.splice(0);
    for (const queued of waiting) {
      const inner = queued === 'keepalive' ? undefined : queued;
      this.#emit({ type: 'data', receiverIndex: keypair.remoteIndex, counter: keypair.sent++, inner });
    }
    this.#authenticSent();
    if (waiting.some((queued) => queued !== 'keepalive') && !this.#unanswered.armed) {
      this.#unanswered.arm(this.#now + KEEPALIVE_TIMEOUT + REKEY_TIMEOUT + this.#jitter());
    }
    if (keypair.initiator && this.#now - keypair.createdAt > REKEY_AFTER) this.#initiate(false);
  }

  receiveInitiation(message: Extract<WireguardMessage, { type: 'initiation' }>, from: Endpoint): void {
    if (message.stamp <= this.#latestStamp) return;
    if (this.#now < this.#initiationSeenAt + INITIATION_SPACING) return;
    this.#latestStamp = message.stamp;
    this.#initiationSeenAt = this.#now;
    this.#count(message);
    // Answering takes the place of an initiation of our own, whose response will fit nothing: this is glare.
    this.#forgetInitiation();
    this.endpoint = from;
    this.#respond(message.senderIndex);
    this.#authenticReceived();
  }

  receiveResponse(message: Extract<WireguardMessage, { type: 'response' }>, from: Endpoint): void {
    if (this.#initiated === undefined || this.#initiated !== message.receiverIndex) return;
    this.#count(message);
    const keypair = new Keypair(this.#initiated, message.senderIndex, true, this.#now);
    this.#initiated = undefined;
    this.endpoint = from;
    this.#begin(keypair);
    this.#authenticReceived();
    this.#completed();
    this.#sendKeepalive();
  }

  receiveData(message: Extract<WireguardMessage, { type: 'data' }>, from: Endpoint): void {
    const keypair = this.#keys.byIndex(message.receiverIndex);
    if (keypair === undefined || this.#now - keypair.createdAt >= REJECT_AFTER) return;
    if (!keypair.window.accept(message.counter)) return;
    this.endpoint = from;
    const { confirmed, gone } = this.#keys.received(keypair);
    this.#release(gone);
    if (confirmed) {
      this.#completed();
      this.flush();
    }
    this.#refreshLate(keypair);
    this.#authenticReceived();
    this.#count(message);
    if (message.inner === undefined) return;
    if (this.#passive.armed) this.#anotherKeepalive = true;
    else this.#passive.arm(this.#now + KEEPALIVE_TIMEOUT);
    this.#on.accept(this, message.inner);
  }

  /** As the module does before the machine sleeps: no keys are left that would have to be wiped later. */
  suspend(): void {
    this.#wipe.cancel();
    this.forgetSessions();
  }

  /** The keys go, and a handshake under way with them. */
  forgetSessions(): void {
    this.#release(this.#keys.clear());
    this.#forgetInitiation();
  }

  /** The peer is taken from the device. */
  dispose(): void {
    for (const timer of [this.#retry, this.#passive, this.#unanswered, this.#persistent, this.#wipe]) timer.cancel();
    this.#queue.length = 0;
    this.#keepaliveMs = 0;
    this.forgetSessions();
  }

  get #now(): number {
    return this.#on.scheduler.now;
  }

  #jitter(): number {
    return this.#on.fraction() * RETRY_JITTER;
  }

  #enqueue(queued: Queued): void {
    if (this.#queue.length >= MAX_QUEUED) this.#queue.shift();
    this.#queue.push(queued);
  }

  #sendKeepalive(): void {
    if (this.#queue.length === 0) this.#queue.push('keepalive');
    this.flush();
  }

  #initiate(isRetry: boolean): void {
    if (!isRetry) this.#retries = 0;
    if (this.#now - this.#handshakeSentAt < REKEY_TIMEOUT) return;
    this.#handshakeSentAt = this.#now;
    this.#forgetInitiation();
    this.#initiated = this.#on.claimIndex(this);
    this.#authenticSent();
    this.#emit({
      type: 'initiation',
      sender: this.#on.ownKey,
      receiver: this.publicKey,
      senderIndex: this.#initiated,
      stamp: this.#on.stamp(),
    });
    this.#retry.arm(this.#now + REKEY_TIMEOUT + this.#jitter());
  }

  #respond(receiverIndex: number): void {
    this.#handshakeSentAt = this.#now;
    const index = this.#on.claimIndex(this);
    this.#begin(new Keypair(index, receiverIndex, false, this.#now));
    this.#authenticSent();
    this.#emit({ type: 'response', senderIndex: index, receiverIndex });
  }

  #begin(keypair: Keypair): void {
    this.#release(this.#keys.add(keypair));
    this.#wipe.arm(this.#now + ZERO_KEYS_AFTER);
  }

  #completed(): void {
    this.#retry.cancel();
    this.#retries = 0;
    this.#lastMinute = false;
    this.handshakeAt = this.#now;
    this.handshakeWall = this.#on.wallClock();
  }

  #retryHandshake(): void {
    if (this.#retries <= MAX_RETRIES) {
      this.#retries++;
      this.#initiate(true);
      return;
    }
    this.#passive.cancel();
    this.#queue.length = 0;
    if (!this.#wipe.armed) this.#wipe.arm(this.#now + ZERO_KEYS_AFTER);
  }

  /** An initiator that only receives replaces its keys shortly before they are refused. */
  #refreshLate(keypair: Keypair): void {
    const late = REJECT_AFTER - KEEPALIVE_TIMEOUT - REKEY_TIMEOUT;
    if (!keypair.initiator || this.#lastMinute || this.#now - keypair.createdAt <= late) return;
    this.#lastMinute = true;
    this.#initiate(false);
  }

  #authenticSent(): void {
    this.#passive.cancel();
    this.#traversed();
  }

  #authenticReceived(): void {
    this.#unanswered.cancel();
    this.#traversed();
  }

  #traversed(): void {
    if (this.#keepaliveMs > 0) this.#persistent.arm(this.#now + this.#keepaliveMs);
  }

  #count(message: WireguardMessage): void {
    this.rxBytes += messageBytes(message, this.#on.mtu);
  }

  #emit(message: WireguardMessage): void {
    if (this.endpoint === undefined) return;
    this.txBytes += messageBytes(message, this.#on.mtu);
    this.#on.emit(this, message);
  }

  #forgetInitiation(): void {
    if (this.#initiated !== undefined) this.#on.releaseIndex(this.#initiated);
    this.#initiated = undefined;
  }

  #release(keypairs: readonly Keypair[]): void {
    for (const keypair of keypairs) this.#on.releaseIndex(keypair.localIndex);
  }
}
