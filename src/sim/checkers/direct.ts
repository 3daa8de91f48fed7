/**
 * Which pairs have to be direct when nothing disturbs them: those of which the oracle of the grid says that they can be.
 * Where a world has what a cell of the grid has not, this asks for less rather than for more.
 */
import type { Cell, End as CellEnd, NatKind } from '../grid/cell.js';
import { judge } from '../grid/oracle/judge.js';
import type { NatBehaviour } from '../network/nat.js';
import type { HostSpec } from '../scenario.js';
import type { Place } from '../places.js';
import type { World } from '../world.js';

export function mustBeDirect(world: World, hub: string, one: string, other: string): boolean {
  const agents = [hub, one, other].every((name) => world.agent(name).running);
  const asked = [one, other].some((name) => specOf(world, name)?.connect !== 'manual');
  const ends = [endOf(world, hub, one), endOf(world, hub, other)] as const;
  if (!agents || !asked || !ends.every(reachesHub)) return false;
  if (ends.some(isNarrow)) return false;
  if (shareNetwork(...ends)) return true;
  const verdict = judge(cellOf(...ends));
  // Where first packets have to come in one order, the two ends take turns, and a turn comes with each attempt: that is
  // the grid's to watch, for the pauses between attempts grow beyond the time that a world has.
  return verdict.possible && verdict.provided === 'nothing';
}

interface End {
  readonly places: readonly Place[];
  /** Only what the hub sees is known of the outside of a NAT, and it sees one family. */
  readonly home: 4 | 6;
  readonly firewall: boolean;
  /** Of its WireGuard interface. */
  readonly mtu: number;
}

function endOf(world: World, hub: string, name: string): End {
  const spec = specOf(world, name);
  const endpoint = spec?.peers.find(({ host }) => host === hub)?.endpoint;
  const home = endpoint?.startsWith('[') === true ? 6 : 4;
  const { mtu } = world.host(name).device.options;
  return { places: world.placesOf(name), home, firewall: spec?.firewall ?? false, mtu };
}

/** WireGuard's headers over IPv6; over IPv4 they are shorter. */
const OVERHEAD = 80;

/** A path that full packets do not fit through is refused, and which of several it is cannot be told here. */
const isNarrow = ({ places, mtu }: End): boolean => places.some((place) => place.online && place.mtu < mtu + OVERHEAD);

const shareNetwork = (one: End, other: End): boolean =>
  one.places.some((here) =>
    other.places.some((there) => here.segment === there.segment && here.family === there.family),
  );

function reachesHub({ places, home }: End): boolean {
  const place = places.find(({ online, family }) => online && family === home);
  return place?.nats.every(({ behaviour }) => behaviour.udp === 'passed') === true;
}

function cellOf(one: End, other: End): Cell {
  const [here, there] = [natsOf(one), natsOf(other)];
  const names = new Set(there.map(({ name }) => name));
  return { one: cellEnd(one), other: cellEnd(other), shared: here.filter(({ name }) => names.has(name)).length };
}

/** The NATs in front of its IPv4 address, where that is the one by which the hub knows it. */
const natsOf = ({ places, home }: End): Place['nats'] =>
  (home === 4 ? places.find(({ online, family }) => online && family === 4)?.nats : undefined) ?? [];

function cellEnd(end: End): CellEnd {
  const six = end.places.some(({ online, family }) => online && family === 6);
  const families = end.home === 6 ? 'ipv6' : six ? 'both' : 'ipv4';
  return { behind: natsOf(end).map(({ behaviour }) => kindOf(behaviour)), firewall: end.firewall, families };
}

function kindOf({ udp, ...behaviour }: NatBehaviour): NatKind {
  return { ...behaviour, udp: typeof udp === 'string' ? udp : 'hub-only' };
}

const specOf = (world: World, name: string): HostSpec | undefined =>
  world.scenario.hosts.find((host) => host.name === name);
