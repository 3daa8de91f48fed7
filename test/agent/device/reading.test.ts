import { describe, expect, it } from 'vitest';
import { Translator, type Reading } from '../../../src/agent/device/reading.js';
import { instant } from '../../../src/core/values/time.js';
import { prefix } from '../../support/expected.js';
import { testKey } from '../../support/keys.js';

const WALL = 1_700_000_000_000;

const reading = (...stamps: readonly number[]): Reading => ({
  publicKey: testKey(255),
  listenPort: 51820,
  fwmark: 0,
  peers: stamps.map((handshakeStamp, at) => ({
    publicKey: testKey(9 - at),
    endpoint: undefined,
    allowedIps: [prefix('fe80::3/128'), prefix('10.9.0.3/32')],
    handshakeStamp,
    rxBytes: 0,
    txBytes: 0,
    keepalive: 0,
  })),
});

/** What the one peer's handshake reads as. `at` is the monotonic clock, `wall` how far the other one is ahead of WALL. */
const handshake = (translator: Translator, stamp: number, at: number, wall: number): number | undefined =>
  translator.translate(reading(stamp), instant(at), instant(at), WALL + wall).peers[0]?.handshakeAt;

describe('a snapshot', () => {
  it('has its peers and their prefixes in order', () => {
    const { peers } = new Translator().translate(reading(0, 0), instant(0), instant(0), WALL);
    expect(peers.map((peer) => peer.publicKey)).toEqual([testKey(8), testKey(9)]);
    expect(peers[0]?.allowedIps).toEqual(['10.9.0.3/32', 'fe80::3/128']);
    expect(peers[0]).not.toHaveProperty('handshakeStamp');
  });
});

describe('a peer of a machine whose clock went back', () => {
  it('refuses handshakes until the clock has passed the last one', () => {
    const translator = new Translator();
    const refusedUntil = (stamp: number, at: number, wall: number): number | undefined =>
      translator.translate(reading(stamp), instant(at), instant(at), WALL + wall).peers[0]?.refusedUntil;
    expect(refusedUntil(WALL, 1000, 500)).toBeUndefined();
    expect(refusedUntil(WALL, 2000, -3_598_500)).toBe(3_600_500);
    expect(refusedUntil(WALL, 3000, -3_597_500)).toBe(3_600_500);
    expect(refusedUntil(WALL, 4000, 3_500)).toBeUndefined();
  });
});

describe('the time of a handshake', () => {
  it('is on the monotonic clock, and unknown before the first one', () => {
    const translator = new Translator();
    expect(handshake(translator, 0, 1000, 0)).toBeUndefined();
    expect(handshake(new Translator(), WALL - 300, 1000, 0)).toBe(700);
  });

  it('does not move while it is the same handshake, whatever becomes of the wall clock', () => {
    const translator = new Translator();
    const first = handshake(translator, WALL - 300, 1000, 0);
    expect(handshake(translator, WALL - 300, 2000, 1003)).toBe(first);
    expect(handshake(translator, WALL - 300, 3000, 3_600_000)).toBe(first);
    expect(handshake(translator, WALL - 300, 4000, -3_600_000)).toBe(first);
  });

  it('lies between two readings when it is new, even if the wall clock was set between them', () => {
    const translator = new Translator();
    handshake(translator, WALL - 300, 1000, 0);
    expect(handshake(translator, WALL + 1500, 3000, 3_602_000)).toBe(1000);
    expect(handshake(translator, WALL + 3_602_500, 4000, -3_600_000)).toBe(4000);
  });

  it('is not put before the last reading by the whole seconds that wg tells', () => {
    const translator = new Translator();
    handshake(translator, WALL - 5000, 1900, 900);
    expect(handshake(translator, WALL, 2000, 1000)).toBe(1900);
  });

  it('starts anew with a peer that was removed and came back', () => {
    const translator = new Translator();
    handshake(translator, WALL - 300, 1000, 0);
    translator.translate(reading(), instant(2000), instant(2000), WALL + 1000);
    expect(handshake(translator, WALL - 300, 3000, 2000)).toBe(2000);
  });
});
