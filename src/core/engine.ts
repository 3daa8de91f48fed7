/**
 * The engine decides; it has no I/O, no clock and no chance of its own. Its driver hands it events with the time, and
 * carries out the actions it answers with, in their order.
 *
 * Absorb, then settle: each event is folded into what is known; then one pass compares what is wanted with what was
 * last seen on the device and answers with the difference. A lost or repeated event heals at the next pass.
 */
import { Connections } from './connection/connections.js';
import { addressesToAsk } from './connection/candidates.js';
import { Keeper } from './connection/keeper.js';
import { carriesTraffic } from './connection/liveness.js';
import { Scene, wireGuardBytes } from './connection/scene.js';
import type { Adopted, DeviceSnapshot, HostSnapshot, Route } from './device.js';
import type { Action, Event } from './events.js';
import { Exchange } from './facts/exchange.js';
import { isLive, localFacts, type LocalFacts } from './facts/local.js';
import { Farewell } from './farewell.js';
import { Forwarding } from './forwarding.js';
import { NoticeBoard } from './notice-board.js';
import { GOODBYE_WAIT, POLL_IDLE, POLL_MOVING } from './limits.js';
import { Outbox } from './outbox.js';
import { Probes } from './probes.js';
import { decodeMessage, type Message } from './protocol/messages.js';
import { Random } from './random.js';
import { believe, type Beliefs } from './trust/beliefs.js';
import { findRouters } from './trust/routers.js';
import { toHex } from './values/bytes.js';
import type { Address } from './values/address.js';
import { linkLocal, type PublicKey } from './values/key.js';
import { hostPrefix } from './values/prefix.js';
import { after, type Instant } from './values/time.js';
import { viewClaims, viewPeers, viewSelf, type Viewed } from './viewing.js';
import type { ClaimView, PeerView, SelfView } from './views.js';

export interface EngineOptions {
  /** 16 bytes, new at each start of the agent: how others notice that what they knew of us is void. */
  readonly bootId: Uint8Array;
  /** Where the engine's own random numbers begin. */
  readonly seed: number;
  /** The UDP port of the agents, inside the tunnel. */
  readonly port: number;
  /** `auto`: connect to every peer that can be; `manual`: only on request, though others' requests are answered. */
  readonly connect: 'auto' | 'manual';
  /** Names from the configuration. */
  readonly names: ReadonlyMap<PublicKey, string>;
  readonly adopted: Adopted;
}

/** What a driver may rely on; the simulator and the agent drive the same thing. */
export interface EngineContract {
  /** Folds one event in and answers with what is to be done. Never throws on anything a peer or a client sent. */
  handle(event: Event, now: Instant): readonly Action[];
  /** When `wake` is to be handed in next, and what for. */
  wakeAt(): { readonly at: Instant; readonly why: string } | undefined;
  /** Views for the control socket; they change nothing. */
  self(now: Instant): SelfView | undefined;
  peers(now: Instant): readonly PeerView[];
  facts(now: Instant, rejected: boolean): readonly ClaimView[];
}

