/** What `doctor` reads of the machine before it judges anything. Nothing is changed; what cannot be read is absent. */
import { readFile, stat } from 'node:fs/promises';
import * as v from 'valibot';
import type { DeviceSnapshot, HostSnapshot } from '../../core/device.js';
import { UserError } from '../../core/errors.js';
import { parseAddress, type Address } from '../../core/values/address.js';
import type { PublicKey } from '../../core/values/key.js';
import { since } from '../../core/values/time.js';
import type { PeerView, SelfView } from '../../core/views.js';
import { systemClock } from '../clock.js';
import { openDevice } from '../device/index.js';
import { linuxHost } from '../host.js';
import { run, ToolFailure } from '../programs.js';
import { saveConfigWarning } from '../wg-quick.js';
import { parseRuleset, type InputChain } from './ruleset.js';

/** What the running agent knows. */
export interface AgentReading {
  readonly self: SelfView;
  readonly peers: readonly PeerView[];
}

export interface Reading {
  readonly interface: string;
  /** Absent when none runs. */
  readonly agent?: AgentReading;
  readonly device: DeviceSnapshot;
  readonly host: HostSnapshot;
  /** Peers with a WireGuard session that is young enough to be used. */
  readonly live: ReadonlySet<PublicKey>;
  /** By family, `net.ipv4.ip_forward` and its like. */
  readonly forwards: { readonly 4: boolean; readonly 6: boolean };
  /** The route of WireGuard's own packets to each endpoint: through which interface, and how large they may be. */
  readonly ways: ReadonlyMap<Address, Way>;
  readonly versions: { readonly wg: string; readonly ip: string };
  /** The chains that drop what comes in unless a rule says otherwise; absent where nft cannot tell. */
  readonly dropping?: readonly InputChain[];
  /** What wg-quick's file would do; absent when it is fine. */
  readonly saveConfig?: string;
  /** `synchronized` is false where nothing tells. */
  readonly clock: { readonly wall: Date; readonly synchronized: boolean };
}

export interface Way {
  readonly interface: string;
  readonly mtu: number;
}

/** WireGuard drops a session after this, so a handshake that is younger proves a path. */
const SESSION_LIFE_MS = 180_000;

/** Throws `UserError`: `interface-missing`, `no-permission`, `no-private-key`, `device-unsupported`, `tool-missing`. */
export async function readMachine(name: string, agent: AgentReading | undefined): Promise<Reading> {
  const port = await openDevice(name);
  try {
    const [device, host] = [await port.read(), await linuxHost(name).read()];
    const now = systemClock.now();
    const live = device.peers.filter(
      ({ handshakeAt }) => handshakeAt !== undefined && since(handshakeAt, now) < SESSION_LIFE_MS,
    );
    const dropping = await inputChains();
    const saving = saveConfigWarning(name);
    return {
      interface: name,
      ...(agent !== undefined && { agent }),
      device,
      host,
      live: new Set(live.map(({ publicKey }) => publicKey)),
      forwards: {
        4: await isOne('/proc/sys/net/ipv4/ip_forward'),
        6: await isOne('/proc/sys/net/ipv6/conf/all/forwarding'),
      },
      ways: await waysOf(device),
      versions: { wg: await run('wg', ['--version']), ip: await run('ip', ['-V']) },
      ...(dropping !== undefined && { dropping }),
      ...(saving !== undefined && { saveConfig: saving.text }),
      clock: { wall: new Date(), synchronized: await exists('/run/systemd/timesync/synchronized') },
    };
  } finally {
    port.close();
  }
}

/** The only WireGuard interface there is; `undefined` when there are none or several. */
export async function onlyInterface(): Promise<string | undefined> {
  const [name, ...others] = (await run('wg', ['show', 'interfaces'])).split(/\s+/).filter((word) => word !== '');
  return others.length === 0 ? name : undefined;
}

const Links = v.array(v.object({ ifname: v.string(), mtu: v.number() }));
const Routes = v.tuple([
  v.object({
    dev: v.optional(v.string()),
    metrics: v.optional(v.array(v.object({ mtu: v.optional(v.number()) })), []),
  }),
]);

async function waysOf({ peers, fwmark }: DeviceSnapshot): Promise<ReadonlyMap<Address, Way>> {
  const links = v.parse(Links, JSON.parse(await run('ip', ['-j', 'link'])));
  const ways = new Map<Address, Way>();
  for (const { endpoint } of peers) {
    const address = parseAddress(endpoint?.replace(/:\d+$/, '').replaceAll(/[[\]]/g, '') ?? '');
    if (address === undefined || ways.has(address)) continue;
    const way = await wayTo(address, fwmark);
    const link = links.find(({ ifname }) => ifname === way?.dev);
    const mtu = way?.mtu ?? link?.mtu;
    if (link !== undefined && mtu !== undefined) ways.set(address, { interface: link.ifname, mtu });
  }
  return ways;
}

async function wayTo(address: Address, fwmark: number) {
  try {
    const [route] = v.parse(
      Routes,
      JSON.parse(await run('ip', ['-j', 'route', 'get', address, 'mark', String(fwmark)])),
    );
    return { dev: route.dev, mtu: route.metrics.find(({ mtu }) => mtu !== undefined)?.mtu };
  } catch (error) {
    // That is how it says that there is no route.
    if (error instanceof ToolFailure) return undefined;
    throw error;
  }
}

/** Absent without nft, and where it may not be asked. */
async function inputChains(): Promise<readonly InputChain[] | undefined> {
  try {
    return parseRuleset(await run('nft', ['-j', 'list', 'ruleset']));
  } catch (error) {
    if (error instanceof ToolFailure || (error instanceof UserError && error.code === 'tool-missing')) return undefined;
    throw error;
  }
}

const isOne = async (path: string): Promise<boolean> => {
  try {
    return (await readFile(path, 'utf8')).trim() === '1';
  } catch {
    return false;
  }
};

const exists = async (path: string): Promise<boolean> => {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
};
