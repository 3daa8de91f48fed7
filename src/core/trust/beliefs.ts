/**
 * What is believed of all that was claimed, and what is refused and why. Beliefs say what may be done with a peer;
 * whether and when it is done is the connection's business. A peer of whom every router has fallen silent is missing
 * here: what becomes of it then is decided there too.
 *
 * A belief is one function (judgePeer) of what was claimed of its peer and of the grants that overlap what is claimed
 * there. So when claims come or go, those peers alone are judged again of which one of the two is another now.
 */
import type { DeviceSnapshot, HostSnapshot, MovedPrefix } from '../device.js';
import { factId } from '../facts/fact.js';
import type { Claim } from '../facts/store.js';
import { configuredPeers } from '../facts/tunnel.js';
import { trustBy, type Policy } from '../policy.js';
import type { Endpoint } from '../values/endpoint.js';
import { shortKey, type PublicKey } from '../values/key.js';
import type { Prefix } from '../values/prefix.js';
import { millis } from '../values/time.js';
import type { Belief, Rejection, Refusal } from './belief.js';
import { ForbiddenEndpoints, ForbiddenPrefixes, type Surroundings } from './forbidden.js';
import { Grants } from './grants.js';
import { claimsOf, hear, type ClaimOf, type Heard } from './hearing.js';
import type { Ground } from './ground.js';
import { judgePeer } from './peer.js';
import { Places } from './places.js';

export type { Belief, CandidateBelief, Grant, Rejection } from './belief.js';

/** All that beliefs rest on beside claims. */
export interface Setting {
  readonly self: PublicKey;
  readonly device: DeviceSnapshot;
  readonly host: HostSnapshot;
  /** As `findRouters` answers. */
  readonly routers: readonly PublicKey[];
  /** Device peers that we added; the others are the user's. */
  readonly managed: ReadonlySet<PublicKey>;
  /** Prefixes we moved from a router's entry to a managed peer; every rule takes them as the router's. */
  readonly moved: readonly MovedPrefix[];
  readonly policy: Policy;
}

/** Claims by their subject, as the store has them. */
export interface Claims {
  subjects(): Iterable<PublicKey>;
  forSubject(subject: PublicKey): readonly Claim[];
}

export interface Beliefs {
  /** Every member but ourselves, routers and the user's other peers among them, in no order that means anything. */
  readonly peers: ReadonlyMap<PublicKey, Belief>;
  /** Our own endpoint as our neighbours see it. For display; nothing is decided by it. */
  readonly observed: readonly { readonly by: PublicKey; readonly endpoint: Endpoint }[];
  /** Refusals, the newest first. */
  readonly rejected: readonly Rejection[];
}

/** For `facts --rejected`: enough to see what goes wrong, little enough to be read. */
export const MAX_REJECTED = 256;

/** What is believed in one setting, of claims that come and go. Another setting takes another believer. */
export class Believer {
  readonly #setting: Setting;
  readonly #claims: Claims;
  readonly #surroundings: Surroundings;
  readonly #heard = new Map<PublicKey, Heard>();
  readonly #grants: Grants;
  readonly #places = new Places();
  #ground: Ground;
  readonly #peers = new Map<PublicKey, Belief>();
  /** By subject; of most peers nothing is refused. */
  readonly #rejected = new Map<PublicKey, readonly Rejection[]>();

