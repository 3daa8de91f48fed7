/** A scenario as a person reads it: every option that was drawn or written, a line for each machine, NAT and step. */
import type { HostSpec, NatSpec, Scenario, Uplink } from '../scenario.js';

export function describeScenario({ hosts, nats, at }: Scenario): string {
  const steps = at.map(({ ms, do: step }) => `at ${ms} ms: ${JSON.stringify(step)}`);
  return [...hosts.map(describeHost), ...nats.map(describeNat), ...steps].join('\n');
}

function describeHost(host: HostSpec): string {
  const { name, uplinks, peers, ...rest } = host;
  const told = peers.map(
    ({ host: peer, allowedIps, endpoint = 'no endpoint', keepalive = 0 }) =>
      `peer ${peer} with ${allowedIps.join(', ')} at ${endpoint} every ${keepalive} s`,
  );
  return [`${name}: ${uplinks.map(describeUplink).join(' and ')}; ${JSON.stringify(rest)}`, ...told].join('\n  ');
}

function describeNat({ name, behaviour, outside, inside }: NatSpec): string {
  const { mapping, filtering, ...rest } = behaviour;
  const kind = `${mapping} mapping, ${filtering} filtering`;
  return `${name}: ${describeUplink(outside)}, inside ${inside.address}; ${kind}, ${JSON.stringify(rest)}`;
}

const describeUplink = ({ segment, address, link }: Uplink): string =>
  `${address} on ${segment}${link === undefined ? '' : ` ${JSON.stringify(link)}`}`;
