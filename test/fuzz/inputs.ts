/**
 * What a hostile peer sends. Half are messages of every kind as the protocol has them, filled with what is worth a try
 * (the epochs, feeds and tokens in use, other peers' prefixes, endpoints nobody may name), most with some bytes changed;
 * half are random bytes, of which every other begins as a message does.
 */
import { encodeFact } from '../../src/core/facts/encoding.js';
import type { Fact } from '../../src/core/facts/fact.js';
import type { Epoch } from '../../src/core/protocol/epoch.js';
import type { FeedEntry, Update } from '../../src/core/protocol/feed.js';
import { encodeMessage, KINDS, type Message } from '../../src/core/protocol/messages.js';
import type { Random } from '../../src/core/random.js';
import { toHex } from '../../src/core/values/bytes.js';
import { endpointOf } from '../../src/core/values/endpoint.js';
import { keyFromBytes, type PublicKey } from '../../src/core/values/key.js';
import { below, mutated, oneOf, randomBytes } from '../core/support/seeded.js';
import { address, endpoint, known, prefix } from '../core/support/values.js';

export type Kind = Message['kind'];
export const ALL_KINDS = Object.keys(KINDS) as Kind[];

export interface Setting {
  readonly attacker: PublicKey;
  /** Everybody in the network. */
  readonly members: readonly PublicKey[];
  /**
   * How a message goes to somebody else. `forwarded`: the attacker is the target's router and hands on whatever it likes
   * as anybody's. `forward`: the target is the router, and is asked to pass it on to the third. `none`: neither.
   */
  readonly passing: { readonly kind: 'forwarded' } | { readonly kind: 'forward'; readonly to: PublicKey } | undefined;
}

export interface Input {
  readonly bytes: Uint8Array;
  /** Of the message it is, or began as. */
  readonly kind: Kind | undefined;
  /** Whose message it is meant to be. */
  readonly about: PublicKey;
}

const ENDPOINTS = [
  '127.0.0.1:51820', '0.0.0.0:51820', '224.0.0.1:51820', '255.255.255.255:51820', '10.9.0.2:51820', '10.9.0.3:51820',
  '10.9.0.77:7', '203.0.113.9:53', '198.51.100.1:51820', '192.168.1.10:51820', '192.168.1.255:51820',
  '192.168.2.11:51820', '[::1]:51820', '[ff02::1]:51820', '[fe80::1]:51820', '[2001:db8::9]:51820',
].map(endpoint).concat(endpointOf(address('203.0.113.9'), 0)); // prettier-ignore
const PREFIXES = [
  '0.0.0.0/0', '::/0', '2000::/3', '128.0.0.0/1', '8.8.8.8/32', '10.9.0.0/16', '10.9.0.0/24', '10.9.0.1/32', '10.9.0.2/32',
  '10.9.0.3/32', '10.9.0.4/32', '10.9.0.2/31', '10.9.0.64/26', '10.0.0.0/8', '198.51.100.1/32', 'fe80::/10', 'fe80::/64',
  '169.254.0.0/16', '192.168.1.0/24', '203.0.1.2/32',
].map(prefix); // prettier-ignore
const NAMES = ['nas', '', 'hub', '\u001b[31m', '../etc', 'x'.repeat(64), '🦊', 'a b'];
/** As many made-up peers as one run of inputs needs to fill what there is to fill. */
const STRANGERS = 4096;

export class Inputs {
  readonly #random: Random;
  readonly #setting: Setting;
  readonly #heard: readonly Message[];
  #feed = 0;
  #sequence = 0;

  /** `heard` are messages of the present, changing as time goes on. */
  constructor(random: Random, setting: Setting, heard: readonly Message[]) {
    this.#random = random;
    this.#setting = setting;
    this.#heard = heard;
  }

  /** The next one; a message of that kind when one is wanted. */
  next(wanted?: Kind): Input {
    return wanted !== undefined || this.#chance(0.5) ? this.#hostile(wanted) : this.#noise();
  }

