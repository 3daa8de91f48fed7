/**
 * The engine decides; it has no I/O, no clock and no chance of its own. Its driver hands it events with the time, and
 * carries out the actions it answers with, in their order.
 *
 * Absorb, then settle: each event is folded into what is known; then one pass compares what is wanted with what was
 * last seen on the device and answers with the difference. A lost or repeated event heals at the next pass.
 */
import { Connections } from './connection/connections.js';
import { Keeper } from './connection/keeper.js';
import { Scene } from './connection/scene.js';
import type { EngineContract, EngineOptions } from './contract.js';
import type { Action, Event } from './events.js';
import { Exchange } from './facts/exchange.js';
import { isLive } from './facts/local.js';
import { Farewell } from './farewell.js';
import { passOn } from './forwarding.js';
import { Knowledge } from './knowledge.js';
import { POLL_IDLE, POLL_MOVING } from './limits.js';
import { NoticeBoard } from './notice-board.js';
import { Outbox, wireGuardBytes } from './outbox.js';
import { Probes } from './probes.js';
import { decodeMessage, type Message } from './protocol/messages.js';
import { Random } from './random.js';
import type { Address } from './values/address.js';
import { toHex } from './values/bytes.js';
import type { PublicKey } from './values/key.js';
import { after, type Instant } from './values/time.js';
import { PathViews, viewClaims, viewPeers, viewSelf } from './viewing.js';
import type { ClaimView, PeerView, SelfView } from './views.js';
import { planned, soonest, type Wake } from './wake.js';

