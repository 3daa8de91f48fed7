/**
 * What a shell offers for a peer or an interface: found quickly, or not at all. Nothing that fails here is worth a word in
 * the middle of somebody's command line.
 */
import { readdir, readFile } from 'node:fs/promises';
import type { PeerView } from '../../core/views.js';
import { interfacesWithSocket, openAgent } from '../sockets.js';

/** Longer than any agent takes that is not stopped, and short for a hand on the key. */
const PATIENCE_MS = 500;

/** Names, and the keys of those without; of the only agent unless an interface is named. */
export async function peerWords(interfaceName: string | undefined): Promise<readonly string[]> {
  try {
    const agent = await openAgent(interfaceName);
    try {
      const { peers } = await agent.call('peers', {}, { patienceMs: PATIENCE_MS });
      return peers.map(wordOf).sort();
    } finally {
      agent.close();
    }
  } catch {
    return [];
  }
}

/** A name may be anything that its owner likes to say, and this text goes into a shell. */
export function wordOf({ name, publicKey }: Pick<PeerView, 'name' | 'publicKey'>): string {
  return name !== undefined && /^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u.test(name) ? name : publicKey;
}

/** Those with an agent, those the kernel has, and those of userspace WireGuard. */
export async function interfaceWords(): Promise<readonly string[]> {
  const found = await Promise.allSettled([interfacesWithSocket(), kernelInterfaces(), userspaceInterfaces()]);
  return [...new Set(found.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : [])))].sort();
}

async function kernelInterfaces(): Promise<readonly string[]> {
  const names = await readdir('/sys/class/net');
  const texts = await Promise.all(
    names.map((name) => readFile(`/sys/class/net/${name}/uevent`, 'utf8').catch(() => '')),
  );
  return names.filter((_, at) => texts[at]?.includes('DEVTYPE=wireguard\n'));
}

const userspaceInterfaces = async (): Promise<readonly string[]> =>
  (await readdir('/var/run/wireguard')).flatMap((file) => (file.endsWith('.sock') ? [file.slice(0, -5)] : []));
