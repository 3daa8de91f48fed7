/**
 * What the engine knows: the device and the machine as last read, who of the device's peers is what, what follows from
 * that to tell others, and what is believed of what others tell.
 */
import { Allowance } from './allowance.js';
import type { Connections } from './connection/connections.js';
import { refusesUs } from './connection/explain.js';
import { asOnPath } from './connection/elsewhere.js';
import type { DevicePeer, DeviceSnapshot, HostSnapshot, MovedPrefix, Route } from './device.js';
import { isLive, localFacts, type LocalFacts } from './facts/local.js';
import { configuredPeers } from './facts/tunnel.js';
import { MAX_ROUTES, ROUTES_ASKED_BURST, ROUTES_ASKED_ONE_IN } from './limits.js';
import { speaksOfOthers, trustBy, type Policy } from './policy.js';
import { Believer, type Beliefs, type Claims, type Setting } from './trust/beliefs.js';
import { findRouters } from './trust/routers.js';
import type { Address } from './values/address.js';
import type { Endpoint } from './values/endpoint.js';
import { linkLocal, type PublicKey } from './values/key.js';
import { hostPrefix } from './values/prefix.js';
import type { Instant } from './values/time.js';

/** Both were read at least once. */
export interface Surroundings {
  readonly device: DeviceSnapshot;
  /** When the device was read, and when that reading began. */
  readonly readAt: Instant;
  readonly readFrom: Instant;
  readonly host: HostSnapshot;
}

export interface LookInput {
  readonly managed: ReadonlySet<PublicKey>;
  /** With those managed ones that are not direct an attempt is made at most: they matter to nobody else yet. */
  readonly paths: Pick<Connections, 'isDirect' | 'get'>;
  readonly moved: readonly MovedPrefix[];
  readonly agents: ReadonlySet<PublicKey>;
}

/** Those of whom something may be other than before. */
export type Affected = ReadonlySet<PublicKey> | 'everybody';

/** The store of claims, as far as beliefs need it. */
export interface ChangingClaims extends Claims {
  readonly hasChanged: boolean;
  takeChanged(): ReadonlySet<PublicKey>;
}

export class Knowledge {
  device: DeviceSnapshot | undefined;
  host: HostSnapshot | undefined;
  #read: { readonly at: Instant; readonly from: Instant } | undefined;
  devicePeers: ReadonlyMap<PublicKey, DevicePeer> = new Map();
  routers: readonly PublicKey[] = [];
  local: LocalFacts | undefined;
  beliefs: Beliefs | undefined;
  /** The endpoints of the configuration. */
  readonly given = new Map<PublicKey, readonly Endpoint[]>();
  /** How packets of WireGuard's own would leave, as far as the kernel was asked. */
  readonly routes = new Map<Address, Route['leaves']>();
  readonly #bootId: string;
  #policy: Policy;
  readonly #asked = new Set<Address>();
  readonly #allowances = new Map<PublicKey, Allowance>();
  #routesForgotten = 0;
  #byAddress: ReadonlyMap<Address, PublicKey> = new Map();
  /** How many the machine has been so far, as far as addresses go. */
  #hosts = 0;
  #localChanged = true;
  /** What the last look rested on: where it is the same, so is all that follows from it. */
  #lookedAt = '';
  #lookedAtPeers: ReadonlyMap<PublicKey, string> = new Map();
  #looked = false;
  #sawChange = false;
  /** Of whom the looks since the last review saw something else than before. */
  #concerned: Affected = NOBODY;
  /** The routers, and those of them whose agent answers. */
  #routersText = '';
  #setting: Setting | undefined;
  #settingText = '';
  #believer: Believer | undefined;

  /** `bootId`: 32 hexadecimal digits. */
  constructor(bootId: string, policy: Policy) {
    this.#bootId = bootId;
    this.#policy = policy;
  }

  get surroundings(): Surroundings | undefined {
    const { device, host } = this;
    const read = this.#read;
    if (device === undefined || host === undefined || read === undefined) return undefined;
    return { device, host, readAt: read.at, readFrom: read.from };
  }

