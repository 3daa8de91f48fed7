/** Where metrics are served, in words, and whether more can read them there than were meant to. */
import { scopeOf } from '../../core/values/address.js';
import { endpointAddress } from '../../core/values/endpoint.js';
import type { Cause } from '../../core/views.js';
import type { MetricsPlace } from '../config/index.js';

/** As the configuration has it. */
export const placeText = (place: MetricsPlace): string => (typeof place === 'string' ? place : `unix:${place.path}`);

/** Private addresses, such as those inside the tunnel, are a choice; all addresses, or a global one, mostly a mistake. */
export function publicMetricsWarning(place: MetricsPlace | undefined): Cause | undefined {
  if (typeof place !== 'string' || !['unspecified', 'global'].includes(scopeOf(endpointAddress(place)))) {
    return undefined;
  }
  const text =
    `Metrics are served at ${place} to everybody who can reach it, without a password. ` +
    'Take 127.0.0.1, an address inside the tunnel, or a Unix socket, unless a firewall stands before it.';
  return { code: 'metrics-public', text };
}
