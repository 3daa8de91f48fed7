/**
 * An engine under watch: after everything it is handed, what it answers is held against what it may never ask for, and
 * how far it is with each peer is followed from what it tells.
 */
import type { EngineContract } from '../../src/core/contract.js';
import type { PeerChange } from '../../src/core/device.js';
import type { Action, Event } from '../../src/core/events.js';
import { MAX_DATAGRAM } from '../../src/core/limits.js';
import type { Notice } from '../../src/core/notices.js';
import { decodeMessage, KINDS, type Message } from '../../src/core/protocol/messages.js';
import { endpointAddress, endpointPort, isUsableAddress } from '../../src/core/values/endpoint.js';
import { linkLocal, type PublicKey } from '../../src/core/values/key.js';
import { hostPrefix, type Prefix } from '../../src/core/values/prefix.js';
import type { Instant } from '../../src/core/values/time.js';
import type { StateName } from '../../src/core/connection/states.js';

export interface Rules {
  /** Whether the peer may ever hold the prefix, beside its own link-local address. */
  readonly mayHold: (peer: PublicKey, prefix: Prefix) => boolean;
  /** Whether the user put the peer there: such a one is never taken off. */
  readonly isConfigured: (peer: PublicKey) => boolean;
  /** What one event may ask for at most. */
  readonly maxActions: number;
}

export class Watched implements EngineContract {
  /** Messages that came or went lately, the newest last: what a listener on the path could send again. */
  readonly heard: Message[] = [];
  actions = 0;
  events = 0;
  /** The most that one event asked for. */
  most = 0;
  readonly #engine: EngineContract;
  readonly #rules: Rules;
  readonly #stages = new Map<PublicKey, StateName>();

  constructor(engine: EngineContract, rules: Rules) {
    this.#engine = engine;
    this.#rules = rules;
  }

  /** How far it is with that peer, as its notices and changes show. */
  stageOf(peer: PublicKey): StateName {
    return this.#stages.get(peer) ?? 'idle';
  }

  handle(event: Event, now: Instant): readonly Action[] {
    const actions = this.#engine.handle(event, now);
    this.events++;
    this.actions += actions.length;
    this.most = Math.max(this.most, actions.length);
    if (actions.length > this.#rules.maxActions) {
      throw new Error(`${event.type} asks for ${actions.length} actions, ${kindsOf(actions)}`);
    }
    if (event.type === 'datagram') this.#remember(event.bytes);
    for (const action of actions) this.#look(action);
    return actions;
  }

  wakeAt(): ReturnType<EngineContract['wakeAt']> {
    return this.#engine.wakeAt();
  }

  self(now: Instant): ReturnType<EngineContract['self']> {
    return this.#engine.self(now);
  }

  peers(now: Instant): ReturnType<EngineContract['peers']> {
    return this.#engine.peers(now);
  }

  facts(now: Instant, rejected: boolean): ReturnType<EngineContract['facts']> {
    return this.#engine.facts(now, rejected);
  }

  #look(action: Action): void {
    switch (action.type) {
      case 'send':
        if (action.bytes.length > longest(action.bytes)) throw new Error(`a datagram of ${action.bytes.length} bytes`);
        this.#remember(action.bytes);
        return;
      case 'configure':
        for (const change of action.changes) this.#judge(change);
        return;
      case 'notice':
        this.#follow(action.notice);
        return;
      case 'read-device':
      case 'ask-routes':
      case 'finished':
        return;
    }
  }

  #judge(change: PeerChange): void {
    const { publicKey: peer } = change;
    if (change.kind === 'remove') {
      if (this.#rules.isConfigured(peer)) throw new Error(`the user's own peer ${peer} is taken off`);
      return;
    }
    // A peer that comes without a word is one that is expected to invite.
    if (!this.#rules.isConfigured(peer) && this.stageOf(peer) === 'idle') this.#stages.set(peer, 'expecting');
    const own = hostPrefix(linkLocal(peer));
    const stolen = change.allowedIps?.find((prefix) => prefix !== own && !this.#rules.mayHold(peer, prefix));
    if (stolen !== undefined) throw new Error(`${peer} is given ${stolen}`);
    if (!this.#rules.isConfigured(peer) && change.allowedIps?.some((prefix) => prefix !== own) === true) {
      this.#stages.set(peer, 'moving');
    }
    const { endpoint } = change;
    if (endpoint === undefined) return;
    const usable = endpointPort(endpoint) !== 0 && isUsableAddress(endpointAddress(endpoint));
    if (!usable) throw new Error(`${peer} is given the endpoint ${endpoint}`);
  }

  #follow(notice: Notice): void {
    if (notice.type === 'path') {
      const stage = notice.path === 'direct' ? 'active' : notice.path === 'connecting' ? undefined : 'idle';
      if (stage !== undefined) this.#stages.set(notice.peer, stage);
    }
    if (notice.type !== 'attempt') return;
    const stage = STAGE_AFTER[notice.step.what];
    if (stage !== undefined) this.#stages.set(notice.peer, stage);
  }

  #remember(bytes: Uint8Array): void {
    let message = decodeMessage(bytes);
    if (message?.kind === 'forward' || message?.kind === 'forwarded') {
      const { peer } = message;
      message = decodeMessage(message.payload);
      // It agreed: the leader's next state is told by no notice of its own.
      if (message?.kind === 'accept' && this.stageOf(peer) === 'inviting') this.#stages.set(peer, 'session');
    }
    if (message === undefined) return;
    this.heard.push(message);
    if (this.heard.length > REMEMBERED) this.heard.shift();
  }
}

const REMEMBERED = 24;

const STAGE_AFTER = {
  invited: 'inviting',
  accepted: 'session',
  session: 'probing',
  candidate: undefined,
  said: undefined,
  contact: 'contact',
  direct: 'active',
  failed: 'idle',
} as const satisfies Record<Extract<Notice, { type: 'attempt' }>['step']['what'], StateName | undefined>;

function kindsOf(actions: readonly Action[]): string {
  const counts = new Map<string, number>();
  for (const { type } of actions) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => `${count} ${type}`).join(', ');
}

/** Pings and pongs of full size are as long as the interface allows, all others fit nested into one of 1280 bytes. */
const INTERFACE_MTU = 1420;
const IPV6_AND_UDP = 48;
const longest = ([kind]: Uint8Array): number =>
  kind === KINDS.ping || kind === KINDS.pong ? INTERFACE_MTU - IPV6_AND_UDP : MAX_DATAGRAM;
