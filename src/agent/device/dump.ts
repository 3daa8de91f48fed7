/**
 * What `wg show IF dump` prints, and the arguments of `wg set`. Parsing and writing only. Private and preshared keys end
 * here.
 */
import type { PeerChange } from '../../core/device.js';
import { parseEndpoint } from '../../core/values/endpoint.js';
import { parseKey } from '../../core/values/key.js';
import { parsePrefix } from '../../core/values/prefix.js';
import type { PeerReading, Reading } from './reading.js';

/**
 * The device a dump tells of, peers and prefixes in its order; `undefined` while it has no private key. Throws on a dump
 * that makes no sense; fields that later versions may add at the end of a line are skipped.
 */
export function parseDump(dump: string): Reading | undefined {
  const [device = '', ...peers] = dump.split('\n').filter((line) => line !== '');
  const [, publicKeyText, listenPort, fwmark] = device.split('\t');
  if (publicKeyText === undefined || listenPort === undefined || fwmark === undefined) throw notUnderstood();
  if (publicKeyText === '(none)') return undefined;
  const publicKey = parseKey(publicKeyText);
  if (publicKey === undefined) throw notUnderstood();
  return { publicKey, listenPort: number(listenPort), fwmark: number(fwmark), peers: peers.map(parsePeer) };
}

/** The arguments that make the change. A `set` creates the peer when it is not there. */
export function setArguments(interfaceName: string, change: PeerChange): readonly string[] {
  const args = ['set', interfaceName, 'peer', change.publicKey];
  switch (change.kind) {
    case 'remove':
      args.push('remove');
      break;
    case 'set':
      if (change.endpoint !== undefined) args.push('endpoint', change.endpoint);
      if (change.keepalive !== undefined) args.push('persistent-keepalive', String(change.keepalive));
      // An empty argument clears the list.
      if (change.allowedIps !== undefined) args.push('allowed-ips', change.allowedIps.join(','));
      break;
  }
  return args;
}

function parsePeer(line: string): PeerReading {
  const [key = '', , endpoint = '', allowedIps = '', handshake, rx, tx, keepalive] = line.split('\t');
  const publicKey = parseKey(key);
  if (publicKey === undefined) throw notUnderstood();
  return {
    publicKey,
    // `(none)`, or one with a zone, which is none we could tell anybody.
    endpoint: parseEndpoint(endpoint),
    allowedIps: allowedIps.split(',').flatMap((text) => parsePrefix(text) ?? []),
    handshakeStamp: number(handshake) * 1000,
    rxBytes: number(rx),
    txBytes: number(tx),
    keepalive: number(keepalive),
  };
}

function number(text: string | undefined): number {
  if (text === 'off') return 0;
  if (text === undefined || !/^(\d{1,19}|0x[0-9a-f]{1,8})$/.test(text)) throw notUnderstood();
  return Number(text);
}

// The line itself may hold a key.
const notUnderstood = (): Error => new Error('wg printed a dump that is not understood');
