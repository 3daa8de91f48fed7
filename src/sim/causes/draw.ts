/**
 * Worlds in which a pair cannot be direct, drawn from a number, with the reason: the truth that the agents' own
 * explanations are held against. Of pairs of NATs the grid's oracle knows it; of all else whoever made the world.
 */
import type { PeerPolicy, Trust } from '../../core/policy.js';
import type { PublicKey } from '../../core/values/key.js';
import type { CauseCode } from '../../core/views.js';
import { keyOf } from '../build.js';
import type { Cell } from '../grid/cell.js';
import type { NamedCell } from '../grid/pairs.js';
import { cellScenario, endsOf } from '../grid/scenario.js';
import { Random } from '../random.js';
import type { HostSpec, Scenario, TimedStep, Uplink } from '../scenario.js';
import { withBystanders } from './bystanders.js';
import { CLOSED, common, IMPOSSIBLE, mapsPerDestination, POSSIBLE, symmetric, type Share } from './cells.js';

/** What one end has to say about the other one. */
export interface Answer {
  readonly at: string;
  readonly about: string;
  readonly code: CauseCode;
  /** What its sentence has to name beside that, where only one of the two ends is to blame. */
  readonly names?: 'here' | 'there';
}

export interface CauseWorld {
  readonly name: string;
  readonly seed: number;
  readonly scenario: Scenario;
  /** The longest packet, in bytes, that passes between the two ends directly. */
  readonly narrow: number | undefined;
  readonly answers: readonly Answer[];
  /** From when on the answers have to be those, in ms. */
  readonly fromMs: number;
}

/** Why a pair is not direct, in the words of whoever made the world, and what the agents have to say. */
export const CAUSES = {
  'symmetric NAT': { what: 'a NAT here or there maps per destination', codes: ['mapping-varies'] },
  'UDP blocked': { what: 'UDP of one end leads to the hub only', codes: ['udp-blocked'] },
  'firewall between': { what: 'a firewall between the two, in one direction or both', codes: ['udp-blocked'] },
  'hub does not forward': { what: 'a firewall on the hub, between its peers', codes: ['no-session'] },
  'no hairpinning': { what: 'both behind one carrier’s NAT without hairpinning', codes: ['no-hairpin'] },
  'no common family': { what: 'one has IPv4 only, the other IPv6 only', codes: ['no-common-family'] },
  MTU: { what: 'full packets do not pass between the two', codes: ['mtu'] },
  'clock set back': { what: 'the clock of one went back', codes: ['clock-back', 'offline'] },
  'no agent there': { what: 'no agent at the other end', codes: ['no-agent'] },
  'no agent on the hub': { what: 'no agent on the hub', codes: ['no-agent'] },
  'not trusted': { what: 'one does not trust what it is told of the other', codes: ['not-trusted'] },
  offline: { what: 'one is off, or has no network', codes: ['offline'] },
} as const satisfies Record<string, { readonly what: string; readonly codes: readonly CauseCode[] }>;

export type Reason = keyof typeof CAUSES;
export const REASONS = Object.keys(CAUSES) as readonly Reason[];

/** Three attempts and more have failed by then, as pauses grow: the first of them may have met a world that just began. */
const SETTLED_MS = 45_000;
/** A handshake counts for 180 s, what was passed on for 135 s, and what was said last may have come a minute late. */
const FORGOTTEN_MS = 260_000;
/** Longer than a NAT remembers a flow. */
const CLOSED_MS = 200_000;
/** The ends are `s1` and `s2`; others, who are there by chance, come after them. */
export function drawCauseWorld(reason: Reason, seed: number, nats: Share = 'as met'): CauseWorld {
  const random = new Random(seed, reason);
  const drawn = draw(reason, random, nats);
  const { name, cell } = drawn.cell;
  const placing = random.between(0, 1_000_000);
  const scenario = drawn.change(withBystanders(cellScenario(cell, name, placing), random));
  return {
    name: `${reason}: ${drawn.what ?? name}`,
    seed,
    scenario,
    narrow: drawn.narrow,
    answers: reason === 'symmetric NAT' ? blaming(cell, placing, drawn.answers) : drawn.answers,
    fromMs: drawn.fromMs ?? SETTLED_MS,
  };
}

interface Drawn {
  readonly cell: NamedCell;
  readonly what?: string;
  readonly change: (scenario: Scenario) => Scenario;
  readonly narrow?: number;
  readonly answers: readonly Answer[];
  readonly fromMs?: number;
}

const asItIs = (scenario: Scenario): Scenario => scenario;

