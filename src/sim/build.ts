/** Makes the machines of a scenario. */
import { parseAddress } from '../core/values/address.js';
import { parseEndpoint } from '../core/values/endpoint.js';
import { keyFromBytes, type PublicKey } from '../core/values/key.js';
import { parsePrefix } from '../core/values/prefix.js';
import { remembered } from '../core/values/remembered.js';
import type { Context } from './context.js';
import { Host } from './host.js';
import type { Cuts } from './network/cuts.js';
import { Nat } from './network/nat.js';
import type { Packet } from './network/packet.js';
import { CABLE, Segment, type Leg } from './network/segment.js';
import { Random } from './random.js';
import type { HostSpec, NatSpec, PeerSpec, Scenario, Uplink } from './scenario.js';

export interface Built {
  readonly segments: ReadonlyMap<string, Segment>;
  readonly nats: ReadonlyMap<string, Nat>;
  readonly hosts: ReadonlyMap<string, Host>;
  /** The outside leg of each NAT, under the name of its inside segment. */
  readonly outsides: ReadonlyMap<string, Leg>;
  /** Gives a NAT another address outside. */
  renumber(nat: string, address: string, network: string): void;
}

const LISTEN_PORT = 51820;
const TUNNEL_MTU = 1420;

export function build(scenario: Scenario, context: Context, cuts: Cuts): Built {
  const names = ['internet', ...scenario.segments, ...scenario.nats.map(({ name }) => name)];
  const segments = new Map(names.map((name) => [name, new Segment(name, context, cuts)]));
  const nats = new Map<string, Nat>();
  const outsides = new Map<string, Leg>();
  for (const spec of scenario.nats) {
    const nat = new Nat(spec.name, spec.behaviour, context);
    nats.set(spec.name, nat);
    outsides.set(spec.name, connectNat(nat, spec.outside, makeInside(nat, spec, segments), segments));
  }
  const renumber = (name: string, address: string, network: string): void => {
    const nat = valid(nats.get(name), name);
    const before = valid(outsides.get(name), name);
    const inside = valid(segments.get(name)?.gateway, name);
    const { segment, link } = before;
    segment.detach(before);
    nat.reboot();
    outsides.set(name, connectNat(nat, { segment: segment.name, address, network, link }, inside, segments));
  };
  const hosts = new Map<string, Host>();
  for (const spec of scenario.hosts) {
    const host = makeHost(spec, context);
    hosts.set(spec.name, host);
    host.setLegs(makeLegs(host, spec.uplinks, segments));
    configurePeers(host, spec.peers);
  }
  return { segments, nats, hosts, outsides, renumber };
}

/** A key that is the same in every run: it depends on the name alone. */
export const keyOf = remembered((name: string): PublicKey => {
  const key = keyFromBytes(new Random(0, `key of ${name}`).bytes(32));
  if (key === undefined) throw new Error('bug: 32 bytes are a key');
  return key;
});

export function makeLegs(host: Host, uplinks: readonly Uplink[], segments: ReadonlyMap<string, Segment>): Leg[] {
  return uplinks.map((uplink) => {
    const leg = makeLeg(host.name, uplink, segments, (packet) => {
      host.fromLeg(leg, packet);
    });
    return leg;
  });
}

export function configurePeers(host: Host, peers: readonly PeerSpec[]): void {
  for (const peer of peers) {
    const refused = host.device.configure({
      kind: 'set',
      publicKey: keyOf(peer.host),
      allowedIps: peer.allowedIps.map((text) => valid(parsePrefix(text), text)),
      ...(peer.endpoint === undefined ? {} : { endpoint: valid(parseEndpoint(peer.endpoint), peer.endpoint) }),
      ...(peer.keepalive === undefined ? {} : { keepalive: peer.keepalive }),
    });
    if (refused !== undefined) throw new Error(`${host.name}: ${refused}`);
  }
}

function makeHost(spec: HostSpec, context: Context): Host {
  const tunnel = spec.tunnel.map((text) => {
    const address = valid(parseAddress(text.slice(0, text.indexOf('/'))), text);
    return { address, network: valid(parsePrefix(text), text) };
  });
  const device = {
    publicKey: keyOf(spec.name),
    listenPort: spec.listenPort ?? LISTEN_PORT,
    mtu: spec.mtu ?? TUNNEL_MTU,
    fwmark: spec.fwmark ?? 0,
    implementation: spec.wireguard ?? 'userspace',
  };
  const routes = (spec.routes ?? []).map((text) => valid(parsePrefix(text), text));
  const { name, forward = false, firewall = false } = spec;
  return new Host({ name, device, tunnel, routes, forward, firewall }, context);
}

function makeInside(nat: Nat, spec: NatSpec, segments: ReadonlyMap<string, Segment>): Leg {
  const inside = makeLeg(nat.name, { segment: nat.name, ...spec.inside }, segments, (packet) => {
    nat.fromInside(packet);
  });
  inside.segment.attach(inside);
  inside.segment.gateway = inside;
  return inside;
}

function connectNat(nat: Nat, uplink: Uplink, inside: Leg, segments: ReadonlyMap<string, Segment>): Leg {
  const outside = makeLeg(nat.name, uplink, segments, (packet) => {
    nat.fromOutside(packet);
  });
  outside.segment.attach(outside);
  nat.connect(outside, inside);
  return outside;
}

function makeLeg(
  owner: string,
  uplink: Uplink,
  segments: ReadonlyMap<string, Segment>,
  receive: (packet: Packet) => void,
): Leg {
  return {
    owner,
    address: valid(parseAddress(uplink.address), uplink.address),
    network: valid(parsePrefix(uplink.network), uplink.network),
    segment: valid(segments.get(uplink.segment), uplink.segment),
    link: { ...CABLE, ...uplink.link },
    receive,
  };
}

function valid<Value>(value: Value | undefined, text: string): Value {
  if (value === undefined) throw new Error(`the scenario means nothing by "${text}"`);
  return value;
}
