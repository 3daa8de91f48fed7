/** How this machine looks from outside, and what keeps all of it from connecting. */
import type { Scene } from './connection/scene.js';
import { isLive } from './facts/local.js';
import { endpointAddress, endpointPort } from './values/endpoint.js';
import { shortKey } from './values/key.js';
import type { Cause, NatView } from './views.js';

/**
 * What the observations say about the mapping of the NAT in front of us (RFC 4787, 4.1). Observers on distinct
 * addresses that see one and the same endpoint show an endpoint-independent mapping; differing ones show that it
 * depends on the destination. One observer alone leaves a guess: a NAT that keeps the port mostly keeps it for all.
 */
export function viewNat(scene: Scene): NatView {
  const { device, host, beliefs } = scene.input;
  const observed = beliefs.observed;
  const first = observed[0];
  if (first === undefined) {
    return { verdict: 'unknown', certain: false, text: 'Nobody has told us yet how they see this machine.' };
  }
  const endpoints = [...new Set(observed.map(({ endpoint }) => endpoint))];
  const certain = observed.length > 1;
  const own = (endpoint: typeof first.endpoint): boolean =>
    host.addresses.some(({ address }) => address === endpointAddress(endpoint));
  if (endpoints.every(own)) {
    const text = 'No NAT: peers see one of this machine’s own addresses.';
    return { verdict: 'none', certain, text };
  }
  if (endpoints.length > 1) {
    const text = `The NAT in front of this machine gives each destination another port (${endpoints.join(', ')}).`;
    return { verdict: 'address-and-port-dependent', certain, text };
  }
  const kept = endpointPort(first.endpoint) === device.listenPort;
  if (certain || kept) {
    const how = certain ? 'All peers see the same endpoint' : `The NAT kept our port ${device.listenPort}`;
    const text = `${how}: a mapping that does not depend on the destination.`;
    return { verdict: 'endpoint-independent', certain, text };
  }
  const text = `The NAT changed our port ${device.listenPort} to ${endpointPort(first.endpoint)}: it may give each destination another one.`;
  return { verdict: 'address-and-port-dependent', certain, text };
}

/** What a person has to mend before anything can become direct. */
export function viewWarnings(scene: Scene): Cause[] {
  const { routers, device, neighbour, now } = scene.input;
  const warnings: Cause[] = [];
  for (const router of routers) {
    const seen = scene.devicePeer(router);
    const known = neighbour(router);
    if (seen === undefined || known?.agent === true) continue;
    const name = scene.input.policy.names.get(router) ?? shortKey(router);
    if (!isLive(seen, now)) {
      warnings.push({
        code: 'offline',
        text: `The router ${name} does not answer: no WireGuard handshake within three minutes.`,
      });
    } else if ((known?.unanswered ?? 0) > 1) {
      warnings.push({
        code: 'no-agent',
        text: `No wirelink agent answers on the router ${name}, so nobody tells us about other peers. Start it there: wirelink up <interface>`,
      });
    }
  }
  const alone = routers.length === 0 && device.peers.length === 1;
  if (alone) {
    const text = 'The only peer is no router for us: its AllowedIPs do not cover an address of this interface.';
    warnings.push({ code: 'not-granted', text });
  }
  return warnings;
}
