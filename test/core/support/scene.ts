/** What a connection sees while an event is handled, for tests of its parts: a spoke, its hub, and one peer behind it. */
import { DEFAULT_POLICY } from '../../../src/core/policy.js';
import { Connection } from '../../../src/core/connection/connection.js';
import { Scene, type SceneInput } from '../../../src/core/connection/scene.js';
import type { Active, Attempt } from '../../../src/core/connection/states.js';
import type { DevicePeer, Route } from '../../../src/core/device.js';
import type { Action } from '../../../src/core/events.js';
import { Knowledge } from '../../../src/core/knowledge.js';
import { Outbox } from '../../../src/core/outbox.js';
import type { Claim } from '../../../src/core/facts/store.js';
import type { Address } from '../../../src/core/values/address.js';
import { linkLocal, type PublicKey } from '../../../src/core/values/key.js';
import { after, instant, millis, type Instant } from '../../../src/core/values/time.js';
import { device, devicePeer, host } from './machine.js';
import { about, holds, HUB, judge, says, SPOKE } from './network.js';
import { endpoint } from './values.js';

export const DIRECT = endpoint('203.0.113.3:51820');

/** The hub holds 10.9.0.3/32 for `SPOKE`, whose agent runs. */
export const MEMBER: readonly Claim[] = [
  says(HUB, about(SPOKE, 'member', {})),
  says(HUB, holds(SPOKE, '10.9.0.3/32')),
  says(SPOKE, about(SPOKE, 'alive', '04'.repeat(16)), HUB),
];

interface Setting {
  readonly now?: number;
  /** When the device was read; now unless said otherwise. */
  readonly readAt?: number;
  readonly peers?: readonly DevicePeer[];
  readonly claims?: readonly Claim[];
  readonly routes?: ReadonlyMap<Address, Route['leaves']>;
}

/** One machine whose device and time change, and what its connections ask for. */
export class Stage {
  readonly outbox = new Outbox();
  #number = 0;
  #usual: SceneInput | undefined;

  scene({ now = 0, readAt = now, routes = new Map(), ...others }: Setting = {}): Scene {
    // Beliefs are formed once for the many moments at which nothing but the time is another.
    const usual = Object.keys(others).length === 0 ? (this.#usual ??= this.#input(others)) : this.#input(others);
    return new Scene({ ...usual, now: instant(now), readAt: instant(readAt), routes });
  }

  taken(): readonly Action[] {
    return this.outbox.take();
  }

  #input({ peers = [hub()], claims = MEMBER }: Pick<Setting, 'peers' | 'claims'>): SceneInput {
    const snapshot = device(...peers);
    const here = host(['10.9.0.2/24', 'fe80::2/64'], ['eth0 192.168.1.2/24']);
    const knowledge = new Knowledge('00'.repeat(16), DEFAULT_POLICY);
    knowledge.setDevice(snapshot, instant(0), instant(0));
    return {
      now: instant(0),
      boot: new Uint8Array(16).fill(1),
      device: snapshot,
      readAt: instant(0),
      readFrom: instant(0),
      deviceTime: millis(1),
      host: here,
      beliefs: judge(claims, { device: snapshot, host: here, managed: new Set([SPOKE]) }),
      policy: DEFAULT_POLICY,
      outbox: this.outbox,
      routes: new Map(),
      neighbour: () => undefined,
      routers: [HUB],
      knowledge,
      connections: { all: () => [] },
      nextNumber: () => ++this.#number,
    };
  }
}

/** The hub's entry on our device, with its link-local address unless the list is given whole. */
export const hub = (...allowedIps: readonly string[]): DevicePeer =>
  withLinkLocal(HUB, allowedIps.length > 0 ? allowedIps : ['10.9.0.0/24'], '198.51.100.1:51820');

export const spoke = (...allowedIps: readonly string[]): DevicePeer => withLinkLocal(SPOKE, allowedIps, DIRECT);

function withLinkLocal(key: PublicKey, allowedIps: readonly string[], at: string): DevicePeer {
  return devicePeer(key, [...allowedIps, `${linkLocal(key)}/128`], { at, handshakeAt: instant(0) });
}

export const ATTEMPT: Attempt = {
  epoch: { leader: new Uint8Array(8).fill(1), follower: new Uint8Array(8).fill(4), counter: 1 },
  leader: true,
  via: HUB,
  method: 'nested',
  order: 'any',
  startedAt: instant(0),
  theirPort: 51820,
  routerRtt: undefined,
  resumed: false,
};

export function active(now: Instant, rtt = 100): Active {
  return {
    name: 'active',
    attempt: ATTEMPT,
    endpoint: DIRECT,
    rtt: millis(rtt),
    rttVariation: millis(0),
    since: now,
    pongAt: now,
    waiting: [],
    pingAt: now,
    pingedAt: undefined,
    turnAt: undefined,
    full: { waiting: [], pingAt: undefined },
    movingUntil: after(now, millis(10_000)),
    suspect: false,
    reagreeBy: undefined,
  };
}

export function activeConnection(now = instant(0), rtt = 100): Connection {
  const connection = new Connection(SPOKE);
  connection.enter(active(now, rtt));
  return connection;
}
