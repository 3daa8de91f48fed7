/**
 * What we have changed on the interface, as a set of entries: which ones a step adds, and which ones no longer hold. All
 * of it is worked out by comparing with the device, none of it is told by whoever makes the change. Pure; the file is
 * kept elsewhere, and undoing too.
 *
 * Whose a thing is: a peer with `peer-added` is ours with all that is on it; every other peer is the user's, and each
 * alteration of it has an entry of its own. Endpoints are not kept: those of the user's peers roam by themselves.
 */
import type { DevicePeer, DeviceSnapshot, PeerChange } from '../../core/device.js';
import type { Address } from '../../core/values/address.js';
import type { PublicKey } from '../../core/values/key.js';
import type { Prefix } from '../../core/values/prefix.js';

export type Entry =
  /** We gave the interface this link-local address. */
  | { readonly did: 'address-added'; readonly address: Address }
  /** The peer was not there before. */
  | { readonly did: 'peer-added'; readonly peer: PublicKey }
  /** A user's peer got a prefix it did not have. */
  | { readonly did: 'prefix-added'; readonly peer: PublicKey; readonly prefix: Prefix }
  /** A user's peer (a router, mostly) lost a prefix it had. */
  | { readonly did: 'prefix-moved'; readonly prefix: Prefix; readonly from: PublicKey }
  /** A user's peer got other keepalives: `set` holds all that we have set, `was` what the user had. Seconds. */
  | { readonly did: 'keepalive-set'; readonly peer: PublicKey; readonly was: number; readonly set: readonly number[] };

/** Entries by their ids, oldest first. */
export type Ledger = ReadonlyMap<string, Entry>;

/** Two entries with the same id are about the same thing, and the later one replaces the earlier. */
export function entryId(entry: Entry): string {
  switch (entry.did) {
    case 'address-added':
      return `${entry.did} ${entry.address}`;
    case 'peer-added':
    case 'keepalive-set':
      return `${entry.did} ${entry.peer}`;
    case 'prefix-added':
      return `${entry.did} ${entry.peer} ${entry.prefix}`;
    case 'prefix-moved':
      return `${entry.did} ${entry.prefix}`;
  }
}

/** The ledger once all the changes are made, and at any moment in between. Throws when one would remove a user's peer. */
export function recorded(ledger: Ledger, changes: readonly PeerChange[], before: DeviceSnapshot): Ledger {
  const draft = new Draft(observed(ledger, before), before);
  for (const change of changes) draft.make(change);
  return draft.ledger;
}

/**
 * The ledger without what no longer holds: things we or the user put back, and things the user has changed since, which
 * are the user's now. The device must not be in the middle of a recorded change.
 */
export function observed(ledger: Ledger, device: DeviceSnapshot): Ledger {
  const peers = new Map(device.peers.map((peer) => [peer.publicKey, peer]));
  const owners = ownersOf(device);
  return new Map([...ledger].filter(([, entry]) => holds(entry, ledger, peers, owners)));
}

export const isOurs = (ledger: Ledger, peer: PublicKey): boolean => ledger.has(`peer-added ${peer}`);

function holds(
  entry: Entry,
  ledger: Ledger,
  peers: ReadonlyMap<PublicKey, DevicePeer>,
  owners: ReadonlyMap<Prefix, PublicKey>,
): boolean {
  switch (entry.did) {
    case 'address-added':
      return true;
    case 'peer-added':
      return peers.has(entry.peer);
    case 'prefix-added':
      return owners.get(entry.prefix) === entry.peer;
    case 'prefix-moved': {
      const owner = owners.get(entry.prefix);
      if (!peers.has(entry.from)) return false;
      return owner === undefined || isOurs(ledger, owner) || addedTo(ledger, owner, entry.prefix);
    }
    case 'keepalive-set': {
      const keepalive = peers.get(entry.peer)?.keepalive;
      return keepalive !== undefined && keepalive !== entry.was && entry.set.includes(keepalive);
    }
  }
}

