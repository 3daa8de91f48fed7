/** What a connection may look at and use while one event is handled. Built anew by the engine for each. */
import type { DevicePeer, DeviceSnapshot, HostSnapshot, Route } from '../device.js';
import type { Neighbour } from '../facts/neighbour.js';
import { isDirect } from './candidates.js';
import type { Knowledge } from '../knowledge.js';
import { LONGEST_PROBE } from '../limits.js';
import type { Outbox } from '../outbox.js';
import type { Policy } from '../policy.js';
import { encodeMessage, type BootId, type Message, type Ping } from '../protocol/messages.js';
import type { AttemptStep, SaidMessage } from '../notices.js';
import type { Belief, Beliefs } from '../trust/beliefs.js';
import type { Address } from '../values/address.js';
import { fromHex } from '../values/bytes.js';
import { endpointAddress, type Endpoint } from '../values/endpoint.js';
import type { PublicKey } from '../values/key.js';
import type { Instant, Millis } from '../values/time.js';
import type { Connection, PingSize } from './connection.js';
import { sightingOf } from './sightings.js';

const SAID: readonly SaidMessage[] = ['accept', 'ping', 'pong', 'prepare', 'ready', 'commit', 'committed', 'lost'];

/** Of a ping without padding, with the headers of IPv6 and UDP. */
const SHORTEST_PING = 40 + 8 + 6;

export interface SceneInput {
  readonly now: Instant;
  readonly boot: BootId;
  readonly device: DeviceSnapshot;
  readonly readAt: Instant;
  /** When that reading began: what happened before then shows in it. */
  readonly readFrom: Instant;
  /** How long the device takes for a change. The other end's will be of the same kind. */
  readonly deviceTime: Millis;
  readonly host: HostSnapshot;
  readonly beliefs: Beliefs;
  readonly outbox: Outbox;
  readonly routes: ReadonlyMap<Address, Route['leaves']>;
  readonly neighbour: (key: PublicKey) => Neighbour | undefined;
  readonly routers: readonly PublicKey[];
  readonly policy: Policy;
  /** All there are, this one among them: what one shows of our NAT counts for all. */
  readonly connections: { all(): Iterable<Connection> };
  readonly knowledge: Pick<Knowledge, 'devicePeers' | 'given' | 'isReachable' | 'routesForgotten'>;
  readonly nextNumber: () => number;
}

export class Scene {
  readonly input: SceneInput;
  readonly now: Instant;

  constructor(input: SceneInput) {
    this.input = input;
    this.now = input.now;
  }

  belief(peer: PublicKey): Belief | undefined {
    return this.input.beliefs.peers.get(peer);
  }

  devicePeer(peer: PublicKey): DevicePeer | undefined {
    return this.input.knowledge.devicePeers.get(peer);
  }

  /** Whether the peer is on the device with its link-local address, so that datagrams can pass. */
  isReachable(peer: PublicKey): boolean {
    return this.input.knowledge.isReachable(peer);
  }

  isDirect(endpoint: Endpoint | undefined, peer: PublicKey): endpoint is Endpoint {
    return endpoint !== undefined && isDirect(endpoint, this.belief(peer), this.input.host);
  }

  /** The candidates that a person gave, for this attempt or in the configuration. */
  given({ given, peer }: Connection): readonly Endpoint[] {
    return [...given, ...(this.input.knowledge.given.get(peer) ?? [])];
  }

  /** The run of the peer's agent: as it greeted us, else as it said through a router. */
  bootOf(peer: PublicKey): Uint8Array | undefined {
    const told = this.belief(peer)?.bootId;
    return this.input.neighbour(peer)?.boot ?? (told === undefined ? undefined : fromHex(told));
  }

  /** The routers that have the peer and whose agent answers, the nearest one first. */
  routersOf(peer: PublicKey): PublicKey[] {
    const having = this.belief(peer)?.routers ?? [];
    return having.filter((router) => this.input.neighbour(router)?.agent === true);
  }

  /** Our own addresses as our neighbours see them. */
  ownReflexive(): Address[] {
    return this.input.beliefs.observed.map(({ endpoint }) => endpointAddress(endpoint));
  }

  sendDirect(connection: Connection, message: Message): void {
    this.said(connection, 'us', message);
    this.input.outbox.send(connection.peer, message);
  }

  sendThrough(router: PublicKey, peer: PublicKey, message: Message): void {
    this.input.outbox.send(router, { kind: 'forward', peer, payload: encodeMessage(message) });
  }

  /** Sends a ping to wherever the device has the peer now. Answers its token. */
  ping(connection: Connection, direct: boolean, aimedAt: Endpoint | undefined, size: PingSize = 'small'): number {
    const token = this.input.nextNumber();
    connection.rememberPing(token, { sentAt: this.now, aimedAt, size });
    const padding = size === 'full' ? this.#fullPadding : 0;
    const asSeen = aimedAt !== undefined && sightingOf(aimedAt, connection.candidates) === 'as known';
    this.sendDirect(connection, { kind: 'ping', token, direct, asSeen, padding });
    return token;
  }

  /** The answer, as long as the ping where our own interface lets it through in one piece. */
  pongTo(ping: Ping): Ping {
    return { ...ping, kind: 'pong', padding: Math.min(ping.padding, this.#fullPadding) };
  }

  /** What makes a ping as long as the longest packet of the interface. */
  get #fullPadding(): number {
    return Math.max(0, Math.min(this.input.host.mtu, LONGEST_PROBE) - SHORTEST_PING);
  }

  /** Tells what passes between the two ends of an attempt; of a path that is there, nothing. */
  said(connection: Connection, by: 'us' | 'peer', message: Message): void {
    const { name } = connection.state;
    const said = SAID.find((kind) => kind === message.kind);
    if (said === undefined || name === 'idle' || name === 'active') return;
    const full = 'padding' in message && message.padding > 0;
    this.step(connection, { what: 'said', by, message: said, ...(full && { full }) });
  }

  step(connection: Connection, step: AttemptStep): void {
    this.input.outbox.notice({ type: 'attempt', peer: connection.peer, step });
  }
}
