/** Other spokes of a cell's star, by whom its two ends know more of their own NATs than by the hub alone. */
import { end, HOME, kind, OPEN } from '../grid/places.js';
import { hubEntry, siteOf, type Site } from '../grid/scenario.js';
import type { Random } from '../random.js';
import type { Scenario, TimedStep } from '../scenario.js';

const MOST_BYSTANDERS = 2;
/** The ends are `s1` and `s2`. */
const FIRST_NUMBER = 3;
/** With a public address, or behind one NAT of a kind that lets some of them meet either end. */
const PLACES = [end([]), end([OPEN]), end([HOME]), end([kind('address-dependent', 'address-dependent')])];

/** None, one or two of them, named from `s3` on. */
export function withBystanders(scenario: Scenario, random: Random): Scenario {
  const count = random.between(0, MOST_BYSTANDERS);
  const numbers = Array.from({ length: count }, (_, at) => FIRST_NUMBER + at);
  const others = numbers.map((number) => bystander(number, random));
  return {
    ...scenario,
    nats: [...scenario.nats, ...others.flatMap(({ nats }) => nats)],
    hosts: [
      ...scenario.hosts.map((host) =>
        host.name === 'hub' ? { ...host, peers: [...host.peers, ...numbers.map(hubEntry)] } : host,
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

function bystander(number: number, random: Random): Site {
  const link = { latencyMs: random.pick([5, 20, 60]) };
  return siteOf(random.pick(PLACES), number, 0, link);
}
