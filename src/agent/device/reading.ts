/**
 * What both ways of asking a device have in common: the reading before its handshake times are translated, and the
 * translation. A device stamps handshakes with the wall clock, the engine must never see one.
 */
import type { DevicePeer, DeviceSnapshot } from '../../core/device.js';
import type { PublicKey } from '../../core/values/key.js';
import { instant, type Instant } from '../../core/values/time.js';

export interface Reading extends Omit<DeviceSnapshot, 'peers'> {
  readonly peers: readonly PeerReading[];
}

export interface PeerReading extends Omit<DevicePeer, 'handshakeAt' | 'refusedUntil'> {
  /** Milliseconds of the wall clock since 1970, 0 before the first handshake. */
  readonly handshakeStamp: number;
}

interface Handshake {
  readonly stamp: number;
  readonly at: Instant;
}

/** Turns readings into snapshots. Keeps, per peer, when its last handshake was, so that it never moves afterwards. */
export class Translator {
  #handshakes: ReadonlyMap<PublicKey, Handshake> = new Map();
  #previousRead: Instant | undefined;

  /** `asked`: just before the device was. `now` and `wall`: the two clocks, just after it answered. */
  translate(reading: Reading, asked: Instant, now: Instant, wall: number): DeviceSnapshot {
    const handshakes = new Map<PublicKey, Handshake>();
    for (const { publicKey, handshakeStamp: stamp } of reading.peers) {
      if (stamp <= 0) continue;
      const known = this.#handshakes.get(publicKey);
      handshakes.set(publicKey, known?.stamp === stamp ? known : { stamp, at: this.#instantOf(stamp, now, wall) });
    }
    this.#handshakes = handshakes;
    this.#previousRead = asked;
    return {
      ...reading,
      peers: reading.peers
        .map(({ publicKey, endpoint, allowedIps, handshakeStamp: stamp, rxBytes, txBytes, keepalive }) => ({
          publicKey,
          endpoint,
          allowedIps: allowedIps.toSorted(),
          handshakeAt: handshakes.get(publicKey)?.at,
          ...(stamp > wall && { refusedUntil: instant(now + stamp - wall) }),
          rxBytes,
          txBytes,
          keepalive,
        }))
        .sort((left, right) => (left.publicKey < right.publicKey ? -1 : 1)),
    };
  }

  /**
   * A stamp that is new to us was made after the device was last asked. That bounds what a wall clock that was set in
   * between can do, and the whole seconds in which `wg` tells it.
   */
  #instantOf(stamp: number, now: Instant, wall: number): Instant {
    const earliest = this.#previousRead ?? Number.NEGATIVE_INFINITY;
    return instant(Math.min(now, Math.max(earliest, now - (wall - stamp))));
  }
}
