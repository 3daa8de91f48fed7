/** What the engine shows of itself, built from what it knows; nothing here decides anything. */
import type { Connection } from './connection/connection.js';
import type { Connections } from './connection/connections.js';
import { causeToStay, refusesUs } from './connection/explain.js';
import type { Scene } from './connection/scene.js';
import type { EngineOptions } from './contract.js';
import type { DevicePeer } from './device.js';
import { formatValue, type Fact } from './facts/fact.js';
import { isLive, type LocalFacts } from './facts/local.js';
import type { Claim, ClaimStore } from './facts/store.js';
import type { Paths } from './notice-board.js';
import { connectsUnasked } from './policy.js';
import { viewNat, viewWarnings } from './viewing-self.js';
import type { Belief } from './trust/beliefs.js';
import { linkLocal, type PublicKey } from './values/key.js';
import { hostPrefix, type Prefix } from './values/prefix.js';
import { rounded, since } from './values/time.js';
import type { Cause, ClaimView, PathKind, PeerView, SelfView } from './views.js';

export function viewSelf(
  scene: Scene,
  options: Pick<EngineOptions, 'port' | 'warnings'>,
  local: LocalFacts | undefined,
): SelfView {
  const { device, beliefs, routers } = scene.input;
  return {
    publicKey: device.publicKey,
    linkLocal: linkLocal(device.publicKey),
    listenPort: device.listenPort,
    port: options.port,
    routers,
    warnings: [...options.warnings, ...viewWarnings(scene)],
    candidates: (local?.self ?? []).flatMap((fact) => (fact.attribute === 'endpoint' ? [fact.value] : [])),
    observed: beliefs.observed.map(({ by, endpoint }) => ({ by, ...named('byName', nameOf(by, scene)), endpoint })),
    nat: viewNat(scene),
  };
}

/** All peers, sorted by key: the user's own, and those behind routers. */
export function viewPeers(scene: Scene, connections: Connections, managed: ReadonlySet<PublicKey>): PeerView[] {
  return [...peersOf(scene)].sort().map((peer) => viewPeer(peer, scene, connections, managed));
}

const peersOf = ({ input: { device, beliefs } }: Scene): ReadonlySet<PublicKey> =>
  new Set([...device.peers.map(({ publicKey }) => publicKey), ...beliefs.peers.keys()]);

function viewPeer(peer: PublicKey, scene: Scene, connections: Connections, managed: ReadonlySet<PublicKey>): PeerView {
  const seen = scene.devicePeer(peer);
  return seen !== undefined && !managed.has(peer)
    ? viewConfigured(peer, seen, scene)
    : viewBehindRouter(peer, seen, connections.get(peer), scene);
}

/** The paths to all peers, for whoever tells their changes. */
export class PathViews implements Paths {
  readonly #scene: Scene;
  readonly #connections: Connections;
  readonly #managed: ReadonlySet<PublicKey>;
  /** Which routers' agents are there. */
  readonly #routers: string;

  constructor(scene: Scene, connections: Connections, managed: ReadonlySet<PublicKey>) {
    this.#scene = scene;
    this.#connections = connections;
    this.#managed = managed;
    this.#routers = scene.input.routers.filter((router) => scene.input.neighbour(router)?.agent === true).join();
  }