function draw(reason: Reason, random: Random, nats: Share): Drawn {
  switch (reason) {
    case 'symmetric NAT':
      return { cell: symmetric(random, nats), change: asItIs, answers: both('mapping-varies') };
    case 'UDP blocked':
      return { cell: common(IMPOSSIBLE.blocked, random, nats), change: asItIs, answers: both('udp-blocked') };
    case 'no hairpinning':
      return { cell: random.pick(IMPOSSIBLE['no hairpin']), change: asItIs, answers: both('no-hairpin') };
    case 'no common family':
      return { cell: random.pick(IMPOSSIBLE['no common family']), change: asItIs, answers: both('no-common-family') };
    case 'firewall between': {
      const cell = common(POSSIBLE, random, nats);
      const [from = '', to = ''] = random.pick([
        ['s1', 's2'],
        ['s2', 's1'],
      ]);
      const oneWay = random.chance(0.3);
      const cut: TimedStep = { ms: 0, do: { kind: 'cut', from, to, oneWay } };
      return { cell, change: adding([cut]), answers: both('udp-blocked') };
    }
    case 'hub does not forward':
      return {
        cell: random.pick(POSSIBLE),
        change: changing('hub', { forward: false }),
        answers: both('no-session'),
      };
    case 'MTU':
      return { cell: random.pick(POSSIBLE), change: asItIs, narrow: random.between(300, 1_400), answers: both('mtu') };
    case 'clock set back':
      return clockSetBack(random);
    case 'no agent there':
      return {
        cell: random.pick(POSSIBLE),
        change: withoutStart('s2'),
        answers: [{ at: 's1', about: 's2', code: 'no-agent' }],
      };
    case 'no agent on the hub':
      return {
        cell: random.pick(POSSIBLE),
        change: withoutStart('hub'),
        answers: [
          { at: 's1', about: 'hub', code: 'no-agent' },
          { at: 's2', about: 'hub', code: 'no-agent' },
        ],
      };
    case 'not trusted':
      return notTrusted(random);
    case 'offline':
      return offline(random);
  }
}

/**
 * A laptop with a bad clock is closed here and opened elsewhere. The hub takes its handshakes for old ones, and does not
 * know where to begin one itself. Whoever is not told that cannot know more than that it is gone.
 */
function clockSetBack(random: Random): Drawn {
  const byMs = -random.between(900_000, 400 * 86_400_000);
  const link = { latencyMs: 30 };
  const elsewhere: Uplink = { segment: 'internet', address: '203.201.0.2', network: '203.201.0.0/24', link };
  return {
    cell: random.pick(POSSIBLE),
    change: adding([
      { ms: 20_000, do: { kind: 'sleep', host: 's1', forMs: CLOSED_MS } },
      { ms: 30_000, do: { kind: 'jump-clock', host: 's1', byMs } },
      { ms: 40_000, do: { kind: 'move', host: 's1', uplinks: [elsewhere] } },
    ]),
    answers: [
      { at: 's1', about: 'hub', code: 'clock-back' },
      { at: 's2', about: 's1', code: 'offline' },
    ],
    fromMs: 20_000 + CLOSED_MS + FORGOTTEN_MS,
  };
}

/** Without a network; or switched off, before it ever was there or after a while. */
function offline(random: Random): Drawn {
  if (random.chance(0.3)) {
    const nowhere: HostSpec['uplinks'] = [];
    return {
      cell: random.pick(POSSIBLE),
      what: 'no network at all',
      change: changing('s2', { uplinks: nowhere }),
      answers: [
        { at: 's1', about: 's2', code: 'offline' },
        { at: 's2', about: 'hub', code: 'offline' },
      ],
      fromMs: FORGOTTEN_MS,
    };
  }
  const ms = random.pick([0, 30_000]);
  return {
    cell: random.pick(POSSIBLE),
    what: `switched off at ${ms} ms`,
    change: adding([{ ms, do: { kind: 'reboot', host: 's2', offMs: 10_000_000 } }]),
    answers: [{ at: 's1', about: 's2', code: 'offline' }],
    fromMs: ms + FORGOTTEN_MS,
  };
}

/** Nobody is believed in which addresses are whose; or in where the peer answers, which leaves all to the other end. */
function notTrusted(random: Random): Drawn {
  const trusting = (name: string, trust: Partial<Trust>): [PublicKey, PeerPolicy] => [
    keyOf(name),
    { trust, router: undefined, allowedIps: [] },
  ];
  const addresses = random.chance(0.5);
  const peers = addresses
    ? [trusting('hub', { allowedIps: 'none' })]
    : [trusting('hub', { endpoint: 'self' }), trusting('s2', { endpoint: 'none' })];
  return {
    cell: random.pick(addresses ? POSSIBLE : CLOSED),
    change: changing('s1', { policy: { peers: new Map(peers) } }),
    answers: both('not-trusted'),
  };
}

const both = (code: CauseCode): readonly Answer[] => [
  { at: 's1', about: 's2', code },
  { at: 's2', about: 's1', code },
];

const adding =
  (steps: readonly TimedStep[]) =>
  (scenario: Scenario): Scenario => ({ ...scenario, at: [...scenario.at, ...steps] });

const changing =
  (name: string, more: Partial<HostSpec>) =>
  (scenario: Scenario): Scenario => ({
    ...scenario,
    hosts: scenario.hosts.map((host) => (host.name === name ? { ...host, ...more } : host)),
  });

const withoutStart =
  (name: string) =>
  (scenario: Scenario): Scenario => ({
    ...scenario,
    at: scenario.at.filter(({ do: step }) => step.kind !== 'start-agent' || step.host !== name),
  });

/** Where one end alone is behind a NAT that maps per destination, both have to say which. */
function blaming({ one, other }: Cell, placing: number, answers: readonly Answer[]): readonly Answer[] {
  const [first, second] = endsOf(one, other, placing).map(mapsPerDestination);
  if (first === second) return answers;
  return answers.map((answer) => ({ ...answer, names: (answer.at === 's1') === first ? 'here' : 'there' }));
}
