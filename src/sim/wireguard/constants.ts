/** WireGuard's own numbers, in milliseconds unless said otherwise (its paper, section 6, and the kernel's module). */

/** An initiation goes out at most so often for a peer; sending a response counts too. */
export const REKEY_TIMEOUT = 5_000;
/** A retry waits this much longer at most, at random, so that two ends do not stay in step. */
export const RETRY_JITTER = 333;
/** Retries before giving up: 90 s of them. */
export const MAX_RETRIES = 18;
/** An initiator replaces keys of this age when it sends. */
export const REKEY_AFTER = 120_000;
/** Keys of this age are refused. */
export const REJECT_AFTER = 180_000;
/** Data that was received and not answered by anything is answered by a keepalive after this. */
export const KEEPALIVE_TIMEOUT = 10_000;
/** Keys are wiped after so long without a new session. */
export const ZERO_KEYS_AFTER = 3 * REJECT_AFTER;
/** A receiver ignores initiations of one peer that come closer together. */
export const INITIATION_SPACING = 20;
/** Wall clocks go into stamps in steps of 2^24 ns, so that a stamp tells little about the clock. */
export const STAMP_STEP = 2 ** 24 / 1e6;
/** Packets that wait for a handshake; the oldest gives way. */
export const MAX_QUEUED = 128;
/** Packets that may come late and still count. The module's window is wider; nothing here is ever that late. */
export const REPLAY_WINDOW = 2048;
/**
 * The module encrypts and sends on a worker, which reads the endpoint then. On an idle machine that is microseconds; with
 * so much, of ten endpoints set without a pause nine are never sent to, which is worse than was measured.
 */
export const MODULE_TRANSMITS_AFTER = 2;
