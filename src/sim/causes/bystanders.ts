/** Other spokes of a cell's star, by whom its two ends know more of their own NATs than by the hub alone. */
import { FULL_CONE, nat, PORT_RESTRICTED } from '../network/kinds.js';
import type { Random } from '../random.js';
import type { HostSpec, NatSpec, Scenario, TimedStep } from '../scenario.js';

const MOST_BYSTANDERS = 2;

/** None, one or two of them, named from `s3` on. */
export function withBystanders(scenario: Scenario, random: Random): Scenario {
  const count = random.between(0, MOST_BYSTANDERS);
  const others = Array.from({ length: count }, (_, at) => bystander(at + 3, random));
  return {
    ...scenario,
    nats: [...scenario.nats, ...others.flatMap(({ nats }) => nats)],
    hosts: [
      ...scenario.hosts.map((host) =>
        host.name === 'hub' ? { ...host, peers: [...host.peers, ...others.map(({ entry }) => entry)] } : host,
      ),
      ...others.map(({ host }) => host),
    ],
    at: [
      ...scenario.at,
      ...others.map(({ host }): TimedStep => ({
        ms: random.between(0, 3_000),
        do: { kind: 'start-agent', host: host.name },
      })),
    ],
  };
}

interface Bystander {
  readonly nats: readonly NatSpec[];
  readonly host: HostSpec;
  readonly entry: HostSpec['peers'][number];
}

function bystander(number: number, random: Random): Bystander {
  const name = `s${number}`;
  const link = { latencyMs: random.pick([5, 20, 60]) };
  const outside = { segment: 'internet', address: `203.0.${number}.2`, network: `203.0.${number}.0/24`, link };
  const behaviour = random.pick([
    'none' as const,
    FULL_CONE,
    PORT_RESTRICTED,
    nat('address-dependent', 'address-dependent'),
  ]);
  const network = `192.168.${100 + number}`;
  const inside = { address: `${network}.1`, network: `${network}.0/24`, link: { latencyMs: 0.2 } };
  const uplink = { segment: `nat-${name}`, address: `${network}.10`, network: `${network}.0/24` };
  return {
    nats: behaviour === 'none' ? [] : [{ name: `nat-${name}`, behaviour, outside, inside }],
    host: {
      name,
      uplinks: [behaviour === 'none' ? outside : uplink],
      tunnel: [`10.9.0.${number + 1}/24`],
      peers: [{ host: 'hub', allowedIps: ['10.9.0.0/24'], endpoint: '198.51.100.1:51820', keepalive: 25 }],
    },
    entry: { host: name, allowedIps: [`10.9.0.${number + 1}/32`] },
  };
}
