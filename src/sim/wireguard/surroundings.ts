/** What surrounds a peer of a simulated interface. */
import type { PublicKey } from '../../core/values/key.js';
import type { Packet } from '../network/packet.js';
import type { Scheduler } from '../scheduler.js';
import type { WireguardMessage } from './message.js';
import type { Peer } from './peer.js';

/** What a peer needs of its device. */
export interface PeerSurroundings {
  readonly scheduler: Scheduler;
  readonly ownKey: PublicKey;
  readonly mtu: number;
  /** 0 to 1. */
  fraction(): number;
  /** Milliseconds of the wall clock. */
  wallClock(): number;
  /** The same as initiations carry it. */
  stamp(): number;
  claimIndex(peer: Peer): number;
  releaseIndex(index: number): void;
  /** Puts a message on its way to the endpoint that the peer has when it leaves. */
  emit(peer: Peer, message: WireguardMessage): void;
  /** A decrypted packet that came from this peer. */
  accept(peer: Peer, packet: Packet): void;
  /** Runs it now, or when the machine is awake again. */
  whenAwake(run: () => void): void;
  /** The peer roamed. */
  moved(): void;
}
