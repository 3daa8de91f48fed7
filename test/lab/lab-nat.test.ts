/** The laboratory's NATs and firewalls: ones that behave otherwise than their names say would prove nothing about wirelink. */
import { describe, expect, it } from 'vitest';
import { FULL_CONE, PORT_RESTRICTED, SYMMETRIC, type NatBehaviour } from '../../lab/nat.js';
import { ping } from '../../lab/observe.js';
import { UdpSocket, type Datagram } from '../../lab/udp.js';
import { waitFor } from '../../lab/wait.js';
import { World, type Host } from '../../lab/world.js';
import { enter } from './enter.js';

describe('a NAT', () => {
  it('of the port-restricted kind keeps one port for all destinations, and lets in answers only', async () => {
    const { nat, socket, one, two } = await street(PORT_RESTRICTED);
    await socket.send(one.address, 5000, 'to one');
    const seenByOne = await arrived(one.socket, 'to one');
    await two.socket.send(nat.wan.address, seenByOne.port, 'not asked for');
    await one.socket.send(seenByOne.from, seenByOne.port, 'answer');
    expect(await textsUntil(socket, 'answer')).toEqual(['answer']);
    await socket.send(two.address, 5000, 'to two');
    const seenByTwo = await arrived(two.socket, 'to two');
    expect([seenByOne, seenByTwo].map(({ from, port }) => ({ from, port }))).toEqual([
      { from: nat.wan.address, port: 40_000 },
      { from: nat.wan.address, port: 40_000 },
    ]);
  });

  it('of the port-restricted kind filters by port as well as by address', async () => {
    const { nat, socket, one } = await street(PORT_RESTRICTED);
    await socket.send(one.address, 5001, 'to another port of one');
    await one.socket.send(nat.wan.address, 40_000, 'from port 5000');
    await socket.send(one.address, 5000, 'to one');
    await arrived(one.socket, 'to one');
    await one.socket.send(nat.wan.address, 40_000, 'answer');
    expect(await textsUntil(socket, 'answer')).toEqual(['answer']);
  });

  it('that filters by address lets in every port of an address that was sent to, and no other address', async () => {
    const { nat, socket, one, two } = await street({ ...PORT_RESTRICTED, filtering: 'address-dependent' });
    await socket.send(one.address, 5001, 'to another port of one');
    await two.socket.send(nat.wan.address, 40_000, 'not asked for');
    await one.socket.send(nat.wan.address, 40_000, 'from port 5000');
    expect(await textsUntil(socket, 'from port 5000')).toEqual(['from port 5000']);
  });

  it('that remembers what nobody asked for keeps that flow for itself, and gives the host another port', async () => {
    const { nat, socket, one, two } = await street({ ...PORT_RESTRICTED, unsolicited: 'remembered' });
    await socket.send(two.address, 5000, 'to two');
    expect((await arrived(two.socket, 'to two')).port).toBe(40_000);
    await one.socket.send(nat.wan.address, 40_000, 'early');
    await socket.send(one.address, 5000, 'to one');
    const seenByOne = await arrived(one.socket, 'to one');
    expect(seenByOne.port).not.toBe(40_000);
    await one.socket.send(nat.wan.address, 40_000, 'again');
    await one.socket.send(nat.wan.address, seenByOne.port, 'answer');
    expect(await textsUntil(socket, 'answer')).toEqual(['answer']);
  });

  it('of the symmetric kind takes another port for each destination', async () => {
    const { nat, socket, one, two } = await street(SYMMETRIC);
    await socket.send(one.address, 5000, 'to one');
    await socket.send(two.address, 5000, 'to two');
    const seenByOne = await arrived(one.socket, 'to one');
    const seenByTwo = await arrived(two.socket, 'to two');
    expect(seenByOne.port).not.toBe(seenByTwo.port);
    await one.socket.send(nat.wan.address, seenByTwo.port, 'to the port that two saw');
    await one.socket.send(nat.wan.address, seenByOne.port, 'answer');
    expect(await textsUntil(socket, 'answer')).toEqual(['answer']);
  });

  it('of the full-cone kind lets anybody in at a mapped port', async () => {
    const { nat, socket, one, two } = await street(FULL_CONE);
    await socket.send(one.address, 5000, 'to one');
    const { port } = await arrived(one.socket, 'to one');
    await two.socket.send(nat.wan.address, port, 'not asked for');
    expect(await arrived(socket, 'not asked for')).toMatchObject({ from: two.address });
  });

  it('with hairpinning lets neighbours meet at its outer address, and none does without', async () => {
    const { nat, socket, neighbour } = await street({ ...FULL_CONE, hairpin: true });
    await neighbour.socket.send(nat.wan.address, 40_000, 'round the corner');
    expect(await arrived(socket, 'round the corner')).toMatchObject({ from: nat.gateway });

    const without = await street(PORT_RESTRICTED);
    await without.socket.send(without.one.address, 5000, 'to one');
    await arrived(without.one.socket, 'to one');
    await without.neighbour.socket.send(without.nat.wan.address, 40_000, 'round the corner');
    await without.one.socket.send(without.nat.wan.address, 40_000, 'answer');
    expect(await textsUntil(without.socket, 'answer')).toEqual(['answer']);
  });

  it('that blocks UDP lets it go only where it is told to', async () => {
    const { nat, inside, socket, one, two } = await street({ ...PORT_RESTRICTED, udpOnlyTo: [] });
    expect(await ping(inside.machine, one.address)).toBeDefined();
    await socket.send(one.address, 5000, 'blocked');
    await nat.machine.nft('flush chain ip lab passing');
    await socket.send(one.address, 5000, 'passes');
    expect(await textsUntil(one.socket, 'passes')).toEqual(['passes']);

    const partly = await street({ ...PORT_RESTRICTED, udpOnlyTo: [two.address] });
    await partly.socket.send(partly.one.address, 5000, 'blocked');
    await partly.socket.send(partly.two.address, 5000, 'passes');
    await arrived(partly.two.socket, 'passes');
    expect(partly.one.socket.received).toEqual([]);
  });

  it('forgets its mappings when told so', async () => {
    const { nat, socket, one } = await street(SYMMETRIC);
    await socket.send(one.address, 5000, 'before');
    const before = await arrived(one.socket, 'before');
    await nat.forget();
    await socket.send(one.address, 5000, 'after');
    expect((await arrived(one.socket, 'after')).port).not.toBe(before.port);
  });

  it('behind a carrier’s NAT is seen from outside at the carrier’s address', async () => {
    const { carrier, one, socket } = await enter(
      World.build(async (building) => {
        const internet = await building.internet();
        const outer = await building.nat('carrier', internet, PORT_RESTRICTED);
        const home = await building.nat('home', outer, PORT_RESTRICTED);
        const inside = await building.host('inside', home);
        const outside = await station(await building.host('one', internet));
        return { carrier: outer, one: outside, socket: await UdpSocket.open(inside.machine) };
      }),
    );
    await socket.send(one.address, 5000, 'from afar');
    expect(await arrived(one.socket, 'from afar')).toMatchObject({ from: carrier.wan.address });
  });
});

