/**
 * Which pairs have to be direct when nothing disturbs them. A conservative rule, reasoned from RFC 4787 alone: where it
 * says nothing a direct path may exist all the same.
 */
import type { HostSpec } from '../scenario.js';
import type { Place } from '../places.js';
import type { World } from '../world.js';

export function mustBeDirect(world: World, hub: string, one: string, other: string): boolean {
  const agents = [hub, one, other].every((name) => world.agent(name).running);
  const asked = [one, other].some((name) => specOf(world, name)?.connect !== 'manual');
  const ends = [end(world, hub, one), end(world, hub, other)] as const;
  return agents && asked && ends.every(reachesHub) && canMeet(...ends);
}

interface End {
  readonly places: readonly Place[];
  /** Only what the hub sees is known of the outside of a NAT, and it sees one family. */
  readonly seenIn: 4 | 6;
  readonly firewall: boolean;
}

function end(world: World, hub: string, name: string): End {
  const spec = specOf(world, name);
  const endpoint = spec?.peers.find(({ host }) => host === hub)?.endpoint;
  return {
    places: world.placesOf(name),
    seenIn: endpoint?.startsWith('[') === true ? 6 : 4,
    firewall: spec?.firewall ?? false,
  };
}

function canMeet(one: End, other: End): boolean {
  return one.places.some((here) =>
    other.places.some((there) => {
      if (here.family !== there.family) return false;
      if (here.segment === there.segment) return true;
      if (!here.online || !there.online) return false;
      if (!isSeen(one, here) || !isSeen(other, there)) return false;
      if (here.nats.some(({ name }) => there.nats.some((nat) => nat.name === name))) return false;
      if (isPredictable(here) && isPredictable(there)) return true;
      return isOpen(one, here) ? passesUdp(there) : isOpen(other, there) && passesUdp(here);
    }),
  );
}

const reachesHub = ({ places, seenIn }: End): boolean =>
  places.some((place) => place.online && place.family === seenIn && passesUdp(place));

/** Whether the other end learns the outermost address: without a NAT it is the machine's own. */
const isSeen = ({ seenIn }: End, { nats, family }: Place): boolean => nats.length === 0 || seenIn === family;

const isOpen = ({ firewall }: End, { nats }: Place): boolean => nats.length === 0 && !firewall;

const passesUdp = ({ nats }: Place): boolean => nats.every(({ behaviour }) => behaviour.udp === 'passed');

/** The hub sees the very endpoint that everybody else would, and no early packet changes that. */
const isPredictable = ({ nats }: Place): boolean =>
  nats.every(
    ({ behaviour: { mapping, unsolicited, udp } }) =>
      mapping === 'endpoint-independent' && unsolicited === 'dropped' && udp === 'passed',
  );

const specOf = (world: World, name: string): HostSpec | undefined =>
  world.scenario.hosts.find((host) => host.name === name);
