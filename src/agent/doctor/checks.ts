/**
 * What usually goes wrong, each judged by what was read of the machine. Pure: a reading in, a verdict out. A check that
 * does not concern this machine has no verdict.
 */
import { findRouters } from '../../core/trust/routers.js';
import { DEFAULT_POLICY } from '../../core/policy.js';
import { familyOf, scopeOf, type Address, type Family } from '../../core/values/address.js';
import { shortKey, type PublicKey } from '../../core/values/key.js';
import { prefixLength } from '../../core/values/prefix.js';
import type { CheckName, CheckView } from '../../core/views.js';
import type { Reading } from './reading.js';

/** In the order in which they are worth mending. */
export function examine(reading: Reading): readonly CheckView[] {
  return CHECKS.flatMap((check) => check(reading) ?? []);
}

type Check = (reading: Reading) => CheckView | undefined;

const CHECKS: readonly Check[] = [
  tools,
  clock,
  agent,
  forwarding,
  hubAgent,
  firewall,
  fullTunnel,
  mtu,
  keepalive,
  saveConfig,
];

/** The first releases whose `wg show dump` and `ip -j` have all that is read. */
const OLDEST_WG = 20_180_218;
const OLDEST_IP = 4.17;
const OLDEST_IP_SNAPSHOT = 180_608;

function tools({ versions }: Reading): CheckView {
  const wg = Number(/v\d+\.\d+\.(\d{8})/.exec(versions.wg)?.[1] ?? Number.NaN);
  const numbered = Number(/iproute2-(\d+\.\d+)/.exec(versions.ip)?.[1] ?? Number.NaN);
  const snapshot = Number(/iproute2-ss(\d{6})/.exec(versions.ip)?.[1] ?? Number.NaN);
  const old = [
    ...(wg < OLDEST_WG ? ['wireguard-tools'] : []),
    ...(numbered < OLDEST_IP || snapshot < OLDEST_IP_SNAPSHOT ? ['iproute2'] : []),
  ];
  if (old.length === 0) return ok('tools', 'wg and ip are new enough.');
  return wrong('tools', `Too old: ${old.join(', ')}.`, `apt-get install ${old.join(' ')}`);
}

/** No machine that runs this was set up before. */
const EARLIEST_YEAR = 2025;

function clock({ clock: { wall, synchronized } }: Reading): CheckView {
  const year = wall.getUTCFullYear();
  if (year < EARLIEST_YEAR) {
    const text = `The clock says ${wall.toISOString()}. A peer refuses handshakes of a clock that went backwards.`;
    return { check: 'clock', outcome: 'hint', text, fix: 'timedatectl set-ntp true' };
  }
  return synchronized
    ? ok('clock', 'The clock is synchronized.')
    : {
        check: 'clock',
        outcome: 'hint',
        text: 'Nothing tells whether the clock is synchronized. It must not go back.',
      };
}

function agent({ agent: running, interface: name }: Reading): CheckView {
  return running === undefined
    ? wrong('agent', `No agent runs for ${name}.`, `wirelink up ${name}`)
    : ok('agent', 'The agent answers.');
}

/** A machine with several peers that is nobody's spoke carries what they send to each other. */
function forwarding(reading: Reading): CheckView | undefined {
  const { device, host, forwards } = reading;
  if (device.peers.length < 2 || routersOf(reading).length > 0) return undefined;
  const families = new Set(
    host.tunnel.filter(({ address }) => scopeOf(address) !== 'link-local').map(({ address }) => familyOf(address)),
  );
  const off = ([4, 6] as const).filter((family) => families.has(family) && !forwards[family]);
  if (off.length === 0) return ok('forwarding', 'It forwards between its peers.');
  const settings = off.map((family) => `${FORWARDING[family]}=1`);
  return wrong(
    'forwarding',
    `This is a hub, and it does not forward ${off.map((family) => `IPv${family}`).join(' and ')} between its peers.`,
    `sysctl -w ${settings.join(' ')}`,
  );
}

const FORWARDING: Readonly<Record<Family, string>> = {
  4: 'net.ipv4.ip_forward',
  6: 'net.ipv6.conf.all.forwarding',
};

function hubAgent(reading: Reading): CheckView | undefined {
  const routers = routersOf(reading);
  if (reading.agent === undefined || routers.length === 0) return undefined;
  const silent = routers.filter((router) => !answers(router, reading));
  const names = silent.map((router) => labelOf(router, reading)).join(', ');
  if (silent.length === 0) return ok('hub-agent', 'The agent on the hub answers.');
  const reached = silent.some((router) => reading.live.has(router));
  const why = reached
    ? `WireGuard reaches ${names}, but no agent answers there: nobody tells us about other spokes.`
    : `WireGuard has no session with ${names}. Is its endpoint right, and does its firewall let UDP in?`;
  return wrong(
    'hub-agent',
    why,
    reached ? `wirelink up ${reading.interface}   # on ${names}` : `wg show ${reading.interface}`,
  );
}

/**
 * Whether rules drop something can hardly be read from them, so a chain counts as closed only where nothing in it could
 * let an agent in: both ends send, so it suffices to let answers in.
 */