describe('a host’s own firewall', () => {
  it('lets in answers only', async () => {
    const { one, two } = await enter(
      World.build(async (building) => {
        const internet = await building.internet();
        const guarded = await station(await building.host('one', internet, { firewall: true }));
        return { one: guarded, two: await station(await building.host('two', internet)) };
      }),
    );
    await two.socket.send(one.address, 5000, 'not asked for');
    await one.socket.send(two.address, 5000, 'question');
    await arrived(two.socket, 'question');
    await two.socket.send(one.address, 5000, 'answer');
    expect(await textsUntil(one.socket, 'answer')).toEqual(['answer']);
  });
});

/** A host behind the NAT, and two hosts on the internet that note who sends to them. */
async function street(behaviour: NatBehaviour) {
  return enter(
    World.build(async (building) => {
      const internet = await building.internet();
      const nat = await building.nat('nat', internet, behaviour);
      const inside = await building.host('inside', nat);
      const neighbour = await building.host('neighbour', nat);
      const one = await building.host('one', internet);
      const two = await building.host('two', internet);
      const socket = await UdpSocket.open(inside.machine, 40_000);
      return {
        nat,
        inside,
        socket,
        neighbour: await station(neighbour),
        one: await station(one),
        two: await station(two),
      };
    }),
  );
}

interface Station {
  readonly address: string;
  readonly socket: UdpSocket;
}

const station = async (host: Host): Promise<Station> => ({
  address: host.leg.address,
  socket: await UdpSocket.open(host.machine, 5000),
});

const arrived = (socket: UdpSocket, text: string): Promise<Datagram> =>
  waitFor(
    `"${text}" arrives`,
    () => socket.received.find((datagram) => datagram.text === text),
    (datagram) => datagram !== undefined,
    { timeoutMs: 2000, everyMs: 5 },
  );

/** Everything that has come when the datagram with that text has: what was sent before it and is not among them is lost. */
async function textsUntil(socket: UdpSocket, marker: string): Promise<string[]> {
  await arrived(socket, marker);
  return socket.received.map((datagram) => datagram.text);
}
