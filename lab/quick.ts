/** An interface as `wg-quick` makes it: with its rules, its table and its mark where everything leads into the tunnel. */
import { writeFile } from 'node:fs/promises';
import { parseKey } from '../src/core/values/key.js';
import type { Member } from './star.js';
import type { Host } from './world.js';
import { INTERFACE, takeDown } from './wireguard.js';

const CONFIG_FILE = `/run/${INTERFACE}.conf`;

export interface QuickOptions {
  /** With prefix length. */
  readonly address: string;
  /** Of the one peer the member has, its hub. */
  readonly allowedIps: readonly string[];
}

/** Takes the member's interface away and lets `wg-quick` make it anew, with the same key and the same hub. */
export async function quickUp(member: Member, { address, allowedIps }: QuickOptions): Promise<void> {
  const [hub] = member.config.peers;
  if (hub?.endpoint === undefined) throw new Error(`${member.name} has no hub to reach`);
  const lines = [
    '[Interface]',
    `PrivateKey = ${member.config.keys.privateKey}`,
    `Address = ${address}`,
    '[Peer]',
    `PublicKey = ${hub.publicKey}`,
    `Endpoint = ${hub.endpoint}`,
    `AllowedIPs = ${allowedIps.join(', ')}`,
    'PersistentKeepalive = 25',
  ];
  await takeDown(member.machine);
  await writeFile(member.machine.path(CONFIG_FILE), `${lines.join('\n')}\n`, { mode: 0o600 });
  await member.machine.run('wg-quick', ['up', CONFIG_FILE]);
}

/** Makes a host a member of a star by a configuration that somebody wrote for it, such as `wirelink invite`. */
export async function join(host: Host, hub: Member, configuration: string): Promise<Member> {
  const { machine } = host;
  const [, privateKey = ''] = /^PrivateKey = (.+)$/m.exec(configuration) ?? [];
  const [, address = ''] = /^Address = ([^,\n]+)/m.exec(configuration) ?? [];
  const [, endpoint = ''] = /^Endpoint = (.+)$/m.exec(configuration) ?? [];
  await writeFile(machine.path(CONFIG_FILE), configuration, { mode: 0o600 });
  await machine.run('wg-quick', ['up', CONFIG_FILE]);
  const key = parseKey((await machine.run('wg', ['show', INTERFACE, 'public-key'])).trim());
  if (key === undefined) throw new Error(`${machine.name} has no key`);
  const peers = [
    { publicKey: hub.key, allowedIps: hub.config.peers.flatMap(({ allowedIps }) => allowedIps), endpoint },
  ];
  const config = { keys: { privateKey, publicKey: key }, address, peers };
  return { name: machine.name, machine, key, address: address.replace(/\/.*/, ''), config };
}

/** What `wg-quick` set up beside the interface: rules, all routes, the mark. */
export async function readRouting(member: Member): Promise<string> {
  const rules = await member.machine.run('ip', ['rule']);
  const routes = await member.machine.run('ip', ['-4', 'route', 'show', 'table', 'all']);
  const routes6 = await member.machine.run('ip', ['-6', 'route', 'show', 'table', 'all']);
  const mark = await member.machine.run('wg', ['show', INTERFACE, 'fwmark']);
  // A new leg's own link-local address is usable only after a second or two.
  const settled = routes6.split('\n').filter((route) => !/fe80::.* dev eth0/.test(route));
  return [rules, routes, ...settled, mark].join('\n');
}
