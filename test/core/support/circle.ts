/** Exchanges that talk to each other over the same virtual time, without an engine around them. */
import { Exchange, type Contactable, type ExchangeNews } from '../../../src/core/facts/exchange.js';
import type { Fact } from '../../../src/core/facts/fact.js';
import type { LocalFacts } from '../../../src/core/facts/local.js';
import { Outbox } from '../../../src/core/outbox.js';
import { decodeMessage, type Message } from '../../../src/core/protocol/messages.js';
import { Random } from '../../../src/core/random.js';
import { toHex } from '../../../src/core/values/bytes.js';
import { linkLocal, type PublicKey } from '../../../src/core/values/key.js';
import { instant, type Instant } from '../../../src/core/values/time.js';

const LATENCY_MS = 20;
const STEP_MS = 5;

export interface Sent {
  readonly at: number;
  readonly from: PublicKey;
  readonly to: PublicKey;
  readonly message: Message;
}

/** One agent's exchange, and what it tells. */
export class Node {
  readonly key: PublicKey;
  readonly news: { readonly peer: PublicKey; readonly what: ExchangeNews }[] = [];
  exchange: Exchange;
  facts: readonly Fact[] = [];
  peers: readonly Fact[] = [];
  present: readonly Contactable[] = [];
  running = true;
  #runs = 0;

  constructor(key: PublicKey) {
    this.key = key;
    this.exchange = this.#begin();
  }

  /** A new run of the agent, which knows nothing. */
  restart(now: Instant): void {
    this.exchange = this.#begin();
    this.running = true;
    this.exchange.setNeighbours(this.present, now);
  }

  local(): LocalFacts {
    return { self: this.facts, peers: this.peers, observed: new Map() };
  }

  get boot(): string {
    return toHex(this.#boot());
  }

  #begin(): Exchange {
    this.#runs++;
    return new Exchange(this.#boot(), new Random(this.#runs * 1000 + this.key.charCodeAt(0)));
  }

  #boot(): Uint8Array {
    return new Uint8Array(16).fill(this.#runs * 16 + (this.key.charCodeAt(0) % 16));
  }
}

export class Circle {
  now = 0;
  readonly sent: Sent[] = [];
  readonly #nodes: ReadonlyMap<PublicKey, Node>;
  readonly #outbox = new Outbox();
  /** Whether a datagram gets through. */
  passes: (sent: Sent) => boolean = () => true;
  #underWay: Sent[] = [];

  constructor(...nodes: readonly Node[]) {
    this.#nodes = new Map(nodes.map((node) => [node.key, node]));
  }

  get instant(): Instant {
    return instant(this.now);
  }

  /** From now on these are on each other's devices; `router` is the first one's router. */
  connect(client: Node, other: Node, { router = false, live = true } = {}): void {
    client.present = [...client.present.filter(({ key }) => key !== other.key), { key: other.key, router, live }];
    other.present = [
      ...other.present.filter(({ key }) => key !== client.key),
      { key: client.key, router: false, live },
    ];
    for (const node of [client, other]) node.exchange.setNeighbours(node.present, this.instant);
  }

  run(ms: number): void {
    for (const end = this.now + ms; this.now < end; this.now += STEP_MS) {
      const due = this.#underWay.filter(({ at }) => at + LATENCY_MS <= this.now);
      this.#underWay = this.#underWay.filter(({ at }) => at + LATENCY_MS > this.now);
      for (const { from, to, message } of due) this.receive(to, from, message);
      for (const node of this.#nodes.values()) {
        if (!node.running) continue;
        for (const peer of node.exchange.run(this.#outbox, this.instant)) node.news.push({ peer, what: 'silent' });
        this.#post(node);
        node.exchange.tell(node.local(), this.instant, true);
      }
    }
  }

  /** Hands a message to a node as if it came from that peer; what it answers is on its way. */
  receive(at: PublicKey, from: PublicKey, message: Message): void {
    const node = this.#nodes.get(at);
    if (node?.running !== true) return;
    const what = node.exchange.receive(from, message, this.#outbox, this.instant);
    if (what !== undefined) node.news.push({ peer: from, what });
    this.#post(node);
  }

  /** Messages of one kind that one sent to the other, or to anybody. */
  count(kind: Message['kind'], from: Node, to?: Node): number {
    return this.sent.filter(
      (sent) => sent.message.kind === kind && sent.from === from.key && (to === undefined || sent.to === to.key),
    ).length;
  }

  #post(node: Node): void {
    for (const action of this.#outbox.take()) {
      if (action.type !== 'send') continue;
      const message = decodeMessage(action.bytes);
      const to = node.present.find(({ key }) => linkLocal(key) === action.to)?.key;
      if (message === undefined || to === undefined) throw new Error('sent what nobody can read, or to nobody');
      const sent = { at: this.now, from: node.key, to, message };
      this.sent.push(sent);
      if (this.passes(sent)) this.#underWay.push(sent);
    }
  }
}
