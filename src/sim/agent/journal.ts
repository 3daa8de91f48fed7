/** What an agent changed on its interface, as it stands in /run: enough to take it back, or to go on from. */
import type { Adopted, MovedPrefix, PeerChange } from '../../core/device.js';
import type { PublicKey } from '../../core/values/key.js';
import type { Prefix } from '../../core/values/prefix.js';
import type { Device } from '../wireguard/device.js';

/** Our changes to a peer that was there before. */
interface Touched {
  readonly gained: Set<Prefix>;
  readonly lost: Set<Prefix>;
  /** Set when we changed it: what it was, and what we made of it. */
  keepalive: { readonly before: number; now: number } | undefined;
}

export class Journal {
  readonly #added = new Set<PublicKey>();
  readonly #touched = new Map<PublicKey, Touched>();

  adopted(): Adopted {
    const moved: MovedPrefix[] = [];
    for (const [from, { lost }] of this.#touched) for (const prefix of lost) moved.push({ prefix, from });
    return { peers: [...this.#added].sort(), moved };
  }

  /** Writes down what the change will do, before it is made. */
  note(change: PeerChange, device: Device): void {
    const { publicKey } = change;
    const before = peerOf(device, publicKey);
    if (before === undefined) {
      if (change.kind === 'remove' || change.existing === true) return;
      this.#added.add(publicKey);
    } else if (change.kind === 'set' && !this.#added.has(publicKey)) {
      const touched = this.#touch(publicKey);
      if (change.allowedIps !== undefined) noteList(touched, before.allowedIps, change.allowedIps);
      if (change.keepalive !== undefined && change.keepalive !== before.keepalive) {
        touched.keepalive = { before: touched.keepalive?.before ?? before.keepalive, now: change.keepalive };
      }
    }
    if (change.kind === 'remove') return;
    for (const prefix of change.allowedIps ?? []) {
      const owner = device.allowedIps.ownerOf(prefix);
      if (owner === undefined || owner === publicKey || this.#added.has(owner)) continue;
      const touched = this.#touch(owner);
      if (!touched.gained.delete(prefix)) touched.lost.add(prefix);
    }
  }

  /** Takes back what is ours and leaves what the user changed meanwhile. */
  undo(device: Device): void {
    for (const publicKey of this.#added) device.configure({ kind: 'remove', publicKey });
    for (const [publicKey, touched] of this.#touched) {
      const now = peerOf(device, publicKey);
      if (now === undefined) continue;
      const kept = now.allowedIps.filter((prefix) => !touched.gained.has(prefix));
      const back = [...touched.lost].filter((prefix) => device.allowedIps.ownerOf(prefix) === undefined);
      const { keepalive } = touched;
      device.configure({
        kind: 'set',
        publicKey,
        allowedIps: [...kept, ...back],
        ...(keepalive?.now === now.keepalive ? { keepalive: keepalive.before } : {}),
      });
    }
    this.#added.clear();
    this.#touched.clear();
  }

  #touch(publicKey: PublicKey): Touched {
    const touched = this.#touched.get(publicKey) ?? { gained: new Set(), lost: new Set(), keepalive: undefined };
    this.#touched.set(publicKey, touched);
    return touched;
  }
}

function noteList(touched: Touched, before: readonly Prefix[], now: readonly Prefix[]): void {
  for (const prefix of now) {
    if (!before.includes(prefix) && !touched.lost.delete(prefix)) touched.gained.add(prefix);
  }
  for (const prefix of before) {
    if (!now.includes(prefix) && !touched.gained.delete(prefix)) touched.lost.add(prefix);
  }
}

const peerOf = (
  device: Device,
  publicKey: PublicKey,
): { readonly allowedIps: readonly Prefix[]; readonly keepalive: number } | undefined =>
  device.snapshot((at) => at).peers.find((peer) => peer.publicKey === publicKey);
