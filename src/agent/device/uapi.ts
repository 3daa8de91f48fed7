/**
 * The text protocol of userspace WireGuard (wireguard.com/xplatform): `key=value` lines, an empty line ends each
 * message, keys in hexadecimal. Parsing and writing only. Private and preshared keys end here.
 */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { PeerChange } from '../../core/device.js';
import { fromHex, toHex } from '../../core/values/bytes.js';
import { parseEndpoint } from '../../core/values/endpoint.js';
import { keyBytes, keyFromBytes, parseKey, type PublicKey } from '../../core/values/key.js';
import { parsePrefix, type Prefix } from '../../core/values/prefix.js';
import type { PeerReading, Reading } from './reading.js';

export const GET_REQUEST = 'get=1\n\n';

/** Messages end with an empty line. */
export const isComplete = (message: string): boolean => message.endsWith('\n\n');

/** The `errno` at the end of an answer, 0 for success; `undefined` when it has none. */
export function answeredErrno(answer: string): number | undefined {
  const match = /(?:^|\n)errno=(-?\d{1,9})\n\n$/.exec(answer);
  return match === null ? undefined : Math.abs(Number(match[1]));
}

/**
 * The device an answer to `get` tells of, peers and prefixes in the device's order; `undefined` while it has no private
 * key. Keys of the protocol it does not know are skipped. Throws on an answer that makes no sense.
 */
export function parseGet(answer: string): Reading | undefined {
  let publicKey: PublicKey | undefined;
  let listenPort = 0;
  let fwmark = 0;
  const peers: PeerBuilder[] = [];
  for (const line of answer.split('\n')) {
    const equals = line.indexOf('=');
    if (equals < 0) continue;
    const name = line.slice(0, equals);
    const value = line.slice(equals + 1);
    switch (name) {
      case 'private_key':
        publicKey = publicKeyOf(value);
        break;
      case 'listen_port':
        listenPort = wholeNumber(value);
        break;
      case 'fwmark':
        fwmark = wholeNumber(value);
        break;
      case 'public_key':
        peers.push(new PeerBuilder(keyOf(value)));
        break;
      default:
        peers.at(-1)?.take(name, value);
    }
  }
  return publicKey && { publicKey, listenPort, fwmark, peers: peers.map((peer) => peer.done()) };
}

/**
 * boringtun tells its public key instead of the private one. It panics, and takes the tunnel down, when anything of a peer
 * that is there is changed (0.7.1: "Modifying existing peers is not yet supported").
 */
export const isBoringtun = (answer: string): boolean => /^own_public_key=/m.test(answer);

/** The request that makes the changes. A `set` of no `existing` peer creates it when it is not there, as `wg set` does. */
export const setRequest = (...changes: readonly PeerChange[]): string =>
  `${['set=1', ...changes.flatMap(linesOf)].join('\n')}\n\n`;

function linesOf(change: PeerChange): readonly string[] {
  const lines = [`public_key=${toHex(keyBytes(change.publicKey))}`];
  switch (change.kind) {
    case 'remove':
      lines.push('remove=true');
      break;
    case 'set':
      if (change.existing === true) lines.push('update_only=true');
      if (change.endpoint !== undefined) lines.push(`endpoint=${change.endpoint}`);
      if (change.keepalive !== undefined) lines.push(`persistent_keepalive_interval=${change.keepalive}`);
      if (change.allowedIps !== undefined) {
        lines.push('replace_allowed_ips=true', ...change.allowedIps.map((prefix) => `allowed_ip=${prefix}`));
      }
      break;
  }
  return lines;
}

class PeerBuilder {
  readonly #publicKey: PublicKey;
  readonly #numbers = new Map<string, number>();
  readonly #allowedIps: Prefix[] = [];
  #endpoint: PeerReading['endpoint'];

  constructor(publicKey: PublicKey) {
    this.#publicKey = publicKey;
  }

  take(name: string, value: string): void {
    if (NUMBERS.has(name)) {
      this.#numbers.set(name, wholeNumber(value));
    } else if (name === 'endpoint') {
      // One with a zone (a link-local endpoint on a LAN) is none we could tell anybody.
      this.#endpoint = parseEndpoint(value);
    } else if (name === 'allowed_ip') {
      const prefix = parsePrefix(value);
      if (prefix !== undefined) this.#allowedIps.push(prefix);
    }
  }

  done(): PeerReading {
    const number = (name: string): number => this.#numbers.get(name) ?? 0;
    return {
      publicKey: this.#publicKey,
      endpoint: this.#endpoint,
      allowedIps: this.#allowedIps,
      handshakeStamp: number('last_handshake_time_sec') * 1000 + number('last_handshake_time_nsec') / 1e6,
      rxBytes: number('rx_bytes'),
      txBytes: number('tx_bytes'),
      keepalive: number('persistent_keepalive_interval'),
    };
  }
}

const NUMBERS: ReadonlySet<string> = new Set([
  'last_handshake_time_sec',
  'last_handshake_time_nsec',
  'rx_bytes',
  'tx_bytes',
  'persistent_keepalive_interval',
]);

function keyOf(hex: string): PublicKey {
  const key = keyFromBytes(fromHex(hex) ?? new Uint8Array());
  if (key === undefined) throw new Error('the device told a key that is none');
  return key;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,19}$/.test(text)) throw new Error('the device told a number that is none');
  return Number(text);
}

/** RFC 8410: what stands before the 32 bytes of an X25519 private key in PKCS #8. */
const PKCS8_X25519 = '302e020100300506032b656e04220420';

/** The protocol tells the private key only. `undefined` for the unset key, which is all zero. */
function publicKeyOf(privateHex: string): PublicKey | undefined {
  if (!/^[0-9a-f]{64}$/i.test(privateHex)) throw new Error('the device told a key that is none');
  if (/^0+$/.test(privateHex)) return undefined;
  const der = Buffer.from(PKCS8_X25519 + privateHex, 'hex');
  const { x } = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({ format: 'jwk' });
  der.fill(0);
  return parseKey(Buffer.from(x ?? '', 'base64url').toString('base64'));
}
