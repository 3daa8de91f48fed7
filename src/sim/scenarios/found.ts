/** What random worlds found, each as short as it would go, written before it was mended. */
import { FULL_CONE, nat, PORT_RESTRICTED, SYMMETRIC } from '../network/kinds.js';
import type { Link } from '../network/segment.js';
import { inStar, type NamedScenario } from './scenario-file.js';

const TWO_HOMES = [{ nat: PORT_RESTRICTED }, { nat: PORT_RESTRICTED }];
const MAPS_PER_PORT = nat('address-and-port-dependent', 'address-dependent', { ports: 'blocks', lifetimeMs: 300_000 });
const NEXT_DOOR = { segment: 'nat1', address: '192.168.1.77', network: '192.168.1.0/24', link: { latencyMs: 0.2 } };

/** Each of the spokes has a line of IPv6 as well. */
function withIpv6(named: NamedScenario, links: readonly Partial<Link>[]): NamedScenario {
  const hosts = named.scenario.hosts.map((host) => {
    const number = Number(/^s(\d+)$/.exec(host.name)?.[1]);
    const link = links[number - 1];
    if (link === undefined) return host;
    const network = `2a10:${number}::`;
    const line = { segment: 'internet', address: `${network}10`, network: `${network}/64`, link };
    return { ...host, uplinks: [...host.uplinks, line] };
  });
  return { ...named, scenario: { ...named.scenario, hosts } };
}

export const FOUND: Readonly<Record<string, NamedScenario>> = {
  'address changes while the other is away': inStar('address changes while the other is away', {
    about: 'New addresses of a peer in contact are asked the way of when its path is lost, not at the next event.',
    spokes: TWO_HOMES,
    at: [
      { ms: 5_000, do: { kind: 'stream', from: 's1', to: 's2', perSecond: 10, forMs: 20_000 } },
      { ms: 5_000, do: { kind: 'move', host: 's1', uplinks: [NEXT_DOOR] } },
      { ms: 5_000, do: { kind: 'cut', from: 's1', to: 's2' } },
      { ms: 20_000, do: { kind: 'heal' } },
    ],
  }),
  'a late answer by a narrow line': withIpv6(
    inStar('a late answer by a narrow line', {
      about: 'What answers when the path is made already does not take it along: it was not proved in full size.',
      spokes: [{ nat: SYMMETRIC, firewall: true }, { nat: FULL_CONE }],
      at: [{ ms: 1_000, do: { kind: 'stream', from: 's1', to: 's2', perSecond: 20, forMs: 60_000 } }],
      expect: [3_000, 12_000, 20_000, 30_000, 45_000].map((ms) => ({
        ms,
        between: ['s1', 's2'],
        path: 'direct',
        rttMs: [90, 130],
      })),
    }),
    [{ latencyMs: 100 }, { latencyMs: 1, mtu: 1492 }],
  ),
  'an outage of two minutes and a half': inStar('an outage of two minutes and a half', {
    about: 'After two minutes of attempts every 2 s the pauses grow from 2 s on, rather than being 15 minutes at once.',
    spokes: TWO_HOMES,
    at: [
      { ms: 5_000, do: { kind: 'cut', from: 's1', to: 's2' } },
      { ms: 160_000, do: { kind: 'heal' } },
    ],
    expect: [
      { ms: 100_000, between: ['s1', 's2'], path: 'relayed' },
      { ms: 210_000, between: ['s1', 's2'], path: 'direct' },
    ],
  }),
  'ports that move on': inStar('ports that move on', {
    about: 'A path of which each exchange takes another port of both NATs is none: soon there would be no port left.',
    spokes: [{ nat: MAPS_PER_PORT }, { nat: MAPS_PER_PORT }, { nat: FULL_CONE }],
    at: [{ ms: 3_000, do: { kind: 'stream', from: 's1', to: 's2', perSecond: 100, forMs: 60_000 } }],
    expect: [
      { ms: 30_000, between: ['s1', 's2'], path: 'relayed' },
      { ms: 60_000, between: ['s1', 's2'], path: 'relayed' },
      { ms: 60_000, between: ['s1', 's3'], path: 'direct' },
    ],
  }),
  'removed while the agent starts': inStar('removed while the agent starts', {
    about: 'A peer that its user removes between a look at the interface and a change made for it is not added again.',
    spokes: TWO_HOMES,
    started: false,
    at: [
      { ms: 1_000, do: { kind: 'start-agent', host: 'hub' } },
      { ms: 1_002, do: { kind: 'remove-peer', host: 'hub', peer: 's2' } },
    ],
  }),
  'request after a quiet while': inStar('request after a quiet while', {
    about: 'A host whose firewall lets only answers in hears of a request when nothing was said for most of a minute.',
    spokes: [
      { nat: PORT_RESTRICTED, firewall: true, connect: 'manual' },
      { nat: PORT_RESTRICTED, firewall: true, connect: 'manual' },
    ],
    at: [{ ms: 119_000, do: { kind: 'connect', host: 's2', peer: 's1' } }],
    expect: [{ ms: 123_000, between: ['s1', 's2'], path: 'direct' }],
  }),
};