  all(): Iterable<PublicKey> {
    return peersOf(this.#scene);
  }

  has(peer: PublicKey): boolean {
    return this.#scene.devicePeer(peer) !== undefined || this.#scene.belief(peer) !== undefined;
  }

  groundsOf(peer: PublicKey): readonly unknown[] {
    const seen = this.#scene.devicePeer(peer);
    if (seen !== undefined && !this.#managed.has(peer)) {
      const { neighbour, routers } = this.#scene.input;
      const { now } = this.#scene;
      const refused = refusesUs(seen, now) !== undefined;
      return [isLive(seen, now), neighbour(peer)?.agent, routers.includes(peer), seen.endpoint, refused];
    }
    const connection = this.#connections.get(peer);
    const { policy } = this.#scene.input;
    return [this.#scene.belief(peer), connection?.state, connection?.cause, this.#routers, policy];
  }

  view(peer: PublicKey): PeerView {
    return viewPeer(peer, this.#scene, this.#connections, this.#managed);
  }
}

/** All claims, what this machine itself sees first; or, `rejected`, those that are refused, with the reason. */
export function viewClaims(
  scene: Scene,
  store: ClaimStore,
  local: LocalFacts | undefined,
  rejected: boolean,
): ClaimView[] {
  const refusals = scene.input.beliefs.rejected;
  if (rejected)
    return refusals.map(({ claim, code, reason }) => ({
      ...viewClaim(claim, scene),
      rejected: reason,
      rejectedCode: code,
    }));
  const refused = new Set(refusals.map(({ claim }) => claim));
  const self = scene.input.device.publicKey;
  const own = [...(local?.self ?? []), ...(local?.peers ?? [])].map((fact) => viewFact(fact, self, scene));
  const heard = [...store.all()]
    .filter((claim) => !refused.has(claim))
    .map((claim) => viewClaim(claim, scene))
    .map((view) => ({ view, key: sortKey(view) }))
    .sort((left, right) => compare(left.key, right.key));
  return [...own, ...heard.map(({ view }) => view)];
}

function viewConfigured(peer: PublicKey, seen: DevicePeer, scene: Scene): PeerView {
  const neighbour = scene.input.neighbour(peer);
  const agent = neighbour?.agent === true;
  const live = isLive(seen, scene.now);
  const path = !live ? 'offline' : agent ? 'direct' : 'plain';
  const heardAt = laterOf(neighbour?.heardAt, seen.handshakeAt);
  return {
    publicKey: peer,
    ...nameAndOrigin(peer, scene),
    linkLocal: linkLocal(peer),
    path,
    router: scene.input.routers.includes(peer),
    agent,
    configured: true,
    ...viewDevice(seen),
    ...(heardAt !== undefined && { lastContactMs: since(heardAt, scene.now) }),
    allowedIps: visible(seen.allowedIps, peer),
    ...(path !== 'direct' && { cause: causeOfConfigured(path, seen, scene) }),
    candidates: [],
  };
}

function causeOfConfigured(path: 'offline' | 'plain', seen: DevicePeer, { input, now }: Scene): Cause {
  if (path === 'offline') {
    return (
      refusesUs(seen, now) ?? {
        code: 'offline',
        text: 'No WireGuard handshake within three minutes: it is switched off or unreachable.',
      }
    );
  }
  const text = input.routers.includes(seen.publicKey)
    ? 'It is our router and runs WireGuard without wirelink: nobody tells us about other peers. Start wirelink there.'
    : 'It runs WireGuard without wirelink. It is reached as you configured it.';
  return { code: 'no-agent', text };
}

function viewBehindRouter(
  peer: PublicKey,
  seen: DevicePeer | undefined,
  connection: Connection | undefined,
  scene: Scene,
): PeerView {
  const belief = scene.belief(peer);
  const state = connection?.state;
  const path = pathBehindRouter(belief, connection);
  const direct = path === 'direct' && state !== undefined && 'rtt' in state;
  const via = direct ? undefined : (scene.routersOf(peer)[0] ?? belief?.routers[0]);
  const cause = path === 'direct' ? undefined : causeBehindRouter(path, connection, scene, peer);
  const relayedAt = belief?.endpoints.find(({ kind }) => kind === 'reflexive')?.endpoint;
  return {
    publicKey: peer,
    ...nameAndOrigin(peer, scene),
    linkLocal: linkLocal(peer),
    path,
    ...(via !== undefined && { via }),
    router: false,
    agent: belief?.bootId !== undefined,
    configured: false,
    ...(relayedAt !== undefined && { endpoint: relayedAt }),
    ...(direct && seen !== undefined && viewDevice(seen)),
    ...(direct && { endpoint: state.endpoint, rttMs: rounded(state.rtt) }),
    ...(connection?.heardAt !== undefined && direct && { lastContactMs: since(connection.heardAt, scene.now) }),
    allowedIps: direct && seen !== undefined ? visible(seen.allowedIps, peer) : grantedTo(belief),
    ...(cause !== undefined && { cause }),
    ...(state?.name === 'idle' &&
      state.retryAt !== undefined &&
      state.retryAt > scene.now && { retryInMs: since(scene.now, state.retryAt) }),
    candidates: connection?.candidates ?? [],
  };
}

function pathBehindRouter(belief: Belief | undefined, connection: Connection | undefined): PathKind {
  const state = connection?.state.name ?? 'idle';
  if (state === 'active' || isResumed(connection)) return 'direct';
  if (state !== 'idle') return 'connecting';
  if (belief?.bootId === undefined) {
    if (belief?.seen !== true) return 'offline';
    return belief.plain ? 'plain' : 'relayed';
  }
  return 'relayed';
}

/** The two ends agree anew while the addresses stay where they are. */
function isResumed(connection: Connection | undefined): boolean {
  const state = connection?.state;
  return (state?.name === 'contact' || state?.name === 'moving') && state.attempt.resumed;
}

function causeBehindRouter(path: PathKind, connection: Connection | undefined, scene: Scene, peer: PublicKey): Cause {
  if (path === 'connecting') return { code: 'connecting', text: 'An attempt to connect directly is under way.' };
  const staying = causeToStay(peer, scene);
  if (staying !== undefined) return staying;
  if (connection?.cause !== undefined) return connection.cause;
  return connectsUnasked(scene.input.policy, peer)
    ? { code: 'waiting', text: 'No attempt has been made yet; one follows shortly.' }
    : { code: 'manual', text: 'The agent connects on request only. Ask with: wirelink connect' };
}

function viewDevice({ endpoint, rxBytes, txBytes }: DevicePeer): Pick<PeerView, 'endpoint' | 'rxBytes' | 'txBytes'> {
  return { ...(endpoint !== undefined && { endpoint }), rxBytes, txBytes };
}

const visible = (prefixes: readonly Prefix[], peer: PublicKey): Prefix[] =>
  prefixes.filter((prefix) => prefix !== hostPrefix(linkLocal(peer)));

const grantedTo = (belief: Belief | undefined): Prefix[] => (belief?.grants ?? []).map(({ prefix }) => prefix);

function viewClaim({ fact, source, via, expiresAt }: Claim, scene: Scene): ClaimView {
  return {
    ...viewFact(fact, source, scene),
    ...(via !== source && { via }),
    ...(expiresAt !== undefined && { expiresInMs: Math.max(0, since(scene.now, expiresAt)) }),
  };
}

function viewFact(fact: Fact, source: PublicKey, scene: Scene): ClaimView {
  return {
    subject: fact.subject,
    ...named('subjectName', nameOf(fact.subject, scene)),
    attribute: fact.attribute,
    value: formatValue(fact),
    source,
    ...named('sourceName', nameOf(source, scene)),
  };
}

const nameOf = (key: PublicKey, scene: Scene): string | undefined => nameAndOrigin(key, scene).name;

/** Names of the configuration hold before anybody has said a word, and so before there is a belief. */
function nameAndOrigin(key: PublicKey, scene: Scene): Pick<PeerView, 'name' | 'namedBy'> {
  const given = scene.input.policy.names.get(key);
  if (given !== undefined) return { name: given, namedBy: 'configuration' };
  const { name, namedBy } = scene.belief(key) ?? {};
  return { ...(name !== undefined && { name }), ...(namedBy !== undefined && { namedBy }) };
}

function named<Field extends string>(field: Field, name: string | undefined): { readonly [Key in Field]?: string } {
  return name === undefined ? {} : ({ [field]: name } as { [Key in Field]: string });
}

function laterOf(left: number | undefined, right: DevicePeer['handshakeAt']): DevicePeer['handshakeAt'] {
  if (left === undefined || right === undefined) return (left ?? right) as DevicePeer['handshakeAt'];
  return Math.max(left, right) as DevicePeer['handshakeAt'];
}

const sortKey = (claim: ClaimView): string => [claim.subject, claim.attribute, claim.value, claim.source].join(' ');
const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
