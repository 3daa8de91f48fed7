/** What happens to everybody. */
import { nat, PORT_RESTRICTED, SYMMETRIC } from '../network/kinds.js';
import type { Link } from '../network/segment.js';
import type { TimedStep } from '../scenario.js';
import { inStar, type NamedScenario } from './scenario-file.js';

const TWO_HOMES = [{ nat: PORT_RESTRICTED }, { nat: PORT_RESTRICTED }];
/** Lets a path by its outside address go on for who has come inside. */
const OPEN_HOME = nat('endpoint-independent', 'endpoint-independent', { hairpin: true });
const AT_HOME = { segment: 'nat2', address: '192.168.2.77', network: '192.168.2.0/24', link: { latencyMs: 0.2 } };
const CAFE = { segment: 'internet', address: '203.200.0.2', network: '203.200.0.0/24', link: { latencyMs: 40 } };

/** With public addresses, and lines of 25 ms each. */
const TWO_OPEN = [{ nat: 'none' }, { nat: 'none' }] as const;
const BAD: Partial<Link> = { jitterMs: 20, reorder: 0.1 };

export const EVERYDAY: Readonly<Record<string, NamedScenario>> = {
  'two homes': inStar('two homes', {
    about: 'Two spokes, each behind the router of a home, are direct within two seconds.',
    spokes: TWO_HOMES,
    expect: [{ ms: 2_000, between: ['s1', 's2'], path: 'direct' }],
  }),
  'two symmetric NATs': inStar('two symmetric NATs', {
    about: 'Where no direct path is possible, the hub carries the traffic.',
    spokes: [{ nat: SYMMETRIC }, { nat: SYMMETRIC }],
    expect: [{ ms: 30_000, between: ['s1', 's2'], path: 'relayed' }],
  }),
  'hub restarts during connect': inStar('hub restarts during connect', {
    about: 'The hub is switched off in the middle of an attempt and comes back: the attempt is made again.',
    spokes: TWO_HOMES,
    at: [{ ms: 350, do: { kind: 'reboot', host: 'hub', offMs: 4_000 } }],
    expect: [{ ms: 40_000, between: ['s1', 's2'], path: 'direct' }],
  }),
  'hub is off while a pair is direct': inStar('hub is off while a pair is direct', {
    about: 'A direct path outlives the hub that helped to make it.',
    spokes: TWO_HOMES,
    at: [
      { ms: 5_000, do: { kind: 'reboot', host: 'hub', offMs: 60_000 } },
      { ms: 5_000, do: { kind: 'stream', from: 's1', to: 's2', perSecond: 5, forMs: 55_000 } },
    ],
    expect: [
      { ms: 30_000, between: ['s1', 's2'], path: 'direct' },
      { ms: 60_000, between: ['s1', 's2'], path: 'direct' },
    ],
  }),
  'laptop wakes elsewhere': inStar('laptop wakes elsewhere', {
    about: 'A laptop is closed at home and opened in a café; what it had agreed at home is void, and agreed anew.',
    spokes: TWO_HOMES,
    at: [
      { ms: 5_000, do: { kind: 'sleep', host: 's1', forMs: 600_000 } },
      { ms: 300_000, do: { kind: 'move', host: 's1', uplinks: [CAFE] } },
    ],
    expect: [
      { ms: 4_000, between: ['s1', 's2'], path: 'direct' },
      { ms: 635_000, between: ['s1', 's2'], path: 'direct' },
    ],
  }),
  'laptop comes home': inStar('laptop comes home', {
    about:
      'A laptop whose path from a café outlives its way home meets the other machine on the LAN, not through its NAT.',
    spokes: [{ nat: 'none' }, { nat: OPEN_HOME }],
    at: [{ ms: 30_000, do: { kind: 'move', host: 's1', uplinks: [AT_HOME] } }],
    expect: [
      { ms: 29_000, between: ['s1', 's2'], path: 'direct' },
      { ms: 33_000, between: ['s1', 's2'], path: 'direct' },
      { ms: 60_000, between: ['s1', 's2'], path: 'direct' },
    ],
  }),
  'second lines that are quicker': inStar('second lines that are quicker', {
    about: 'Two machines with a direct path get a second line each: when it is quiet, the path moves there.',
    spokes: TWO_OPEN,
    at: secondLines(20_000, { latencyMs: 10 }),
    expect: [
      { ms: 19_000, between: ['s1', 's2'], path: 'direct', rttMs: [100, 110] },
      { ms: 60_000, between: ['s1', 's2'], path: 'direct', rttMs: [40, 50] },
    ],
    watched: [],
  }),
  'second lines that are slower': inStar('second lines that are slower', {
    about: 'Second lines that are no quicker are tried once, and the path stays where it is.',
    spokes: TWO_OPEN,
    at: secondLines(20_000, { latencyMs: 40 }),
    expect: [
      { ms: 60_000, between: ['s1', 's2'], path: 'direct', rttMs: [100, 110] },
      { ms: 150_000, between: ['s1', 's2'], path: 'direct', rttMs: [100, 110] },
    ],
    watched: [],
  }),
  'second lines as bad as the first': inStar('second lines as bad as the first', {
    about: 'Where all lines are alike, and put packets in another order, the path stays.',
    spokes: TWO_OPEN,
    line: BAD,
    at: secondLines(20_000, { latencyMs: 25, ...BAD }, BAD),
    expect: [
      { ms: 60_000, between: ['s1', 's2'], path: 'direct' },
      { ms: 150_000, between: ['s1', 's2'], path: 'direct' },
    ],
    watched: [],
  }),
  'agent is killed and started again': inStar('agent is killed and started again', {
    about: 'An agent that is back within the guardian’s patience adopts its direct path: no packet takes the hub.',
    spokes: TWO_HOMES,
    at: [
      { ms: 5_000, do: { kind: 'kill-agent', host: 's1' } },
      { ms: 6_500, do: { kind: 'start-agent', host: 's1' } },
    ],
    expect: [
      { ms: 6_000, between: ['s1', 's2'], path: 'direct' },
      { ms: 9_000, between: ['s1', 's2'], path: 'direct' },
      { ms: 15_000, between: ['s1', 's2'], path: 'direct' },
    ],
  }),
  'spoke is expelled': inStar('spoke is expelled', {
    about: 'The hub’s administrator removes a spoke: its direct paths end at once, and come back when it does.',
    spokes: TWO_HOMES,
    at: [
      { ms: 5_000, do: { kind: 'remove-peer', host: 'hub', peer: 's2' } },
      {
        ms: 30_000,
        do: { kind: 'set-peer', host: 'hub', peer: { host: 's2', allowedIps: ['10.9.0.3/32'] } },
      },
    ],
    expect: [
      { ms: 12_000, between: ['s1', 's2'], path: 'none' },
      { ms: 75_000, between: ['s1', 's2'], path: 'direct' },
    ],
  }),
  'connect on request': inStar('connect on request', {
    about: 'Two agents that wait for a request stay relayed until somebody asks.',
    spokes: [
      { nat: PORT_RESTRICTED, connect: 'manual' },
      { nat: PORT_RESTRICTED, connect: 'manual' },
    ],
    at: [{ ms: 10_000, do: { kind: 'connect', host: 's1', peer: 's2' } }],
    expect: [
      { ms: 9_000, between: ['s1', 's2'], path: 'relayed' },
      { ms: 12_000, between: ['s1', 's2'], path: 'direct' },
    ],
  }),
};

/** From then on each of the two has a line of IPv6 beside the one it came with. */
function secondLines(ms: number, second: Partial<Link>, first: Partial<Link> = {}): readonly TimedStep[] {
  return [0, 1].map((at) => {
    const site = `203.0.${at}`;
    const old = { address: `${site}.2`, network: `${site}.0/24`, link: { latencyMs: 25, ...first } };
    const more = { address: `2a10:${at + 1}::10`, network: `2a10:${at + 1}::/64`, link: second };
    const uplinks = [old, more].map((line) => ({ segment: 'internet', ...line }));
    return { ms, do: { kind: 'move', host: `s${at + 1}`, uplinks } };
  });
}
