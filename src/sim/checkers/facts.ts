/** What agents hold for true: by whose word, for how long, how much of it, and whether it is what the others say. */
import { MAX_CLAIMS_ABOUT_ITSELF, MAX_CLAIMS_PER_NEIGHBOUR } from '../../core/facts/store.js';
import { MAX_ATTEMPTS_IN_ALL, MAX_CANDIDATES, MAX_CLAIMS_OF_PEER } from '../../core/limits.js';
import { MAX_ALLOWED_IPS } from '../../core/trust/allowed-ips.js';
import type { ClaimView } from '../../core/views.js';
import type { World } from '../world.js';
import { Patience, type Checker } from './watch.js';

/** Views are built anew for each look, which costs; what they show lives for a minute at least. */
const LOOK_EVERY_MS = 5_000;

/** Nothing is believed but from the subject itself or the hub, each as far as its word counts, and nothing once expired. */
export function onlyAcceptedFacts(hub: string): Checker {
  const patience = new Patience(0);
  return {
    name: 'no fact without an accepted source or after its end',
    everyMs: LOOK_EVERY_MS,
    check: (world) => {
      const wrong = agentsOf(world).flatMap((host) =>
        believed(world, host).flatMap((claim) => {
          const told = `${host} believes ${tell(claim, world)}`;
          if (claim.expiresInMs === 0) return [`${told}, which has expired`];
          return isAccepted(claim, world.key(host), world.key(hub)) ? [] : [`${told}, whose source does not count`];
        }),
      );
      return patience.exhausted(world.now, wrong);
    },
  };
}

function isAccepted({ subject, attribute, source, via }: ClaimView, self: string, hub: string): boolean {
  if (source === self) return true;
  if (source === subject) return via === undefined || via === hub;
  if (via !== undefined) return false;
  return source === hub || (subject === self && attribute === 'endpoint');
}

/** Nobody keeps more than the limits say, and in a world of honest agents not more than there is to know. */
export const boundedMemory: Checker = {
  name: 'memory is bounded',
  everyMs: 2 * LOOK_EVERY_MS,
  check: (world) => agentsOf(world).flatMap((host) => excesses(world, host)),
};

function excesses(world: World, host: string): readonly string[] {
  const hosts = world.hostNames.length;
  const peers = world.peers(host);
  const routers = new Set(peers.filter(({ router }) => router).map(({ publicKey }) => publicKey));
  const claims = [...believed(world, host), ...refused(world, host)].filter(({ source }) => source !== world.key(host));
  const counts: (readonly [string, number, number])[] = [
    ['peers', peers.length, hosts],
    ['attempts', peers.filter(({ path }) => path === 'connecting').length, MAX_ATTEMPTS_IN_ALL],
  ];
  for (const peer of peers) {
    counts.push([`candidates of ${world.nameOf(peer.publicKey)}`, peer.candidates.length, MAX_CANDIDATES]);
    // Beside those that are moved, it shows those that its hub grants it; what the user configured is the user's.
    if (!peer.configured)
      counts.push([`allowed IPs of ${world.nameOf(peer.publicKey)}`, peer.allowedIps.length, MAX_ALLOWED_IPS]);
  }
  for (const [via, some] of groups(claims, (claim) => claim.via ?? claim.source)) {
    const most = routers.has(via) ? MAX_CLAIMS_PER_NEIGHBOUR : MAX_CLAIMS_OF_PEER;
    counts.push([`claims by ${world.nameOf(via)}`, some.length, most]);
    for (const [source, own] of groups(some, (claim) => claim.source)) {
      const aboutItself = own.filter(({ subject }) => subject === source).length;
      counts.push([`claims of ${world.nameOf(source)} about itself`, aboutItself, MAX_CLAIMS_ABOUT_ITSELF]);
    }
  }
  return counts.filter(([, count, most]) => count > most).map(([what, count]) => `${host} keeps ${count} ${what}`);
}

/**
 * How what a machine has heard differs from what those who said it say now. To be asked when nothing has changed for
 * some seconds, of machines that reach their hub. Whoever asks about several machines at once gives the same `held`.
 */
export function disagreements(
  world: World,
  host: string,
  hub: string,
  others: readonly string[],
  held = holdings(world),
): readonly string[] {
  return others.flatMap((source) => {
    const subjects = source === hub ? world.hostNames : [source];
    return subjects.flatMap((subject) => {
      if (subject === host || (subject !== source && !isConfiguredOn(world, hub, subject))) return [];
      const said = held(source).believed.get(sayer(world.key(source), world.key(subject))) ?? NOTHING;
      const kept = held(host).heard.get(sayer(world.key(source), world.key(subject))) ?? NOTHING;
      return [
        ...[...said]
          .filter((each) => !kept.has(each))
          .map((each) => `${host} has not heard that ${source} says ${subject} ${each}`),
        ...[...kept]
          .filter((each) => !said.has(each))
          .map((each) => `${host} still holds that ${source} says ${subject} ${each}`),
      ];
    });
  });
}

/** What is said of a subject by a source, as text, for each two of them. */
type Sayings = ReadonlyMap<string, ReadonlySet<string>>;

interface Holdings {
  readonly believed: Sayings;
  /** What is believed, and what is refused. */
  readonly heard: Sayings;
}

const NOTHING: ReadonlySet<string> = new Set();

/** What each machine holds at this moment, looked at once for all that ask. */
export function holdings(world: World): (host: string) => Holdings {
  const known = new Map<string, Holdings>();
  return (host) => {
    const before = known.get(host);
    if (before !== undefined) return before;
    const [own, others] = [believed(world, host), refused(world, host)];
    const found = { believed: sayings(own), heard: sayings([...own, ...others]) };
    known.set(host, found);
    return found;
  };
}

function sayings(claims: readonly ClaimView[]): Sayings {
  const found = new Map<string, Set<string>>();
  for (const { source, subject, attribute, value } of claims) {
    const key = sayer(source, subject);
    const values = found.get(key) ?? new Set();
    found.set(key, values.add(`${attribute} ${value}`));
  }
  return found;
}

const sayer = (source: string, subject: string): string => `${source} ${subject}`;

const isConfiguredOn = (world: World, hub: string, name: string): boolean => world.isConfigured(hub, world.key(name));

const tell = ({ subject, attribute, value, source }: ClaimView, world: World): string =>
  `${world.nameOf(subject)} ${attribute} ${value} by ${world.nameOf(source)}`;

function groups(claims: readonly ClaimView[], by: (claim: ClaimView) => ClaimView['source']) {
  const found = new Map<ClaimView['source'], ClaimView[]>();
  for (const claim of claims) {
    const group = found.get(by(claim)) ?? [];
    group.push(claim);
    found.set(by(claim), group);
  }
  return found;
}

const agentsOf = (world: World): readonly string[] =>
  world.hostNames.filter((host) => world.agent(host).running && !world.host(host).asleep);

const believed = (world: World, host: string): readonly ClaimView[] => claims(world, host, false);
const refused = (world: World, host: string): readonly ClaimView[] => claims(world, host, true);

function claims(world: World, host: string, rejected: boolean): readonly ClaimView[] {
  const agent = world.agent(host);
  return agent.engine?.facts(agent.now, rejected) ?? [];
}
