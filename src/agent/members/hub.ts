/** The hub as `invite` and `remove` find it: the interface, who is on it, how they are called, and in which files. */
import type { DeviceSnapshot, HostSnapshot } from '../../core/device.js';
import { configuredPeers, insideTunnel } from '../../core/facts/tunnel.js';
import { hostCandidates } from '../../core/facts/local.js';
import { UserError } from '../../core/errors.js';
import { findRouters } from '../../core/trust/routers.js';
import { scopeOf } from '../../core/values/address.js';
import { endpointAddress, type Endpoint } from '../../core/values/endpoint.js';
import { shortKey, type PublicKey } from '../../core/values/key.js';
import type { Prefix } from '../../core/values/prefix.js';
import type { PeerView, SelfView } from '../../core/views.js';
import { defaultConfigPath, parseConfig, type AgentConfig } from '../config/index.js';
import { openDevice } from '../device/index.js';
import { linuxHost } from '../host.js';
import { peekAdopted } from '../journal.js';
import { takeTurn } from '../lock.js';
import { makeRunDir, membersLockPath } from '../paths.js';
import type { Device } from '../ports.js';
import { readText } from '../replace-file.js';
import { quickFile, savesConfig } from '../wg-quick.js';
import { peersIn, type QuickPeer } from './quick-file.js';

/** What the agent knows, where one runs. */
export interface AgentKnows {
  readonly self: SelfView;
  readonly peers: readonly PeerView[];
}

export interface HubFile {
  readonly path: string;
  /** `undefined` when there is none. */
  readonly text: string | undefined;
}

export interface Hub {
  readonly interface: string;
  readonly port: Device;
  readonly device: DeviceSnapshot;
  readonly host: HostSnapshot;
  /** Those on the interface that are the administrator's, and those in the wg-quick file. */
  readonly members: readonly Member[];
  readonly quick: HubFile;
  readonly config: HubFile;
  readonly agent: AgentKnows | undefined;
}

export interface Member extends QuickPeer {
  /** From the configuration, or as the agent knows it. */
  readonly name?: string;
}

export interface HubOptions {
  readonly interface: string;
  /** Another file than wirelink's default one; it need not be there yet. */
  readonly config: string | undefined;
  /** Whether the wg-quick file is to be changed, too. */
  readonly save: boolean;
  readonly agent: AgentKnows | undefined;
}

/**
 * One command at a time. Throws `UserError`: `members-busy`, `not-the-hub`, `configuration`, `quick-file-missing` and
 * `quick-file-saved` (with `save`), and as reaching the interface does.
 */
export async function onHub<Result>(options: HubOptions, work: (hub: Hub) => Promise<Result>): Promise<Result> {
  const port = await openDevice(options.interface);
  try {
    makeRunDir();
    const turn = await takeTurn(membersLockPath(options.interface));
    if (turn === undefined) throw new UserError('members-busy', { interface: options.interface });
    try {
      return await work(await readHub(options, port));
    } finally {
      turn.release();
    }
  } finally {
    port.close();
  }
}

async function readHub({ interface: name, config, save, agent }: HubOptions, port: Device): Promise<Hub> {
  const machine = linuxHost(name);
  const [device, host] = [await port.read(), await machine.read()];
  const adopted = peekAdopted(name, await machine.incarnation());
  const managed = new Set(adopted.peers);
  const files = { config: fileAt(config ?? defaultConfigPath(name)), quick: fileAt(quickFile(name)) };
  const { policy } = settingsIn(files.config);
  const routers = findRouters({ device, tunnel: host.tunnel, managed, moved: adopted.moved, policy });
  const nameOf = (key: PublicKey): string | undefined =>
    policy.names.get(key) ?? agent?.peers.find(({ publicKey }) => publicKey === key)?.name;
  const [router] = routers;
  if (router !== undefined) {
    throw new UserError('not-the-hub', { interface: name, router: nameOf(router) ?? shortKey(router) });
  }
  if (save) checkQuick(files.quick);
  const onDevice = configuredPeers(device, managed, adopted.moved);
  const inFile = peersIn(files.quick.text ?? '').filter(
    ({ publicKey }) => !device.peers.some((peer) => peer.publicKey === publicKey),
  );
  const members = [...onDevice, ...inFile].map(({ publicKey, allowedIps }) => {
    const called = nameOf(publicKey);
    return { publicKey, allowedIps, ...(called !== undefined && { name: called }) };
  });
  return { interface: name, port, device, host, members, ...files, agent };
}

const fileAt = (path: string): HubFile => ({ path, text: readText(path) });

const settingsIn = ({ path, text = '' }: HubFile): AgentConfig => parseConfig(text, path);

function checkQuick({ path, text }: HubFile): void {
  if (text === undefined) throw new UserError('quick-file-missing', { path });
  if (savesConfig(text)) throw new UserError('quick-file-saved', { path });
}

/** Whether wg-quick makes the interface from that file, and nothing but a person writes it. */
export const isKeptByHand = ({ text }: HubFile): boolean => text !== undefined && !savesConfig(text);

/**
 * Where others reach the hub: at what most of its members have as its endpoint, else at a global address of its own.
 * Theirs counts first because it stands for what works: the hub may be behind a port forwarding.
 */
export function publicEndpoint({ device, host, agent }: Pick<Hub, 'device' | 'host' | 'agent'>): Endpoint | undefined {
  const isInside = insideTunnel(device.peers, host.tunnel);
  const isPublic = (endpoint: Endpoint): boolean =>
    scopeOf(endpointAddress(endpoint)) === 'global' && !isInside(endpointAddress(endpoint));
  const votes = new Map<Endpoint, number>();
  for (const { endpoint } of agent?.self.observed ?? []) votes.set(endpoint, (votes.get(endpoint) ?? 0) + 1);
  const seen = [...votes].toSorted(([, left], [, right]) => right - left).map(([endpoint]) => endpoint);
  const own = hostCandidates(host, device.listenPort, isInside).toSorted(
    (left, right) => Number(left.startsWith('[')) - Number(right.startsWith('[')),
  );
  return [...seen, ...own].find(isPublic);
}

/** What members hold, so that nobody else gets it. */
export const takenBy = (members: readonly Member[]): readonly Prefix[] =>
  members.flatMap(({ allowedIps }) => allowedIps);