  #noise(): Input {
    const random = this.#random;
    const bytes = randomBytes(random, below(random, this.#chance(0.05) ? 1500 : 90));
    const kind = this.#chance(0.5) ? oneOf(random, ALL_KINDS) : undefined;
    if (kind !== undefined && bytes.length > 0) bytes[0] = KINDS[kind];
    return { bytes, kind, about: this.#setting.attacker };
  }

  #hostile(wanted: Kind | undefined): Input {
    const { attacker } = this.#setting;
    const again = wanted === undefined && this.#chance(0.15) && this.#heard.length > 0;
    const message = again ? oneOf(this.#random, this.#heard) : this.#message(wanted ?? this.#anyKind());
    const plain = encodeMessage(message);
    const whole = this.#chance(0.5);
    const payload = whole ? plain : mutated(plain, this.#random);
    if (message.kind === 'update' && message.feed === this.#feed) return this.#fed(message, payload, whole);
    const passed = this.#passOn(payload);
    return { bytes: passed?.bytes ?? payload, kind: message.kind, about: passed?.about ?? attacker };
  }

  /** A feed lives on only when it arrives whole and in order: then all that it tells is taken in. */
  #fed(update: Update, bytes: Uint8Array, whole: boolean): Input {
    if (whole) this.#sequence = update.sequence;
    return { bytes, kind: 'update', about: this.#setting.attacker };
  }

  #passOn(payload: Uint8Array): { readonly bytes: Uint8Array; readonly about: PublicKey } | undefined {
    const { attacker, members, passing } = this.#setting;
    if (passing === undefined || this.#chance(0.5)) return undefined;
    if (passing.kind === 'forward') {
      return { bytes: encodeMessage({ kind: 'forward', peer: passing.to, payload }), about: attacker };
    }
    const about = oneOf(this.#random, members);
    return { bytes: encodeMessage({ kind: 'forwarded', peer: about, payload }), about };
  }

  #anyKind(): Kind {
    return this.#chance(0.3) ? 'update' : oneOf(this.#random, ALL_KINDS);
  }

  #message(kind: Kind): Message {
    const random = this.#random;
    switch (kind) {
      case 'hello':
        return {
          kind,
          version: below(random, 3),
          router: this.#chance(0.5),
          ask: this.#chance(0.5),
          boot: this.#heardOf('hello')?.boot ?? randomBytes(random, 16),
          yourBoot: this.#heardOf('hello')?.yourBoot ?? randomBytes(random, 16),
        };
      case 'ping':
      case 'pong':
        return {
          kind,
          token: this.#tokenHeard() ?? random.u32(),
          direct: this.#chance(0.5),
          asSeen: this.#chance(0.5),
          padding: this.#chance(0.5) ? 0 : 1000,
        };
      case 'update':
        return this.#update();
      case 'acknowledge': {
        const { feed, sequence } = this.#heardOf('update') ?? { feed: random.u32(), sequence: 0 };
        return { kind, feed, sequence: this.#chance(0.5) ? sequence : below(random, 4) };
      }
      case 'renew': {
        const { feed, sequence } = this.#heardOf('renew') ?? { feed: this.#feed, sequence: this.#sequence };
        return { kind, feed, sequence, stale: this.#chance(0.5) ? [this.#anybody()] : [] };
      }
      case 'forward':
      case 'forwarded':
        return { kind, peer: this.#anybody(), payload: randomBytes(random, below(random, 60)) };
      case 'invite':
      case 'accept': {
        const method = this.#chance(0.5) ? 'nested' : 'cold';
        const leaderFirst = this.#chance(0.3);
        return {
          kind,
          epoch: this.#epoch(),
          method,
          leaderFirst,
          listenPort: this.#chance(0.5) ? 51820 : below(random, 3),
        };
      }
      case 'prepare':
      case 'ready':
      case 'commit':
      case 'committed':
        return { kind, epoch: this.#epoch() };
      case 'lost':
      case 'lost-seen':
        return { kind, epoch: this.#epoch(), evidence: below(random, 65_536) };
      case 'goodbye':
      case 'goodbye-seen':
        return { kind };
    }
  }

  #update(): Update {
    const random = this.#random;
    // The real agent of that peer has a feed of its own: whoever began last is listened to.
    if (this.#sequence === 0 || this.#chance(0.3)) {
      this.#feed = random.u32();
      this.#sequence = 0;
    }
    const sequence = this.#chance(0.95) ? this.#sequence + 1 : below(random, 64);
    const entries = Array.from({ length: below(random, 14) }, () => this.#entry());
    return { kind: 'update', feed: this.#feed, sequence, complete: this.#chance(0.3), entries };
  }

  #entry(): FeedEntry {
    const fact = encodeFact(this.#fact(), oneOf(this.#random, [0, 1, 255, 255, 65535]));
    return {
      withdraw: this.#chance(0.1),
      source: this.#chance(0.5) ? undefined : this.#anybody(),
      fact: this.#chance(0.1) ? mutated(fact, this.#random) : fact,
    };
  }

  #fact(): Fact {
    const random = this.#random;
    const subject = this.#anybody();
    switch (below(random, 4)) {
      case 0:
        return { subject, attribute: 'alive', value: toHex(randomBytes(random, 16)) };
      case 1:
        return { subject, attribute: 'endpoint', value: oneOf(random, ENDPOINTS) };
      case 2:
        return { subject, attribute: 'allowed-ip', value: oneOf(random, PREFIXES) };
      default:
        return { subject, attribute: 'member', value: { name: oneOf(random, NAMES), plain: this.#chance(0.3) } };
    }
  }

  #epoch(): Epoch {
    const random = this.#random;
    const epochs = this.#heard.flatMap((message) => ('epoch' in message ? [message.epoch] : []));
    const known = epochs.at(-1);
    if (known === undefined || this.#chance(0.2)) {
      return { leader: randomBytes(random, 8), follower: randomBytes(random, 8), counter: random.u32() };
    }
    return this.#chance(0.5) ? known : { ...known, counter: (known.counter + below(random, 4)) >>> 0 };
  }

  #tokenHeard(): number | undefined {
    const token = this.#heard.flatMap((message) => ('token' in message ? [message.token] : [])).at(-1);
    return this.#chance(0.3) ? undefined : token;
  }

  #heardOf<Wanted extends Kind>(kind: Wanted): Extract<Message, { kind: Wanted }> | undefined {
    if (this.#chance(0.3)) return undefined;
    return this.#heard.findLast((message): message is Extract<Message, { kind: Wanted }> => message.kind === kind);
  }

  #anybody(): PublicKey {
    const { attacker, members } = this.#setting;
    const draw = below(this.#random, 10);
    if (draw < 4) return attacker;
    return draw < 8 ? oneOf(this.#random, members) : stranger(below(this.#random, STRANGERS));
  }

  #chance(probability: number): boolean {
    return this.#random.unit() < probability;
  }
}

/** The key of a peer that there is not. */
function stranger(number: number): PublicKey {
  const raw = new Uint8Array(32).fill(0xee);
  new DataView(raw.buffer).setUint32(0, number);
  return known(keyFromBytes(raw), 'key');
}