export class Engine implements EngineContract {
  readonly #options: EngineOptions;
  readonly #outbox = new Outbox();
  readonly #exchange: Exchange;
  readonly #connections = new Connections();
  readonly #keeper: Keeper;
  readonly #routes = new Map<Address, Route['leaves']>();
  readonly #asked = new Set<Address>();
  readonly #probes = new Probes();
  readonly #forwarding = new Forwarding();
  readonly #notices = new NoticeBoard();
  #device: DeviceSnapshot | undefined;
  #host: HostSnapshot | undefined;
  #byAddress = new Map<Address, PublicKey>();
  #routers: readonly PublicKey[] = [];
  #local: LocalFacts | undefined;
  #localText = '';
  #localChanged = true;
  #beliefs: Beliefs | undefined;
  #believedRevision = -1;
  #pollAt: Instant | undefined;
  #number = 0;
  #adopted = false;
  #farewell: Farewell | undefined;
  #wake: { at: Instant; why: string } | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#exchange = new Exchange(options.bootId, new Random(options.seed));
    this.#keeper = new Keeper(options.adopted);
  }

  handle(event: Event, now: Instant): readonly Action[] {
    this.#absorb(event, now);
    this.#settle(now);
    return this.#outbox.take();
  }

  wakeAt(): { readonly at: Instant; readonly why: string } | undefined {
    return this.#wake;
  }

  self(now: Instant): SelfView | undefined {
    const viewed = this.#viewed(now);
    return viewed && viewSelf(viewed);
  }

  peers(now: Instant): readonly PeerView[] {
    const viewed = this.#viewed(now);
    return viewed === undefined ? [] : viewPeers(viewed);
  }

  facts(now: Instant, rejected: boolean): readonly ClaimView[] {
    const viewed = this.#viewed(now);
    return viewed === undefined ? [] : viewClaims(viewed, rejected);
  }

  #absorb(event: Event, now: Instant): void {
    switch (event.type) {
      case 'device':
        this.#absorbDevice(event.device, event.after, now);
        return;
      case 'host':
        this.#absorbHost(event.host, now);
        return;
      case 'datagram':
        this.#absorbDatagram(event.from, event.bytes, now);
        return;
      case 'routes':
        for (const { address, leaves } of event.routes) {
          this.#asked.delete(address);
          this.#routes.set(address, leaves);
        }
        return;
      case 'configure-failed':
        this.#keeper.failed(now);
        this.#outbox.notice({ type: 'warning', code: 'device-refused', message: event.reason });
        return;
      case 'connect':
        this.#connections.connect(event.peer, event.endpoints);
        this.#routes.clear();
        return;
      case 'probe':
        this.#withScene(now, (scene) => {
          this.#probes.send(event.peer, event.id, this.#connections.get(event.peer), scene);
        });
        return;
      case 'wake':
        if (this.#pollAt !== undefined && this.#pollAt <= now) {
          this.#pollAt = undefined;
          this.#outbox.push({ type: 'read-device' });
        }
        return;
      case 'stop':
        this.#farewell ??= new Farewell(after(now, GOODBYE_WAIT));
        this.#farewell.say(this.#connections.all(), this.#exchange.agents(), this.#outbox);
        return;
    }
  }

  #absorbDevice(device: DeviceSnapshot, appliedId: number, now: Instant): void {
    this.#device = device;
    this.#byAddress = new Map(
      device.peers
        .map(({ publicKey, allowedIps }) => ({ publicKey, address: linkLocal(publicKey), allowedIps }))
        .filter(({ address, allowedIps }) => allowedIps.includes(hostPrefix(address)))
        .map(({ address, publicKey }) => [address, publicKey]),
    );
    const present = new Set(device.peers.map(({ publicKey }) => publicKey));
    this.#keeper.deviceRead(appliedId, (peer) => present.has(peer));
    const moving = [...this.#connections.all()].some(({ state }) => state.name === 'active' && carriesTraffic(state, now));
    this.#pollAt = after(now, moving ? POLL_MOVING : POLL_IDLE);
    if (this.#host === undefined) return;
    this.#look(now);
    this.#withScene(now, (scene) => {
      if (!this.#adopted) this.#connections.adopt(this.#options.adopted.peers, scene);
      this.#adopted = true;
      if (!this.#keeper.busy) this.#connections.deviceRead(scene);
    });
  }

  #absorbHost(host: HostSnapshot, now: Instant): void {
    const moved = this.#host !== undefined && JSON.stringify(this.#host) !== JSON.stringify(host);
    this.#host = host;
    this.#routes.clear();
    if (this.#device === undefined) return;
    this.#look(now);
    if (moved) this.#withScene(now, (scene) => this.#connections.surroundingsChanged(scene));
  }

  #absorbDatagram(from: Address, bytes: Uint8Array, now: Instant): void {
    const peer = this.#byAddress.get(from);
    const message = peer === undefined ? undefined : decodeMessage(bytes);
    if (peer === undefined || message === undefined) return;
    const connection = this.#connections.get(peer);
    if (connection !== undefined) connection.own.rx += wireGuardBytes(bytes.length);
    const news = this.#exchange.receive(peer, message, this.#outbox, now);
    if (news !== undefined) this.#outbox.notice({ type: 'agent', peer, what: news });
    this.#review(now);
    this.#withScene(now, (scene) => {
      if (news === 'restarted') this.#connections.restarted(peer, scene);
      if (message.kind === 'forward') {
        this.#forwarding.pass(peer, message, (key) => this.#exchange.neighbour(key), this.#outbox, now);
      } else if (message.kind === 'forwarded') {
        this.#absorbForwarded(peer, message.peer, message.payload, scene);
      } else {
        this.#dispatch(peer, message, scene);
      }
    });
  }

  #dispatch(peer: PublicKey, message: Message, scene: Scene): void {
    if (message.kind === 'pong' && this.#probes.answered(peer, message.token, 'direct', scene)) return;
    if (message.kind === 'goodbye') this.#outbox.send(peer, { kind: 'goodbye-seen' });
    if (message.kind === 'goodbye-seen') this.#farewell?.seen(peer);
    if (message.kind === 'ping' && this.#connections.get(peer) === undefined) {
      this.#outbox.send(peer, { ...message, kind: 'pong' });
    }
    this.#connections.receive(peer, message, { by: 'peer' }, scene);
  }

  /** Only a router of ours passes messages on to us; whom it names as the sender is its word, as all about others is. */
  #absorbForwarded(router: PublicKey, peer: PublicKey, payload: Uint8Array, scene: Scene): void {
    const message = decodeMessage(payload);
    if (message === undefined || !this.#routers.includes(router) || peer === scene.input.device.publicKey) return;
    if (message.kind === 'ping') scene.sendThrough(router, peer, { ...message, kind: 'pong' });
    if (message.kind === 'pong' && this.#probes.answered(peer, message.token, 'relayed', scene)) return;
    this.#connections.receive(peer, message, { by: 'router', router }, scene);
  }

  /** Looks at device and host anew: who is a router, who a neighbour, and what we have to tell. */
  #look(now: Instant): void {
    if (this.#device === undefined || this.#host === undefined) return;
    const { managed } = this.#keeper;
    this.#routers = findRouters({
      device: this.#device,
      tunnel: this.#host.tunnel,
      managed,
      moved: this.#keeper.moved(),
    });
    const direct = (peer: PublicKey): boolean => {
      const state = this.#connections.get(peer)?.state.name;
      return state === 'active' || state === 'moving' || (state === 'contact' && managed.has(peer));
    };
    this.#exchange.setNeighbours(
      this.#device.peers
        .filter(({ publicKey }) => this.#byAddress.has(linkLocal(publicKey)))
        .filter(({ publicKey }) => !managed.has(publicKey) || direct(publicKey))
        .map((peer) => ({
          key: peer.publicKey,
          router: this.#routers.includes(peer.publicKey),
          live: isLive(peer, now),
        })),
      now,
    );
    this.#local = localFacts({
      self: this.#device.publicKey,
      device: this.#device,
      host: this.#host,
      managed,
      bootId: toHex(this.#options.bootId),
      names: this.#options.names,
      agents: this.#exchange.agents(),
      now,
    });
    const text = JSON.stringify([this.#local.self, this.#local.peers, [...this.#local.observed]]);
    this.#localChanged ||= text !== this.#localText;
    this.#localText = text;
    this.#believedRevision = -1;
    this.#review(now);
  }

  /** Forms beliefs anew when claims or surroundings changed, and lets the connections see them. */
  #review(now: Instant): void {
    if (this.#device === undefined || this.#host === undefined) return;
    if (this.#beliefs !== undefined && this.#believedRevision === this.#exchange.store.revision) return;
    this.#believedRevision = this.#exchange.store.revision;
    this.#beliefs = believe({
      self: this.#device.publicKey,
      claims: this.#exchange.store.all(),
      device: this.#device,
      host: this.#host,
      routers: this.#routers,
      managed: this.#keeper.managed,
      moved: this.#keeper.moved(),
      names: this.#options.names,
    });
    this.#notices.refusals(this.#beliefs.rejected, this.#outbox, now);
    this.#withScene(now, (scene) => {
      this.#connections.review(scene, this.#keeper.managed);
      this.#askRoutes();
    });
  }

  #askRoutes(): void {
    const unknown = new Set<Address>();
    for (const connection of this.#connections.all()) {
      const belief = this.#beliefs?.peers.get(connection.peer);
      if (belief === undefined || connection.state.name === 'active') continue;
      for (const address of addressesToAsk(belief, connection.given)) {
        if (!this.#routes.has(address) && !this.#asked.has(address)) unknown.add(address);
      }
    }
    if (unknown.size === 0) return;
    for (const address of unknown) this.#asked.add(address);
    this.#outbox.push({ type: 'ask-routes', addresses: [...unknown] });
  }

  #settle(now: Instant): void {
    for (const peer of this.#exchange.run(this.#outbox, now)) {
      this.#outbox.notice({ type: 'agent', peer, what: 'silent' });
      this.#withScene(now, (scene) => this.#connections.silent(peer, scene));
    }
    this.#review(now);
    this.#askRoutes();
    if (this.#farewell?.isOver(now) === true) this.#farewell.end(this.#outbox);
    this.#withScene(now, (scene) => {
      if (this.#farewell === undefined) {
        this.#connections.run(scene);
        this.#keeper.settle([...this.#connections.all()], scene);
      }
      this.#notices.paths(viewPeers(this.#viewedIn(scene, now)), this.#outbox);
    });
    if (this.#local !== undefined) {
      this.#exchange.tell(this.#local, now, this.#localChanged);
      this.#localChanged = false;
    }
    this.#planWake(now);
  }

  #planWake(now: Instant): void {
    const plans: ({ at: Instant; why: string } | undefined)[] = [
      named(this.#exchange.wakeAt(), 'facts'),
      named(this.#pollAt, 'read the device'),
      named(this.#keeper.wakeAt(now), 'change the device again'),
      named(this.#farewell?.at, 'goodbye'),
      this.#farewell === undefined ? this.#connections.wakeAt(now) : undefined,
    ];
    this.#wake = plans.reduce((first, plan) => (plan && (!first || plan.at < first.at) ? plan : first), undefined);
  }

  #withScene(now: Instant, use: (scene: Scene) => void): void {
    if (this.#device === undefined || this.#host === undefined || this.#beliefs === undefined) return;
    const peers = new Map(this.#device.peers.map((peer) => [peer.publicKey, peer]));
    const scene = new Scene(
      {
        now,
        boot: this.#options.bootId,
        device: this.#device,
        host: this.#host,
        beliefs: this.#beliefs,
        auto: this.#options.connect === 'auto',
        outbox: this.#outbox,
        routes: this.#routes,
        neighbour: (key) => this.#exchange.neighbour(key),
        routers: this.#routers,
        nextNumber: () => ++this.#number,
      },
      peers,
    );
    use(scene);
  }
}

const named = (at: Instant | undefined, why: string): { at: Instant; why: string } | undefined =>
  at === undefined ? undefined : { at, why };
