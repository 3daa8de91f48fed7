/** A WireGuard interface as its user sets it up, before any wirelink: made, configured, read and taken down by `wg`. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { parseKey, type PublicKey } from '../src/core/values/key.js';
import type { Machine } from './machine.js';
import { means } from './means.js';

/** Every machine calls its interface so: each has a /run of its own, where userspace devices keep their sockets. */
export const INTERFACE = 'wg0';

const CONFIG_FILE = `/run/${INTERFACE}.conf`;

export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: PublicKey;
}

export interface PeerConfig {
  readonly publicKey: PublicKey;
  readonly allowedIps: readonly string[];
  readonly endpoint?: string;
  /** Seconds. */
  readonly keepalive?: number;
  readonly presharedKey?: string;
}

export interface TunnelConfig {
  readonly keys: KeyPair;
  /** With prefix length, `10.9.0.2/24`. */
  readonly address: string;
  /** Random when absent, as on most clients. */
  readonly listenPort?: number;
  readonly peers: readonly PeerConfig[];
  /** Prefixes beside the address's own network that lead into the tunnel. */
  readonly routes?: readonly string[];
}

export function newKeyPair(): KeyPair {
  const { d, x } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  const publicKey = parseKey(Buffer.from(x ?? '', 'base64url').toString('base64'));
  if (d === undefined || publicKey === undefined) throw new Error('bug: a new key pair has both its keys');
  return { privateKey: Buffer.from(d, 'base64url').toString('base64'), publicKey };
}

export const newPresharedKey = (): string => randomBytes(32).toString('base64');

/** `wg show wg0 dump`, read. */
export interface Dump {
  readonly publicKey: string;
  readonly listenPort: number;
  readonly peers: readonly DumpPeer[];
}

export interface DumpPeer {
  readonly publicKey: string;
  readonly presharedKey: string | undefined;
  readonly endpoint: string | undefined;
  /** Sorted. */
  readonly allowedIps: readonly string[];
  /** Seconds since 1970, 0 before the first. */
  readonly handshakeAt: number;
  readonly rxBytes: number;
  readonly txBytes: number;
  /** Seconds, 0 for off. */
  readonly keepalive: number;
}

/** Makes the interface, in the kernel where that has WireGuard, else by wireguard-go; configures it and brings it up. */
export async function bringUp(machine: Machine, config: TunnelConfig): Promise<void> {
  if (means().wireguard === 'kernel module') await machine.ip(`link add ${INTERFACE} type wireguard`);
  else await machine.run('wireguard-go', [INTERFACE]);
  await configure(machine, config);
  await machine.ip(
    `addr add ${config.address} dev ${INTERFACE}`,
    `link set ${INTERFACE} mtu 1420 up`,
    ...(config.routes ?? []).map((route) => `route add ${route} dev ${INTERFACE}`),
  );
}

/** Takes the interface away, as `wg-quick down` does. */
export async function takeDown(machine: Machine): Promise<void> {
  await machine.ip(`link del ${INTERFACE}`);
}

/** Puts the configuration on the interface; what is already there is replaced (`replace`) or brought in line (`sync`). */
export async function configure(
  machine: Machine,
  config: TunnelConfig,
  how: 'replace' | 'sync' = 'replace',
): Promise<void> {
  const command = how === 'replace' ? 'setconf' : 'syncconf';
  await writeFile(machine.path(CONFIG_FILE), configFile(config), { mode: 0o600 });
  await machine.run('wg', [command, INTERFACE, CONFIG_FILE]);
}

function configFile(config: TunnelConfig): string {
  const lines = ['[Interface]', `PrivateKey = ${config.keys.privateKey}`];
  if (config.listenPort !== undefined) lines.push(`ListenPort = ${config.listenPort}`);
  for (const peer of config.peers) {
    lines.push('[Peer]', `PublicKey = ${peer.publicKey}`, `AllowedIPs = ${peer.allowedIps.join(', ')}`);
    if (peer.presharedKey !== undefined) lines.push(`PresharedKey = ${peer.presharedKey}`);
    if (peer.endpoint !== undefined) lines.push(`Endpoint = ${peer.endpoint}`);
    if (peer.keepalive !== undefined) lines.push(`PersistentKeepalive = ${peer.keepalive}`);
  }
  return `${lines.join('\n')}\n`;
}

export async function readDump(machine: Machine): Promise<Dump> {
  const [first = '', ...lines] = (await machine.run('wg', ['show', INTERFACE, 'dump'])).trimEnd().split('\n');
  const [, publicKey = '', listenPort] = first.split('\t');
  return { publicKey, listenPort: Number(listenPort), peers: lines.map(readPeer) };
}

function readPeer(line: string): DumpPeer {
  const [publicKey = '', psk, endpoint, allowedIps = '', handshakeAt, rxBytes, txBytes, keepalive] = line.split('\t');
  const present = (text: string | undefined): string | undefined => (text === '(none)' ? undefined : text);
  return {
    publicKey,
    presharedKey: present(psk),
    endpoint: present(endpoint),
    allowedIps: present(allowedIps)?.split(',').sort() ?? [],
    handshakeAt: Number(handshakeAt),
    rxBytes: Number(rxBytes),
    txBytes: Number(txBytes),
    keepalive: keepalive === 'off' ? 0 : Number(keepalive),
  };
}

/**
 * All of the interface that an agent has to give back as it found it: peers without their endpoints and counters,
 * addresses, routes, MTU.
 */
export interface State {
  readonly publicKey: string;
  readonly listenPort: number;
  /** Sorted by key. */
  readonly peers: readonly Pick<DumpPeer, 'publicKey' | 'presharedKey' | 'allowedIps' | 'keepalive'>[];
  /** As `ip -j` shows them. */
  readonly link: unknown;
  readonly routes: unknown;
  readonly routes6: unknown;
}

export async function readState(machine: Machine): Promise<State> {
  const { publicKey, listenPort, peers } = await readDump(machine);
  const json = async (...args: string[]): Promise<unknown> => JSON.parse(await machine.run('ip', ['-j', ...args]));
  const kept = peers.map(({ publicKey: key, presharedKey, allowedIps, keepalive }) => {
    return { publicKey: key, presharedKey, allowedIps, keepalive };
  });
  return {
    publicKey,
    listenPort,
    peers: kept.sort((one, other) => (one.publicKey < other.publicKey ? -1 : 1)),
    link: await json('address', 'show', 'dev', INTERFACE),
    routes: await json('-4', 'route', 'show', 'table', 'all', 'dev', INTERFACE),
    routes6: await json('-6', 'route', 'show', 'table', 'all', 'dev', INTERFACE),
  };
}