function firewall(reading: Reading): CheckView {
  const { dropping, agent: running, interface: name, live } = reading;
  if (dropping === undefined) return { check: 'firewall', outcome: 'unknown', text: 'nft does not tell its rules.' };
  const port = running?.self.port;
  const [closed] = dropping.filter(({ accepts }) => !accepts.some((rule) => letsIn(rule, name, port)));
  if (closed === undefined) return ok('firewall', 'No rule of nft keeps agents out.');
  const heard = [...live].some((peer) => answers(peer, reading));
  if (heard) return ok('firewall', `${chainText(closed)} drops what comes in, but agents are heard.`);
  const text = `${chainText(closed)} drops what comes in, and nothing in it lets agents in on ${name}.`;
  const rule = `iifname "${name}" ip6 saddr fe80::/10 udp dport ${port ?? '51821'} accept`;
  const fix = `nft insert rule ${closed.family} ${closed.table} ${closed.chain} ${rule}`;
  // The proof: WireGuard's own packets come through, and nothing of what is inside.
  if (live.size > 0 && running !== undefined) return wrong('firewall', `${text} No agent is heard.`, fix);
  return { check: 'firewall', outcome: 'hint', text, fix };
}

/** By the interface, by the port, because it is an answer; or by words of iptables, which nft does not tell. */
const letsIn = (rule: string, name: string, port: number | undefined): boolean =>
  rule.includes(JSON.stringify(name)) ||
  rule.includes('"established"') ||
  rule.includes('"xt"') ||
  (port !== undefined && new RegExp(`\\b${port}\\b`).test(rule));

const chainText = ({ family, table, chain }: { family: string; table: string; chain: string }): string =>
  `The chain ${chain} of the table ${family} ${table}`;

/** A default route into the tunnel must not catch WireGuard's own packets: those to new endpoints above all. */
function fullTunnel({ device, ways, interface: name }: Reading): CheckView | undefined {
  if (!device.peers.some(({ allowedIps }) => allowedIps.some((prefix) => prefixLength(prefix) === 0))) return undefined;
  const looped = [...ways].find(([, way]) => way.interface === name);
  if (device.fwmark !== 0 && looped === undefined) {
    return ok('full-tunnel', "All traffic goes into the tunnel but WireGuard's own, by its mark.");
  }
  const text =
    looped === undefined
      ? "All traffic may go into the tunnel, and WireGuard's own packets have no mark: those to a new endpoint would go in, too."
      : `WireGuard's own packets to ${looped[0]} go into the tunnel itself.`;
  return wrong('full-tunnel', text, `wg-quick down ${name}; wg-quick up ${name}   # without Table = off`);
}

/** RFC 8200 and 791, UDP, and WireGuard's own header and tag around each packet. */
const OVERHEAD: Readonly<Record<Family, number>> = { 4: 60, 6: 80 };

function mtu({ host, ways, interface: name }: Reading): CheckView | undefined {
  const room = [...ways]
    .filter(([, way]) => way.interface !== name)
    .map(([address, way]) => ({ address, most: roomIn(address, way.mtu) }))
    .sort((one, other) => one.most - other.most);
  const [least] = room;
  if (least === undefined) return undefined;
  if (host.mtu <= least.most) return ok('mtu', `The MTU of ${host.mtu} fits the path of every peer.`);
  return wrong(
    'mtu',
    `The MTU of ${name} is ${host.mtu}; the path to ${least.address} carries ${least.most}.`,
    `ip link set ${name} mtu ${least.most}`,
  );
}

const roomIn = (address: Address, pathMtu: number): number => pathMtu - OVERHEAD[familyOf(address)];

/** Behind a NAT nobody reaches us through the hub once its mapping is forgotten, unless something keeps it. */
function keepalive(reading: Reading): CheckView | undefined {
  const { agent: running, device, interface: name } = reading;
  const routers = device.peers.filter(({ publicKey }) => routersOf(reading).includes(publicKey));
  if (routers.length === 0 || running === undefined || running.self.nat.verdict === 'unknown') return undefined;
  const without = routers.filter((router) => router.keepalive === 0);
  const [first] = without;
  if (running.self.nat.verdict === 'none' || first === undefined) {
    return ok('keepalive', 'The way from the hub to this machine stays open.');
  }
  return wrong(
    'keepalive',
    `This machine is behind a NAT, and nothing keeps the way from ${labelOf(first.publicKey, reading)} open.`,
    `wg set ${name} peer ${first.publicKey} persistent-keepalive 25   # and PersistentKeepalive = 25 in its file`,
  );
}

function saveConfig({ saveConfig: text, interface: name }: Reading): CheckView {
  if (text === undefined) return ok('save-config', 'wg-quick does not save peers that wirelink adds.');
  return wrong('save-config', text, `sed -i 's/^SaveConfig.*/SaveConfig = false/I' /etc/wireguard/${name}.conf`);
}

function routersOf({ agent: running, device, host }: Reading): readonly PublicKey[] {
  if (running !== undefined) return running.self.routers;
  return findRouters({ device, tunnel: host.tunnel, managed: new Set(), moved: [], policy: DEFAULT_POLICY });
}

const answers = (peer: PublicKey, { agent: running }: Reading): boolean =>
  running?.peers.some(({ publicKey, agent: heard }) => publicKey === peer && heard) ?? false;

const labelOf = (key: PublicKey, { agent: running }: Reading): string =>
  running?.peers.find(({ publicKey }) => publicKey === key)?.name ?? shortKey(key);

const ok = (check: CheckName, text: string): CheckView => ({ check, outcome: 'ok', text });

const wrong = (check: CheckName, text: string, fix: string): CheckView => ({ check, outcome: 'wrong', text, fix });