  setDevice(device: DeviceSnapshot, begun: Instant, now: Instant): void {
    this.device = device;
    this.#read = { at: now, from: begun };
    this.devicePeers = new Map(device.peers.map((peer) => [peer.publicKey, peer]));
    this.#byAddress = new Map(
      device.peers
        .map(({ publicKey, allowedIps }) => ({ publicKey, address: linkLocal(publicKey), allowedIps }))
        .filter(({ address, allowedIps }) => allowedIps.includes(hostPrefix(address)))
        .map(({ address, publicKey }) => [address, publicKey]),
    );
  }

  /** All that follows from the old one is looked at anew with the next look. */
  setPolicy(policy: Policy): void {
    this.#policy = policy;
    this.#lookedAt = '';
    this.#settingText = '';
  }

  /** Answers whether anything is other than before. */
  setHost(host: HostSnapshot): boolean {
    const same = JSON.stringify(this.host) === JSON.stringify(host);
    const changed = this.host !== undefined && !same;
    if (!same) this.#hosts++;
    this.host = host;
    this.forgetRoutes();
    return changed;
  }

  /** The peer a datagram came from: WireGuard lets a link-local address pass only from the peer that holds it. */
  senderAt(address: Address): PublicKey | undefined {
    return this.#byAddress.get(address);
  }

  isReachable(peer: PublicKey): boolean {
    return this.#byAddress.get(linkLocal(peer)) === peer;
  }

  /** Whether what the peer says about third ones can matter to us, so that it should tell. */
  listensTo(peer: PublicKey): boolean {
    return this.routers.includes(peer) || speaksOfOthers(trustBy(this.#policy, new Set())(peer));
  }

  /** How often that happened: what was asked before is to be asked again. */
  get routesForgotten(): number {
    return this.#routesForgotten;
  }

  forgetRoutes(): void {
    this.#routesForgotten++;
    this.routes.clear();
    this.#asked.clear();
    this.#allowances.clear();
  }

  learnRoutes(routes: readonly Route[]): void {
    for (const { address, leaves } of routes) {
      this.#asked.delete(address);
      this.routes.set(address, leaves);
    }
  }

  /**
   * Those of a peer's addresses whose routes are neither known nor asked for; they count as asked from now on. Each peer
   * has an allowance, as asking costs a process: where it does not suffice for all, they are not `complete`.
   */
  toAsk(
    peer: PublicKey,
    addresses: readonly Address[],
    now: Instant,
  ): { toAsk: readonly Address[]; complete: boolean } {
    if (this.routes.size + this.#asked.size > MAX_ROUTES) this.forgetRoutes();
    const unknown = addresses.filter((address) => !this.routes.has(address) && !this.#asked.has(address));
    const toAsk = unknown.filter(() => this.#mayAsk(peer, now));
    for (const address of toAsk) this.#asked.add(address);
    return { toAsk, complete: toAsk.length === unknown.length };
  }

  /** Looks at device and machine anew: who is a router, and what there is to tell. */
  look({ managed, paths, moved, agents }: LookInput, now: Instant): void {
    const [here, policy] = [this.surroundings, this.#policy];
    if (here === undefined) return;
    this.#looked = true;
    const { host } = here;
    // The endpoint of a peer that is tried becomes another every 20 ms.
    const settled = here.device.peers
      .filter(({ publicKey }) => !managed.has(publicKey) || paths.isDirect(publicKey))
      .map((peer) => asOnPath(peer, paths.get(peer.publicKey)));
    const device = { ...here.device, peers: settled };
    const live = new Set(settled.filter((peer) => isLive(peer, now)).map(({ publicKey }) => publicKey));
    const peers = new Map(
      settled.map((peer) => {
        const { publicKey: key, endpoint = '', allowedIps } = peer;
        const refused = refusesUs(peer, now) !== undefined;
        const seen = `${live.has(key)} ${agents.has(key)} ${refused} ${endpoint}`;
        return [key, `${managed.has(key)} ${allowedIps.join()}${THEN_SEEN}${seen}`];
      }),
    );
    const { publicKey: self, listenPort } = device;
    const lookedAt = JSON.stringify([self, listenPort, this.#hosts, moved]);
    const concerned = differing(peers, this.#lookedAtPeers);
    const sameElse = lookedAt === this.#lookedAt;
    if (sameElse && concerned.size === 0) return;
    const before = this.#lookedAtPeers;
    this.#lookedAt = lookedAt;
    this.#lookedAtPeers = peers;
    this.#sawChange = true;
    this.routers = findRouters({ device, tunnel: host.tunnel, managed, moved, policy });
    const routersText = JSON.stringify([this.routers, this.routers.filter((router) => agents.has(router))]);
    // Through a router all that is behind it is reached.
    const sameRouters = routersText === this.#routersText;
    this.#concerned = sameRouters ? both(this.#concerned, concerned) : 'everybody';
    this.#routersText = routersText;
    const { names, announce } = policy;
    const ownName = names.get(self);
    this.local = localFacts({
      self,
      device,
      host,
      managed,
      moved,
      bootId: this.#bootId,
      names,
      agents,
      live,
      ownName,
      announce,
    });
    this.#localChanged = true;
    // A hub sees its peers come and go all the time, which no belief rests on.
    const justSeen = (key: PublicKey): boolean =>
      !this.routers.includes(key) && configured(peers.get(key)) === configured(before.get(key));
    if (sameElse && sameRouters && [...concerned].every(justSeen)) return;
    const setting = { self, device, host, routers: this.routers, managed: new Set(managed), moved, policy };
    const settingText = textOf(setting);
    if (settingText === this.#settingText) return;
    this.#settingText = settingText;
    this.#setting = setting;
    this.#believer = undefined;
  }

  /** Whether there may be something new to tell since this was last asked. */
  takeLocalChange(): boolean {
    const changed = this.#localChanged;
    this.#localChanged = false;
    return changed;
  }

  /**
   * Judges the claims anew as far as they or the surroundings changed. Answers of whom something may be other than
   * before, `undefined` when nobody has even looked.
   */
  review(claims: ChangingClaims): Affected | 'nobody' | undefined {
    const setting = this.#setting;
    if (setting === undefined || !(this.#looked || claims.hasChanged)) return undefined;
    this.#looked = false;
    if (!this.#sawChange && !claims.hasChanged) return 'nobody';
    const concerned = this.#concerned;
    this.#concerned = NOBODY;
    this.#sawChange = false;
    const changed = claims.takeChanged();
    const known = this.#believer;
    const believer = known ?? new Believer(setting, claims);
    const judged = known !== undefined && changed.size > 0 ? known.review(changed) : changed;
    this.#believer = believer;
    this.beliefs = believer.beliefs;
    return known === undefined ? 'everybody' : both(concerned, judged);
  }

  #mayAsk(peer: PublicKey, now: Instant): boolean {
    const allowance = this.#allowances.get(peer) ?? new Allowance(ROUTES_ASKED_BURST, ROUTES_ASKED_ONE_IN);
    this.#allowances.set(peer, allowance);
    return allowance.take(now);
  }
}

/** Between what is configured for a peer and what is seen of it, in the text of a look. */
const THEN_SEEN = '|';

const configured = (text: string | undefined): string | undefined => text?.split(THEN_SEEN)[0];

const NOBODY: ReadonlySet<PublicKey> = new Set();

function both(one: Affected, other: Affected): Affected {
  if (one === 'everybody' || other === 'everybody') return 'everybody';
  if (one.size === 0) return other;
  return other.size === 0 ? one : new Set([...one, ...other]);
}

/** The keys under which the two hold something else, or only one of them anything. */
function differing(now: ReadonlyMap<PublicKey, string>, before: ReadonlyMap<PublicKey, string>): Set<PublicKey> {
  const found = new Set<PublicKey>();
  for (const [key, text] of now) if (before.get(key) !== text) found.add(key);
  for (const key of before.keys()) if (!now.has(key)) found.add(key);
  return found;
}

/** Of a setting, what beliefs depend on: traffic, handshakes and our own additions to the device do not count. */
function textOf({ self, device, host, routers, managed, moved }: Setting): string {
  const peers = configuredPeers(device, managed, moved).map(({ publicKey, allowedIps, endpoint }) => [
    publicKey,
    allowedIps,
    routers.includes(publicKey) ? endpoint : undefined,
  ]);
  return JSON.stringify([self, device.listenPort, host, routers, peers]);
}
