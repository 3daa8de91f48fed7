/**
 * Whether two ends can have a direct path at all, whatever software runs on them: the judgement that the grid's runs are
 * held against. It knows RFC 4787 and WireGuard, and nothing of the simulator but the types that describe a cell.
 *
 * What is given. Each end has one UDP socket, known to the other by the addresses of its own machine and by the endpoint
 * at which the hub sees it. No port mapping protocol, and no guessing of ports: where a NAT gives a new destination a new
 * port, the other end cannot know it before a packet with it has arrived, not even where ports are handed out in turn or
 * preserved (the flow to the hub was there first and has the port; RFC 4787, REQ-3, forbids to give it twice). Messages
 * pass through the hub, so both ends may send to all they know, as often as they like and in any order. WireGuard
 * answers to where the last authentic packet came from, so one packet that gets through may be enough: it is when a
 * conversation goes on in which each packet is sent to where the one before it came from, and each end soon comes from
 * one port. Where the ports move on with each exchange (two NATs that map per destination port and do not filter by
 * port), packets pass for a while: each exchange costs both NATs another port, until they have none left for anybody.
 *
 * Time is left out. Mappings are taken to last: 30 s are enough where inbound packets refresh them, as something passes
 * every 25 s one way or the other. Where they do not, it takes more: WireGuard puts its keepalive off when it receives, so
 * an end that is sent to may be silent itself until it has something to say (RFC 4787 asks for two minutes, REQ-5, and
 * for refresh by outbound packets, REQ-6). Only the order of the first packets matters, and only in front of a router that
 * remembers packets nobody asked for: such a packet then stands for a flow of the router's own, and a host's later flow
 * between the same two endpoints gets another port.
 */
import type { Cell, End } from '../cell.js';
import { Box, Host, HUB, nameOf, Net, type Drop, type Family, type Pending, type Spot } from './streets.js';

export type Verdict =
  { readonly possible: true; readonly provided: Proviso } | { readonly possible: false; readonly why: Why };

/** Who must send first, where a router remembers. `together`: the first packets of both must cross on their way. */
export type Proviso = 'nothing' | 'one first' | 'other first' | 'together';

export type Why =
  /** The end does not reach the hub: there is no star. */
  | 'no tunnel'
  /** UDP passes to the hub alone. */
  | 'blocked'
  /** One has IPv4 only, the other IPv6 only. */
  | 'no common family'
  /** The NAT that both are behind does not turn packets round, and they are in different networks behind it. */
  | 'no hairpin'
  /** A NAT maps each destination anew, and the other side lets in only ports that were sent to. */
  | 'unknown port'
  /** Packets pass, but each exchange takes another port of both NATs. */
  | 'moving ports';

type Order = Exclude<Proviso, 'nothing'>;

export function judge(cell: Cell): Verdict {
  const ways = (['one first', 'other first', 'together'] as const).map((order) => ({ order, ...tryIn(cell, order) }));
  const working = ways.filter(({ talk }) => talk === 'settled').map(({ order }) => order);
  if (working.includes('one first') && working.includes('other first')) return { possible: true, provided: 'nothing' };
  const [provided] = working;
  if (provided !== undefined) return { possible: true, provided };
  if (ways.some(({ talk }) => talk === 'moving')) return { possible: false, why: 'moving ports' };
  return { possible: false, why: reasonOf(cell, new Set(ways.flatMap(({ drops }) => [...drops]))) };
}

/** The reason that would have to go away first. */
function reasonOf({ one, other }: Cell, drops: ReadonlySet<Drop>): Why {
  if (drops.has('UDP is blocked')) return 'no tunnel';
  const families = new Set([one.families, other.families]);
  if (families.has('ipv4') && families.has('ipv6')) return 'no common family';
  if (drops.has('UDP for the hub only')) return 'blocked';
  return drops.has('no hairpin') ? 'no hairpin' : 'unknown port';
}

/** What becomes of a conversation: it ends, goes on between the same two ports, or from other ports each time. */
type Talk = 'ended' | 'settled' | 'moving';

/** Both send to all they know for some rounds; then some conversation must go on and on. */
function tryIn(cell: Cell, order: Order): { readonly talk: Talk; readonly drops: ReadonlySet<Drop> } {
  const drops = new Set<Drop>();
  const [one, other] = build(cell, drops);
  const [first, second] = order === 'other first' ? [other, one] : [one, other];
  const candidates = new Map([
    [one, candidatesOf(other)],
    [other, candidatesOf(one)],
  ]);
  const sendAll = (from: Host): Pending[] =>
    [...(candidates.get(from) ?? []), ...from.heard].flatMap((to) => from.send(to) ?? []);
  for (let round = 0; round < ROUNDS; round++) {
    const departed = sendAll(first);
    if (order !== 'together') arriveAll(departed.splice(0));
    departed.push(...sendAll(second));
    arriveAll(departed);
  }
  const talks = [one, other].flatMap((from) =>
    (candidates.get(from) ?? []).map((to) => converse(from, from === one ? other : one, to)),
  );
  const talk = (['settled', 'moving'] as const).find((each) => talks.includes(each)) ?? 'ended';
  return { talk, drops };
}

function arriveAll(departed: readonly Pending[]): void {
  for (const pending of departed) pending.arrive();
}

/** Enough for what one round reveals to be used in the next, and for that to show in a third. */
const ROUNDS = 3;
/** A conversation of this length meets every state of the NATs that a longer one would. */
const TURNS = 8;

/** Settled when at its end both come from where they came from the time before. */
function converse(from: Host, to: Host, target: Spot, sources: readonly Spot[] = []): Talk {
  if (sources.length === TURNS) {
    const [here, there, hereLast, thereLast] = sources.slice(-4).map(nameOf);
    return here === hereLast && there === thereLast ? 'settled' : 'moving';
  }
  const before = to.arrivals.length;
  from.send(target)?.arrive();
  const source = to.arrivals.at(before);
  return source === undefined ? 'ended' : converse(to, from, source, [...sources, source]);
}

/** An end's own addresses, and where the hub sees it; none when the hub does not. */
function candidatesOf(host: Host): Spot[] {
  const seen = host.send(HUB[host.homeFamily])?.packet.from;
  return seen === undefined ? [] : [...host.own, seen];
}

function build({ one, other, shared }: Cell, drops: Set<Drop>): readonly [Host, Host] {
  const drop = (why: Drop): void => {
    drops.add(why);
  };
  const internet = new Net(undefined, drop);
  for (const { address } of Object.values(HUB)) internet.members.set(address, () => undefined);
  const common = one.behind.slice(one.behind.length - shared).toReversed();
  const street = common.reduce((net, kind, at) => new Box(`shared ${at}`, kind, net, drop).inside, internet);
  const home = (name: string, end: End): Host => {
    const boxes = end.behind.slice(0, end.behind.length - shared).toReversed();
    const lan = boxes.reduce((net, kind, at) => new Box(`${name}'s ${at}`, kind, net, drop).inside, street);
    const nets = new Map<Family, Net>();
    if (end.families !== 'ipv6') nets.set(4, lan);
    if (end.families !== 'ipv4') nets.set(6, internet);
    return new Host(name, end, nets);
  };
  return [home('one', one), home('other', other)];
}
