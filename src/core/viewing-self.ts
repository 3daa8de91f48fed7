/** How this machine looks from outside, and what keeps all of it from connecting. */
import { refusesUs } from './connection/explain.js';
import type { Scene } from './connection/scene.js';
import { ownNat } from './connection/sightings.js';
import { isLive } from './facts/local.js';
import { endpointPort } from './values/endpoint.js';
import { shortKey } from './values/key.js';
import type { Cause, NatView } from './views.js';

/** The NAT in front of us, in words. */
export function viewNat(scene: Scene): NatView {
  const { mapping, certain } = ownNat(scene);
  const { device, beliefs } = scene.input;
  const endpoints = [...new Set(beliefs.observed.map(({ endpoint }) => endpoint))];
  return { verdict: mapping, certain, text: text() };

  function text(): string {
    switch (mapping) {
      case 'unknown':
        return 'Nobody has told us yet how they see this machine.';
      case 'none':
        return 'No NAT: peers see one of this machine’s own addresses.';
      case 'endpoint-independent':
        return `${certain ? 'All peers see the same endpoint' : `The NAT kept our port ${device.listenPort}`}: a mapping that does not depend on the destination.`;
      case 'address-and-port-dependent':
        return certain
          ? `The NAT in front of this machine gives each destination another port (${endpoints.join(', ')}).`
          : `The NAT changed our port ${device.listenPort} to ${endpoints.map(endpointPort).join(', ')}: it may give each destination another one.`;
    }
  }
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
      const text = `The router ${name} does not answer: no WireGuard handshake within three minutes.`;
      warnings.push(refusesUs(seen, now) ?? { code: 'offline', text });
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
