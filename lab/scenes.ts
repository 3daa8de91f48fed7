/** The worlds that tests, demo and benchmark have in common, each ready to run: plain WireGuard, every pair relayed. */
import type { CableOptions } from './cable.js';
import type { Internet } from './internet.js';
import { PORT_RESTRICTED, type Nat, type NatBehaviour } from './nat.js';
import type { PlugOptions } from './network.js';
import { buildStar, type Member, type SpokePlace, type StarOptions } from './star.js';
import { World, type Host, type HostOptions } from './world.js';

export interface Home {
  /** WireGuard's; one of its own choice when absent. */
  readonly listenPort?: number;
  readonly nat?: NatBehaviour;
  /** Between the home and the internet. */
  readonly cable?: CableOptions;
  /** What the home's line and its spoke have; IPv4 alone when absent. */
  readonly families?: 'ipv4' | 'both';
  /** A firewall on the spoke itself that lets in only answers. */
  readonly firewall?: boolean;
  /** Whether the whole star routes the home's LAN to the spoke in it. */
  readonly sharesLan?: boolean;
}

export interface SceneOptions extends StarOptions {
  /** The hub's line to the internet. */
  readonly hub?: PlugOptions;
}

export interface TwoHomes {
  readonly world: World;
  readonly internet: Internet;
  readonly hub: Member;
  readonly a: Member;
  readonly b: Member;
  readonly homeA: Nat;
  readonly homeB: Nat;
}

/** A hub with a public address, and two spokes, each behind a NAT of its own. */
export function twoHomes(a: Home = {}, b: Home = {}, options: SceneOptions = {}): Promise<TwoHomes> {
  return World.build(async (world) => {
    const internet = await world.internet();
    const hub = await world.host('hub', internet, options.hub ?? {});
    const homeA = await world.nat('home-a', internet, a.nat ?? PORT_RESTRICTED, plug(a));
    const homeB = await world.nat('home-b', internet, b.nat ?? PORT_RESTRICTED, plug(b));
    const hostA = await world.host('a', homeA, inside(a));
    const hostB = await world.host('b', homeB, inside(b));
    const star = await buildStar(hub, [place(a, hostA, homeA), place(b, hostB, homeB)], options);
    return { internet, homeA, homeB, hub: star.hub, ...pair(star.spokes) };
  });
}

export interface OneHome {
  readonly world: World;
  readonly internet: Internet;
  readonly hub: Member;
  readonly a: Member;
  readonly b: Member;
  readonly home: Nat;
}

/** A hub with a public address, and two spokes in one LAN. */
export function oneHome(home: Home = {}, options: StarOptions = {}): Promise<OneHome> {
  return World.build(async (world) => {
    const internet = await world.internet();
    const hub = await world.host('hub', internet);
    const nat = await world.nat('home', internet, home.nat ?? PORT_RESTRICTED, plug(home));
    const hostA = await world.host('a', nat);
    const hostB = await world.host('b', nat);
    const star = await buildStar(hub, [{ host: hostA }, { host: hostB }], options);
    return { internet, home: nat, hub: star.hub, ...pair(star.spokes) };
  });
}

const plug = ({ cable, families = 'ipv4' }: Home): PlugOptions => ({
  families,
  ...(cable === undefined ? {} : { cable }),
});

const inside = ({ firewall = false, families = 'ipv4' }: Home): HostOptions => ({ firewall, families });

const place = (home: Home, host: Host, nat: Nat): SpokePlace => ({
  host,
  ...(home.listenPort === undefined ? {} : { listenPort: home.listenPort }),
  ...(home.sharesLan === true ? { lan: nat.prefix } : {}),
});

function pair([a, b]: readonly Member[]): { a: Member; b: Member } {
  if (a === undefined || b === undefined) throw new Error('bug: a star of two spokes has two');
  return { a, b };
}