  constructor(setting: Setting, claims: Claims) {
    const { device, host, managed, moved, policy } = setting;
    const routers = new Set(setting.routers);
    const configured = configuredPeers(device, managed, moved);
    const call = (key: PublicKey): string => policy.names.get(key) ?? shortKey(key);
    this.#setting = setting;
    this.#claims = claims;
    this.#surroundings = { device, host, configured, routers, call };
    this.#grants = new Grants(routers, call);
    this.#ground = {
      self: setting.self,
      configured: new Map(configured.map((peer) => [peer.publicKey, peer])),
      routers,
      trustIn: trustBy(policy, routers),
      names: policy.names,
      grants: this.#grants,
      prefixes: new ForbiddenPrefixes(this.#surroundings, [], policy.move),
      endpoints: new ForbiddenEndpoints(this.#surroundings, this.#grants),
    };
    this.review(new Set([...this.#ground.configured.keys(), ...claims.subjects()]));
  }

  get beliefs(): Beliefs {
    const refused = [...this.#rejected.values()].flat();
    return { peers: this.#peers, observed: this.#observed(), rejected: newest(refused) };
  }

  /** Forms anew what can be another belief now, and answers whose. `changed`: of whom claims came or went. */
  review(changed: ReadonlySet<PublicKey>): ReadonlySet<PublicKey> {
    const before = this.#ofRouters();
    const judged = new Set(changed);
    const regranted = [...changed].flatMap((subject) => this.#hear(subject));
    const ofRouters = this.#ofRouters();
    if (before.map(textOf).join() === ofRouters.map(textOf).join()) {
      for (const prefix of regranted) for (const subject of this.#places.overlapping(prefix)) judged.add(subject);
    } else {
      const prefixes = new ForbiddenPrefixes(this.#surroundings, ofRouters, this.#setting.policy.move);
      this.#ground = { ...this.#ground, prefixes };
      for (const subject of this.#heard.keys()) judged.add(subject);
    }
    this.#judge(judged);
    return judged;
  }

  /** Answers the prefixes that routers hold for others than before. */
  #hear(subject: PublicKey): readonly Prefix[] {
    const claims = this.#claims.forSubject(subject);
    const configured = this.#ground.configured.has(subject);
    const said = hear(subject, claims, this.#ground);
    const byConfiguration = said.member && !configured ? grantsByConfiguration(subject, this.#setting) : [];
    // Copies have room for what is in them and no more, which is worth having where it is kept a thousand times.
    const heard = { ...said, own: [...said.own], fromRouters: [...said.fromRouters, ...byConfiguration] };
    if (claims.length > 0 || configured) this.#heard.set(subject, heard);
    else this.#heard.delete(subject);
    this.#places.set(subject, [...heard.own, ...heard.fromRouters, ...heard.observations]);
    const granted = claimsOf('allowed-ip', heard.fromRouters);
    const grants = granted.map(({ fact, source }) => ({ prefix: fact.value, by: source }));
    return this.#grants.set(subject, grants);
  }

  #judge(subjects: ReadonlySet<PublicKey>): void {
    for (const subject of subjects) {
      const heard = this.#heard.get(subject);
      const judged = heard?.member === true ? judgePeer(subject, heard, this.#ground) : undefined;
      if (judged === undefined) this.#peers.delete(subject);
      else this.#peers.set(subject, judged.belief);
      const rejected = [...(heard?.rejected ?? []), ...(judged?.rejected ?? []), ...this.#refusedObservations(heard)];
      if (rejected.length > 0) this.#rejected.set(subject, rejected);
      else this.#rejected.delete(subject);
    }
  }

  /** What routers say of their own allowed IPs. */
  #ofRouters(): readonly ClaimOf<'allowed-ip'>[] {
    return this.#setting.routers.flatMap((router) => claimsOf('allowed-ip', this.#heard.get(router)?.own ?? []));
  }

  #refusedObservations(heard: Heard | undefined): readonly Rejection[] {
    return (heard?.observations ?? []).flatMap((claim) => {
      const refused = this.#refusalOf(claim);
      return refused === undefined ? [] : [{ claim, ...refused }];
    });
  }

  #observed(): Beliefs['observed'] {
    const claims = this.#heard.get(this.#setting.self)?.observations ?? [];
    return claims
      .filter((claim) => this.#refusalOf(claim) === undefined)
      .map(({ fact, source }) => ({ by: source, endpoint: fact.value }))
      .toSorted((left, right) => compareText(left.by, right.by));
  }

  #refusalOf({ fact: { value, subject } }: ClaimOf<'endpoint'>): Refusal | undefined {
    return this.#ground.endpoints.refusal(value, subject);
  }
}

/** Counts as one more router's word: where a router says otherwise, neither moves anything. Makes nobody a member. */
function grantsByConfiguration(subject: PublicKey, { self, policy }: Setting): Claim[] {
  const granted = policy.peers.get(subject)?.allowedIps ?? [];
  return granted.map((value) => ({
    fact: { subject, attribute: 'allowed-ip', value },
    source: self,
    via: self,
    ttl: millis(0),
    expiresAt: undefined,
  }));
}

/** When it was last heard is when its time began to run; at the same time, in the order of the text. */
function newest(rejected: readonly Rejection[]): readonly Rejection[] {
  const heardAt = ({ claim: { expiresAt, ttl } }: Rejection): number => (expiresAt ?? ttl) - ttl;
  return rejected
    .toSorted((left, right) => heardAt(right) - heardAt(left) || compareText(textOf(left.claim), textOf(right.claim)))
    .slice(0, MAX_REJECTED);
}

const textOf = ({ fact, source, via }: Claim): string => `${factId(fact)} ${source} ${via}`;

const compareText = (left: string, right: string): number => Number(left > right) - Number(left < right);
