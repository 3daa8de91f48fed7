/**
 * A router that translates addresses, described in the words of RFC 4787 and made of nftables. Behind it lies a LAN,
 * which is a network itself: a NAT in the LAN of another one makes a carrier's NAT of the outer one. IPv6 it does not
 * translate: where its own leg has that, the LAN has public addresses, and only answers come in.
 */
import type { Machine } from './machine.js';
import { wire, type Leg, type Network, type PlugOptions } from './network.js';

export interface NatBehaviour {
  /**
   * What a host's port is mapped to. `endpoint-independent`: the same port, whatever the destination (and preserved,
   * while nobody else has it). `address-and-port-dependent`: a random one for every destination, "symmetric".
   */
  readonly mapping: 'endpoint-independent' | 'address-and-port-dependent';
  /**
   * Who may send to a mapped port. `address-and-port-dependent`: only whom the host has sent to. `address-dependent`: any
   * port of an address it has sent to. Else anybody, which with a mapping that is kept is a "full cone". What nobody has
   * asked for by its very port goes to the first host of the LAN, at the port it came to: so a mapping has to be kept.
   */
  readonly filtering: 'endpoint-independent' | 'address-dependent' | 'address-and-port-dependent';
  /**
   * What becomes of a packet from outside that fits nothing, `dropped` when absent. `remembered`: the router takes it for
   * itself, as one without a drop rule does, and conntrack keeps it for a flow.
   */
  readonly unsolicited?: 'dropped' | 'remembered';
  /** The only addresses outside that UDP may go to; all when absent, none when empty. */
  readonly udpOnlyTo?: readonly string[];
  /** Whether hosts of the LAN reach its first host at the NAT's outer address. */
  readonly hairpin?: boolean;
}

/** What most homes have. */
export const PORT_RESTRICTED: NatBehaviour = {
  mapping: 'endpoint-independent',
  filtering: 'address-and-port-dependent',
};
export const SYMMETRIC: NatBehaviour = {
  mapping: 'address-and-port-dependent',
  filtering: 'address-and-port-dependent',
};
export const FULL_CONE: NatBehaviour = { mapping: 'endpoint-independent', filtering: 'endpoint-independent' };

/** Each NAT's LAN has a number of its own, so that no two hosts of a world have the same address by accident. */
let lans = 0;

export class Nat implements Network {
  readonly machine: Machine;
  /** Its leg in the network outside. */
  readonly wan: Leg;
  /** Where `wan` leads. */
  readonly #outside: Network;
  readonly #lan: number;
  #hosts = 0;

  private constructor(machine: Machine, outside: Network, wan: Leg, lan: number) {
    this.machine = machine;
    this.wan = wan;
    this.#outside = outside;
    this.#lan = lan;
  }

  static async create(machine: Machine, outside: Network, behaviour: NatBehaviour, options: PlugOptions): Promise<Nat> {
    const wan = await outside.plug(machine, 'wan', options);
    lans = (lans % 250) + 1;
    const nat = new Nat(machine, outside, wan, lans);
    await machine.sysctl('net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
    await machine.ip('link add lan type bridge', `addr add ${nat.gateway}/24 dev lan`, 'link set lan up');
    await machine.nft(natRules(behaviour, wan.address, nat.hostAddress(0)) + ANSWERS_ONLY);
    if (wan.address6 !== '') {
      await machine.ip(`addr add ${nat.network6}::1/64 dev lan nodad`);
      await outside.lead(`${nat.network6}::/64`, wan);
    }
    return nat;
  }

  /** The NAT's own address in its LAN. */
  get gateway(): string {
    return `192.168.${this.#lan}.1`;
  }

  /** The network behind the NAT, `192.168.7.0/24`. */
  get prefix(): string {
    return `192.168.${this.#lan}.0/24`;
  }

  async plug(machine: Machine, interfaceName: string, options: PlugOptions = {}): Promise<Leg> {
    const port = `port${this.#hosts}`;
    const at = this.#hosts++;
    const ipv4 = { address: `${this.hostAddress(at)}/24`, gateway: this.gateway };
    const ipv6 = { address: `${this.network6}::${10 + at}/64`, gateway: `${this.network6}::1` };
    const leg = await wire({ switchboard: this.machine, port, machine, interfaceName, ipv4, ipv6 }, options);
    await this.machine.ip(`link set ${port} master lan up`);
    return leg;
  }

  async lead(prefix: string, to: Leg): Promise<void> {
    await this.machine.ip(`route add ${prefix} via ${to.address6}`);
    await this.#outside.lead(prefix, this.wan);
  }

  /** Forgets all mappings, as a reboot of the router does. */
  async forget(): Promise<void> {
    await this.machine.run('conntrack', ['-F']);
  }

  private hostAddress(at: number): string {
    return `192.168.${this.#lan}.${10 + at}`;
  }

  /** The first four groups of its LAN, `2001:db8:1:7`. */
  private get network6(): string {
    return `2001:db8:1:${this.#lan}`;
  }
}

/** What homes do about IPv6: hosts reach everybody, and are reached by whom they have sent to. */
const ANSWERS_ONLY = `table ip6 lab {
  chain passing {
    type filter hook forward priority filter
    ct state established,related accept
    iifname "wan" drop
  }
}
`;

/**
 * What is not an answer is dropped on the outer leg, in `input` as well as in `forward` and unless it is to be remembered:
 * a peer's early packet that the router itself takes leaves a conntrack entry, and the host's later packet gets another
 * port.
 */
function natRules(behaviour: NatBehaviour, outer: string, firstHost: string): string {
  const masquerade = behaviour.mapping === 'endpoint-independent' ? 'masquerade' : 'masquerade fully-random';
  const open = behaviour.filtering !== 'address-and-port-dependent';
  const senders = behaviour.filtering === 'address-dependent' ? 'ip saddr @spoken' : '';
  const udpTargets = behaviour.udpOnlyTo?.map((address) => `ip daddr != ${address}`).join(' ');
  return `table ip lab {
  set spoken { type ipv4_addr; flags dynamic, timeout; timeout 30s; }
  chain translated_in {
    type nat hook prerouting priority dstnat
    ${open ? `iifname "wan" meta l4proto udp ${senders} dnat to ${firstHost}` : ''}
    ${behaviour.hairpin === true ? `iifname "lan" ip daddr ${outer} meta l4proto udp dnat to ${firstHost}` : ''}
  }
  chain translated_out {
    type nat hook postrouting priority srcnat
    oifname "wan" ${masquerade}
    ${behaviour.hairpin === true ? `oifname "lan" ct status dnat ${masquerade}` : ''}
  }
  chain arriving {
    type filter hook input priority filter
    iifname "wan" ct state established,related accept
    ${behaviour.unsolicited === 'remembered' ? '' : 'iifname "wan" drop'}
  }
  chain passing {
    type filter hook forward priority filter
    oifname "wan" meta l4proto udp update @spoken { ip daddr }
    ${udpTargets === undefined ? '' : `oifname "wan" meta l4proto udp ${udpTargets} drop`}
    iifname "wan" ct state established,related accept
    ${open ? 'iifname "wan" ct status dnat accept' : ''}
    iifname "wan" drop
  }
}
`;
}