/** The device as it will be, change by change, and the ledger that goes with it. */
class Draft {
  readonly #ledger: Map<string, Entry>;
  readonly #owners: Map<Prefix, PublicKey>;
  readonly #keepalives: Map<PublicKey, number>;

  constructor(ledger: Ledger, device: DeviceSnapshot) {
    this.#ledger = new Map(ledger);
    this.#owners = ownersOf(device);
    this.#keepalives = new Map(device.peers.map((peer) => [peer.publicKey, peer.keepalive]));
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  make(change: PeerChange): void {
    switch (change.kind) {
      case 'remove':
        this.#remove(change.publicKey);
        break;
      case 'set':
        if (!this.#keepalives.has(change.publicKey)) this.#write({ did: 'peer-added', peer: change.publicKey });
        this.#setKeepalive(change.publicKey, change.keepalive ?? this.#keepalives.get(change.publicKey) ?? 0);
        if (change.allowedIps !== undefined) this.#setPrefixes(change.publicKey, change.allowedIps);
        break;
    }
  }

  #remove(peer: PublicKey): void {
    if (!this.#keepalives.has(peer)) return;
    // Its preshared key is not ours to know: it could never be put back.
    if (!isOurs(this.#ledger, peer)) throw new Error(`bug: asked to remove ${peer}, which the user added`);
    this.#keepalives.delete(peer);
    for (const prefix of this.#prefixesOf(peer)) this.#owners.delete(prefix);
  }

  #setKeepalive(peer: PublicKey, keepalive: number): void {
    const current = this.#keepalives.get(peer) ?? 0;
    this.#keepalives.set(peer, keepalive);
    if (keepalive === current || isOurs(this.#ledger, peer)) return;
    const earlier = this.#ledger.get(`keepalive-set ${peer}`);
    const [was, set] = earlier?.did === 'keepalive-set' ? [earlier.was, earlier.set] : [current, []];
    if (!set.includes(keepalive)) this.#write({ did: 'keepalive-set', peer, was, set: [...set, keepalive] });
  }

  #setPrefixes(peer: PublicKey, prefixes: readonly Prefix[]): void {
    for (const prefix of this.#prefixesOf(peer)) {
      if (prefixes.includes(prefix)) continue;
      this.#lose(peer, prefix);
      this.#owners.delete(prefix);
    }
    for (const prefix of prefixes) {
      const owner = this.#owners.get(prefix);
      if (owner === peer) continue;
      if (owner !== undefined) this.#lose(owner, prefix);
      this.#owners.set(prefix, peer);
      if (!isOurs(this.#ledger, peer) && !this.#wasMovedFrom(peer, prefix)) {
        this.#write({ did: 'prefix-added', peer, prefix });
      }
    }
  }

  /** Only what a user's peer had by itself has to come back. Whoever had it first keeps the claim to it. */
  #lose(peer: PublicKey, prefix: Prefix): void {
    if (isOurs(this.#ledger, peer) || addedTo(this.#ledger, peer, prefix)) return;
    if (!this.#ledger.has(`prefix-moved ${prefix}`)) this.#write({ did: 'prefix-moved', prefix, from: peer });
  }

  #wasMovedFrom(peer: PublicKey, prefix: Prefix): boolean {
    const entry = this.#ledger.get(`prefix-moved ${prefix}`);
    return entry?.did === 'prefix-moved' && entry.from === peer;
  }

  #prefixesOf(peer: PublicKey): readonly Prefix[] {
    return [...this.#owners].filter(([, owner]) => owner === peer).map(([prefix]) => prefix);
  }

  #write(entry: Entry): void {
    this.#ledger.set(entryId(entry), entry);
  }
}

const addedTo = (ledger: Ledger, peer: PublicKey, prefix: Prefix): boolean =>
  ledger.has(`prefix-added ${peer} ${prefix}`);

const ownersOf = (device: DeviceSnapshot): Map<Prefix, PublicKey> =>
  new Map(device.peers.flatMap((peer) => peer.allowedIps.map((prefix) => [prefix, peer.publicKey] as const)));