export class Engine implements EngineContract {
  /** Policy and warnings may be replaced, the rest stays. */
  #options: EngineOptions;
  readonly #outbox = new Outbox();
  readonly #knowledge: Knowledge;
  readonly #exchange: Exchange;
  readonly #connections = new Connections();
  readonly #keeper: Keeper;
  readonly #probes = new Probes();
  readonly #notices = new NoticeBoard();
  #pollAt: Instant | undefined;
  /** Reviews of beliefs and of who is there so far. */
  #reviews = 0;
  /** Readings of the device so far. */
  #readings = 0;
  /** What had been counted altogether when the device was last found as wanted. */
  #keptAt: number | undefined;
  #number = 0;
  #adopted = false;
  #farewell: Farewell | undefined;
  #wake: Wake | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#knowledge = new Knowledge(toHex(options.bootId), options.policy);
    this.#exchange = new Exchange(options.bootId, new Random(options.seed));
    this.#keeper = new Keeper(options.adopted);
  }

  handle(event: Event, now: Instant): readonly Action[] {
    this.#absorb(event, now);
    this.#settle(now);
    return this.#outbox.take();
  }

  wakeAt(): Wake | undefined {
    return this.#wake;
  }

  self(now: Instant): SelfView | undefined {
    const scene = this.#scene(now);
    return scene && viewSelf(scene, this.#options, this.#knowledge.local);
  }

  peers(now: Instant): readonly PeerView[] {
    const scene = this.#scene(now);
    return scene === undefined ? [] : viewPeers(scene, this.#connections, this.#keeper.managed);
  }

  facts(now: Instant, rejected: boolean): readonly ClaimView[] {
    const scene = this.#scene(now);
    return scene === undefined ? [] : viewClaims(scene, this.#exchange.store, this.#knowledge.local, rejected);
  }

  #absorb(event: Event, now: Instant): void {
    switch (event.type) {
      case 'device':
        this.#absorbDevice(event, now);
        return;
      case 'host': {
        const changed = this.#knowledge.setHost(event.host);
        this.#look(now);
        const scene = this.#scene(now);
        if (changed) this.#exchange.greetAll(now);
        if (changed && scene !== undefined) this.#connections.surroundingsChanged(scene);
        return;
      }
      case 'datagram':
        this.#absorbDatagram(event.from, event.bytes, now);
        return;
      case 'routes':
        this.#knowledge.learnRoutes(event.routes);
        return;
      case 'configure-failed':
        this.#keeper.failed(now);
        this.#outbox.notice({ type: 'warning', code: 'device-refused', message: event.reason });
        return;
      case 'connect': {
        this.#knowledge.forgetRoutes();
        const scene = this.#scene(now);
        if (scene !== undefined) this.#connections.connect(event.peer, event.endpoints, scene);
        return;
      }
      case 'given':
        this.#knowledge.given.set(event.peer, event.endpoints);
        this.#connections.given(event.peer, now);
        return;
      case 'policy':
        this.#options = { ...this.#options, policy: event.policy, warnings: event.warnings };
        this.#knowledge.setPolicy(event.policy);
        this.#look(now);
        this.#connections.policyChanged(now);
        return;
      case 'probe': {
        const scene = this.#scene(now);
        if (scene !== undefined) this.#probes.send(event.peer, event.id, this.#connections.get(event.peer), scene);
        return;
      }
      case 'wake':
        if (this.#pollAt !== undefined && this.#pollAt <= now) {
          this.#pollAt = undefined;
          this.#outbox.push({ type: 'read-device' });
        }
        return;
      case 'stop':
        this.#farewell ??= new Farewell(this.#connections.all(), this.#exchange.agents(), this.#outbox, now);
        return;
    }
  }

  #absorbDevice({ device, begun, after: applied }: Extract<Event, { type: 'device' }>, now: Instant): void {
    this.#readings++;
    this.#knowledge.setDevice(device, begun, now);
    const completed = this.#keeper.deviceRead(applied, (peer) => this.#knowledge.devicePeers.has(peer), now);
    this.#pollAt = after(now, this.#connections.carryTraffic(now) ? POLL_MOVING : POLL_IDLE);
    this.#look(now);
    const scene = this.#scene(now);
    if (scene === undefined) return;
    if (!this.#adopted) this.#connections.adopt(this.#options.adopted.peers, scene);
    this.#adopted = true;
    if (completed) this.#connections.aimsApplied(scene);
    if (!this.#keeper.busy) this.#connections.deviceRead(scene);
  }

  #absorbDatagram(from: Address, bytes: Uint8Array, now: Instant): void {
    const peer = this.#knowledge.senderAt(from);
    const message = peer === undefined ? undefined : decodeMessage(bytes);
    if (peer === undefined || message === undefined || !this.#exchange.admits(peer, message, now)) return;
    const connection = this.#connections.get(peer);
    if (connection !== undefined) connection.ownReceived += wireGuardBytes(bytes.length);
    // Whoever greets has just come up or moved: the device knows better than our last reading where it is.
    if (message.kind === 'hello') this.#outbox.push({ type: 'read-device' });
    const news = this.#exchange.receive(peer, message, this.#outbox, now);
    if (news !== undefined) {
      this.#outbox.notice({ type: 'agent', peer, what: news });
      this.#look(now);
    }
    this.#review(now);
    const scene = this.#scene(now);
    if (scene === undefined) return;
    if (news === 'restarted') this.#connections.restarted(peer, scene);
    if (message.kind === 'forward') {
      passOn(peer, message, (key) => this.#exchange.neighbour(key), this.#outbox, now);
    } else if (message.kind === 'forwarded') {
      this.#absorbForwarded(peer, message.peer, message.payload, scene);
    } else {
      this.#dispatch(peer, message, scene);
    }
  }

  #dispatch(peer: PublicKey, message: Message, scene: Scene): void {
    if (message.kind === 'pong' && this.#probes.answered(peer, message.token, 'direct', scene)) return;
    if (message.kind === 'goodbye') this.#outbox.send(peer, { kind: 'goodbye-seen' });
    if (message.kind === 'goodbye-seen') this.#farewell?.seen(peer);
    if (message.kind === 'ping' && this.#connections.get(peer) === undefined) {
      this.#outbox.send(peer, scene.pongTo(message));
    }
    this.#connections.receive(peer, message, { by: 'peer' }, scene);
  }

  /** Only a router of ours passes messages on to us; whom it names as the sender is its word, as all about others is. */
  #absorbForwarded(router: PublicKey, peer: PublicKey, payload: Uint8Array, scene: Scene): void {
    const message = decodeMessage(payload);
    if (message === undefined || !this.#knowledge.routers.includes(router)) return;
    if (peer === scene.input.device.publicKey) return;
    if (message.kind === 'ping') scene.sendThrough(router, peer, { ...message, kind: 'pong', padding: 0 });
    if (message.kind === 'pong' && this.#probes.answered(peer, message.token, 'relayed', scene)) return;
    this.#connections.receive(peer, message, { by: 'router', router }, scene);
  }

  /** Device or machine changed, or who is heard: neighbours and what we tell them may be others. */
  #look(now: Instant): void {
    const { managed } = this.#keeper;
    const [paths, agents] = [this.#connections, this.#exchange.agents()];
    this.#knowledge.look({ managed, paths, moved: this.#keeper.moved(), agents }, now);
    const neighbours = (this.#knowledge.device?.peers ?? [])
      // Greetings would be lost before the link-local address is there; one that vanishes for a moment (wg syncconf)
      // does not make what the neighbour told us untrue.
      .filter(
        ({ publicKey: peer }) => this.#knowledge.isReachable(peer) || this.#exchange.neighbour(peer) !== undefined,
      )
      .filter(({ publicKey: peer }) => !managed.has(peer) || paths.isDirect(peer));
    this.#exchange.setNeighbours(
      neighbours.map((peer) => ({
        key: peer.publicKey,
        router: this.#knowledge.listensTo(peer.publicKey),
        live: isLive(peer, now),
      })),
      now,
    );
    this.#review(now);
  }

  /** Forms beliefs anew when claims or surroundings changed, and lets the connections see them. */
  #review(now: Instant): void {
    const reviewed = this.#knowledge.review(this.#exchange.store);
    if (reviewed === undefined) return;
    const scene = this.#scene(now);
    if (reviewed !== 'nobody') {
      this.#reviews++;
      this.#notices.mayChange(reviewed);
      this.#notices.refusals(this.#knowledge.beliefs?.rejected ?? [], this.#outbox, now);
      if (scene !== undefined) this.#connections.review(scene, this.#keeper.managed, reviewed);
    } else if (scene !== undefined) this.#connections.forgetGone(scene);
  }

  #settle(now: Instant): void {
    const silent = this.#exchange.run(this.#outbox, now);
    if (silent.length > 0) this.#look(now);
    this.#review(now);
    const scene = this.#scene(now);
    if (scene !== undefined) {
      for (const peer of silent) {
        this.#outbox.notice({ type: 'agent', peer, what: 'silent' });
        this.#connections.silent(peer, scene);
      }
      if (this.#farewell === undefined) {
        this.#connections.run(scene);
        const { moves, aims } = this.#connections.counts;
        const wishes = this.#readings + this.#reviews + moves + aims;
        const kept = this.#keptAt === wishes || this.#keeper.settle(this.#connections.present(), scene);
        this.#keptAt = kept ? wishes : undefined;
        // After the connections: one that was given up just now has to know its routes again for the next attempt.
        const addresses = this.#connections.askRoutes(this.#knowledge, now);
        if (addresses.length > 0) this.#outbox.push({ type: 'ask-routes', addresses });
      }
      this.#notices.mayChange(this.#connections.takeMoved());
      this.#notices.paths(() => new PathViews(scene, this.#connections, this.#keeper.managed), this.#outbox);
    }
    this.#farewell?.settle(this.#outbox, now);
    const { local } = this.#knowledge;
    if (local !== undefined) this.#exchange.tell(local, now, this.#knowledge.takeLocalChange());
    this.#planWake(now);
  }

  #planWake(now: Instant): void {
    this.#wake = soonest([
      planned(this.#exchange.wakeAt(), 'facts'),
      planned(this.#pollAt, 'read the device'),
      planned(this.#keeper.wakeAt(now), 'change the device again'),
      planned(this.#farewell?.at, 'goodbye'),
      this.#farewell === undefined ? this.#connections.wakeAt(now) : undefined,
    ]);
  }

  #scene(now: Instant): Scene | undefined {
    const { surroundings, beliefs, routes, routers } = this.#knowledge;
    if (surroundings === undefined || beliefs === undefined) return undefined;
    // Field by field: spread into it, the surroundings alone made this a tenth of all an engine does.
    return new Scene({
      device: surroundings.device,
      readAt: surroundings.readAt,
      readFrom: surroundings.readFrom,
      host: surroundings.host,
      now,
      boot: this.#options.bootId,
      knowledge: this.#knowledge,
      beliefs,
      connections: this.#connections,
      outbox: this.#outbox,
      routes,
      routers,
      deviceTime: this.#keeper.took,
      policy: this.#options.policy,
      neighbour: (key) => this.#exchange.neighbour(key),
      nextNumber: () => ++this.#number,
    });
  }
}
