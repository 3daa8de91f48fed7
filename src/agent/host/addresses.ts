/** What `ip -j -d address` prints, as a snapshot of the machine. Parsing only; which address is any use is the engine's. */
import * as v from 'valibot';
import type { HostAddress, HostSnapshot, TunnelAddress } from '../../core/device.js';
import { parseAddress } from '../../core/values/address.js';
import { prefixOf } from '../../core/values/prefix.js';

const AddressInfo = v.object({
  local: v.optional(v.string()),
  /** The far end, on an interface that has one: the network is around it then. */
  address: v.optional(v.string()),
  prefixlen: v.optional(v.number()),
  tentative: v.optional(v.boolean()),
  dadfailed: v.optional(v.boolean()),
  deprecated: v.optional(v.boolean()),
});

const Link = v.object({
  ifname: v.string(),
  flags: v.array(v.string()),
  mtu: v.number(),
  linkinfo: v.optional(v.object({ info_kind: v.optional(v.string()) })),
  addr_info: v.optional(v.array(AddressInfo), []),
});

const Links = v.array(Link);

/** `undefined` when the interface is not among the links. Throws on what is not `ip`'s JSON. */
export function parseAddresses(json: string, interfaceName: string): HostSnapshot | undefined {
  const links = v.parse(Links, JSON.parse(json));
  const tunnel = links.find((link) => link.ifname === interfaceName);
  return (
    tunnel && {
      addresses: links.filter((link) => link !== tunnel && carries(link)).flatMap(hostAddresses),
      tunnel: tunnel.addr_info.filter(isOurs).flatMap((info) => tunnelAddress(info) ?? []),
      mtu: tunnel.mtu,
    }
  );
}

/** The kernel's index of the one link `ip -j link show dev IF` tells of. Throws on what is not `ip`'s JSON. */
export function parseLinkIndex(json: string): number {
  const [link] = v.parse(v.tuple([v.object({ ifindex: v.number() })]), JSON.parse(json));
  return link.ifindex;
}

/** Up, and with a cable in it: an address on anything else reaches nobody. */
const carries = (link: v.InferOutput<typeof Link>): boolean =>
  link.flags.includes('UP') && link.flags.includes('LOWER_UP');

/** Not while duplicate address detection (RFC 4862, 5.4) runs or after it failed: the address may be another's. */
const isOurs = (info: v.InferOutput<typeof AddressInfo>): boolean => info.tentative !== true && info.dadfailed !== true;

function hostAddresses(link: v.InferOutput<typeof Link>): readonly HostAddress[] {
  const kind = link.linkinfo?.info_kind ?? '';
  // A deprecated address still receives, but is on its way out (RFC 4862, 5.5.4): nothing new should begin on it.
  return link.addr_info
    .filter((info) => isOurs(info) && info.deprecated !== true)
    .flatMap((info) => tunnelAddress(info) ?? [])
    .map(({ address, network }) => ({ interface: link.ifname, kind, address, network }));
}

function tunnelAddress(info: v.InferOutput<typeof AddressInfo>): TunnelAddress | undefined {
  const address = parseAddress(info.local ?? '');
  const network = address && prefixOf(parseAddress(info.address ?? '') ?? address, info.prefixlen ?? -1);
  return address && network && { address, network };
}
