/** The name of one attempt: who began it, in which run, with whom, and which attempt of that run it was. */
import { equalBytes, type ByteReader, type ByteWriter } from '../values/bytes.js';

export const EPOCH_BOOT_BYTES = 8;

export interface Epoch {
  /** The first 8 bytes of the leader's boot id: the end that sent the invitation. */
  readonly leader: Uint8Array;
  /** The first 8 bytes of the follower's boot id. */
  readonly follower: Uint8Array;
  /** Grows with each of the leader's attempts since its start; other numbers of that run lie between. */
  readonly counter: number;
}

export function encodeEpoch(out: ByteWriter, epoch: Epoch): void {
  out.bytes(epoch.leader).bytes(epoch.follower).u32(epoch.counter);
}

export function decodeEpoch(reader: ByteReader): Epoch | undefined {
  const leader = reader.take(EPOCH_BOOT_BYTES);
  const follower = reader.take(EPOCH_BOOT_BYTES);
  const counter = reader.u32();
  if (leader === undefined || follower === undefined || counter === undefined) return undefined;
  return { leader, follower, counter };
}

export function sameEpoch(left: Epoch, right: Epoch): boolean {
  return (
    left.counter === right.counter && equalBytes(left.leader, right.leader) && equalBytes(left.follower, right.follower)
  );
}

export const epochBoot = (boot: Uint8Array): Uint8Array => boot.subarray(0, EPOCH_BOOT_BYTES);
