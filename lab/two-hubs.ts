/** Two spokes that are in two stars at once, on one interface: a network and an address for each hub. */
import type { Host } from './world.js';
import { World } from './world.js';
import type { Member } from './star.js';
import { bringUp, newKeyPair, INTERFACE, type PeerConfig, type TunnelConfig } from './wireguard.js';

const PORT = 51820;

export interface TwoHubs {
  readonly world: World;
  readonly hubs: readonly [Member, Member];
  readonly a: Member;
  readonly b: Member;
}

/** Hub 1 has 10.1.0.0/24 and hub 2 has 10.2.0.0/24; in both, the hub is .1 and the spokes .2 and .3. */
export function twoHubs(): Promise<TwoHubs> {
  return World.build(async (world) => {
    const internet = await world.internet();
    const places = [];
    for (const name of ['hub1', 'hub2', 'a', 'b'])
      places.push({ host: await world.host(name, internet), keys: newKeyPair() });
    const [one, two, first, second] = places;
    if (one === undefined || two === undefined || first === undefined || second === undefined)
      throw new Error('bug: four are four');
    const spokes = [first, second];
    const hubConfig = (net: number, at: typeof one): TunnelConfig => ({
      keys: at.keys,
      address: `10.${net}.0.1/24`,
      listenPort: PORT,
      peers: spokes.map(({ keys }, seat) => ({
        publicKey: keys.publicKey,
        allowedIps: [`10.${net}.0.${seat + 2}/32`],
      })),
    });
    const hubPeer = (net: number, { keys, host }: typeof one): PeerConfig => ({
      publicKey: keys.publicKey,
      allowedIps: [`10.${net}.0.0/24`],
      endpoint: `${host.leg.address}:${PORT}`,
      keepalive: 25,
    });
    const hubs = [await join(one.host, hubConfig(1, one)), await join(two.host, hubConfig(2, two))] as const;
    for (const { machine } of hubs) await machine.sysctl('net.ipv4.ip_forward=1');
    const peers = [hubPeer(1, one), hubPeer(2, two)];
    const spoke = async ({ host, keys }: typeof one, seat: number): Promise<Member> => {
      const member = await join(host, { keys, address: `10.1.0.${seat}/24`, peers });
      await host.machine.ip(`addr add 10.2.0.${seat}/24 dev ${INTERFACE}`);
      return member;
    };
    return { hubs, a: await spoke(first, 2), b: await spoke(second, 3) };
  });
}

async function join({ machine }: Host, config: TunnelConfig): Promise<Member> {
  await bringUp(machine, config);
  const address = config.address.replace(/\/.*/, '');
  return { name: machine.name, machine, key: config.keys.publicKey, address, config };
}
