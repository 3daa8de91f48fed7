/**
 * Puts the interface back as it was before us. Reverses what the journal names and what is still as we left it; what the
 * user changed meanwhile is the user's. Can be repeated, and interrupted at any point.
 */
import type { DevicePeer, DeviceSnapshot, PeerChange } from '../core/device.js';
import { UserError } from '../core/errors.js';
import type { PublicKey } from '../core/values/key.js';
import type { Prefix } from '../core/values/prefix.js';
import type { RestoredView } from '../core/views.js';
import { openDevice } from './device/index.js';
import { linuxHost } from './host.js';
import { discardJournal, openJournal, type FileJournal } from './journal.js';
import { isOurs, observed, type Entry, type Ledger } from './journal/ledger.js';
import type { Device, Host } from './ports.js';

export type Undone = Pick<RestoredView, 'outcome' | 'warnings'>;

/** Undoes what an agent that no longer runs has left. Throws as `undo` does, and `UserError` as `openDevice` does. */
export async function restore(interfaceName: string): Promise<Undone> {
  try {
    const host = linuxHost(interfaceName);
    const journal = openJournal(interfaceName, await host.incarnation());
    const device = await openDevice(interfaceName);
    try {
      return await undo(device, host, journal);
    } finally {
      device.close();
    }
  } catch (error) {
    if (!isGone(error)) throw error;
    discardJournal(interfaceName);
    return { outcome: 'interface-gone', warnings: [] };
  }
}

/**
 * Throws, with the journal kept for another attempt, when the device refuses a step; the other steps are done all the
 * same.
 */
export async function undo(device: Device, host: Host, journal: FileJournal): Promise<Undone> {
  const { ledger, warnings } = journal;
  try {
    const refusals = [...(await undoPeers(device, ledger)), ...(await undoAddresses(host, ledger))];
    if (refusals.length > 0) throw refusals[0];
  } catch (error) {
    if (!isGone(error)) throw error;
    journal.clear();
    return { outcome: 'interface-gone', warnings };
  }
  journal.clear();
  return { outcome: ledger.size > 0 ? 'restored' : 'nothing-to-do', warnings };
}

/**
 * Reads the device again before each step: a list must hold what the user has added by now, and to set a peer that is no
 * longer there would create it. Answers with the errors of refused steps.
 */
async function undoPeers(device: Device, ledger: Ledger): Promise<readonly unknown[]> {
  const tried = new Set<string>();
  const refusals: unknown[] = [];
  // A user who keeps changing the same peers could otherwise keep us here.
  const limit = 2 * ledger.size + 10;
  while (tried.size < limit) {
    const step = undoSteps(ledger, await device.read()).find((candidate) => !tried.has(JSON.stringify(candidate)));
    if (step === undefined) break;
    tried.add(JSON.stringify(step));
    await device.apply(step).catch((error: unknown) => {
      if (isGone(error)) throw error;
      refusals.push(error);
    });
  }
  return refusals;
}

async function undoAddresses(host: Host, ledger: Ledger): Promise<readonly unknown[]> {
  const refusals: unknown[] = [];
  for (const entry of ledger.values()) {
    if (entry.did !== 'address-added') continue;
    await host.removeLinkLocal(entry.address).catch((error: unknown) => refusals.push(error));
  }
  return refusals;
}

/**
 * The steps from the device as it is to the one before us. Prefixes go home first, straight from whoever has them now:
 * so no packet finds them without a peer. Then peers of ours go, on which nothing is left but what a router's prefix
 * covers: the other end has moved already, and what still goes directly is lost. What nobody waits for comes last.
 */
export function undoSteps(ledger: Ledger, device: DeviceSnapshot): readonly PeerChange[] {
  const holding = observed(ledger, device);
  const entries = [...holding.values()];
  const users = device.peers.filter((peer) => !isOurs(holding, peer.publicKey));
  const homecoming = (peer: DevicePeer): boolean => prefixesComingHome(entries, peer.publicKey).length > 0;
  return [
    ...users.filter(homecoming).flatMap((peer) => restoring(peer, entries)),
    ...entries.flatMap((entry) =>
      entry.did === 'peer-added' ? [{ kind: 'remove', publicKey: entry.peer } as const] : [],
    ),
    ...users.filter((peer) => !homecoming(peer)).flatMap((peer) => restoring(peer, entries)),
  ];
}

/** The step that makes a user's peer what it was, if it takes one. */
function restoring(peer: DevicePeer, entries: readonly Entry[]): readonly PeerChange[] {
  const home = prefixesComingHome(entries, peer.publicKey);
  const added = entries.flatMap((entry) =>
    entry.did === 'prefix-added' && entry.peer === peer.publicKey ? [entry.prefix] : [],
  );
  const [keepalive] = entries.flatMap((entry) =>
    entry.did === 'keepalive-set' && entry.peer === peer.publicKey ? [entry.was] : [],
  );
  if (home.length + added.length === 0 && keepalive === undefined) return [];
  const allowedIps = [...peer.allowedIps.filter((prefix) => !added.includes(prefix)), ...home].sort();
  return [
    {
      kind: 'set',
      publicKey: peer.publicKey,
      existing: true,
      ...(home.length + added.length > 0 && { allowedIps }),
      ...(keepalive !== undefined && { keepalive }),
    },
  ];
}

const prefixesComingHome = (entries: readonly Entry[], peer: PublicKey): readonly Prefix[] =>
  entries.flatMap((entry) => (entry.did === 'prefix-moved' && entry.from === peer ? [entry.prefix] : []));

const isGone = (error: unknown): boolean => error instanceof UserError && error.code === 'interface-missing';
