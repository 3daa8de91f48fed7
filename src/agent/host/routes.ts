/** How the kernel would route WireGuard's own packets, one `ip route get` for each address. */
import * as v from 'valibot';
import type { Route } from '../../core/device.js';
import type { Address } from '../../core/values/address.js';
import { run, ToolFailure } from '../programs.js';

/** Each is a process of 2 ms; more at once would only queue, and starve the agent of its share of the processor. */
const CONCURRENT = 8;

export async function routesOf(
  addresses: readonly Address[],
  fwmark: number,
  interfaceName: string,
): Promise<readonly Route[]> {
  const routes = new Map<Address, Route>();
  const waiting = new Set(addresses).values();
  const worker = async (): Promise<void> => {
    for (const address of waiting) {
      routes.set(address, { address, leaves: await leavesBy(address, fwmark, interfaceName) });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
  return addresses.flatMap((address) => routes.get(address) ?? []);
}

async function leavesBy(address: Address, fwmark: number, interfaceName: string): Promise<Route['leaves']> {
  try {
    return parseRoute(await run('ip', ['-j', 'route', 'get', address, 'mark', String(fwmark)]), interfaceName);
  } catch (error) {
    // That is how it says unreachable, prohibited, blackholed, or without a route.
    if (error instanceof ToolFailure) return 'nowhere';
    throw error;
  }
}

const Answer = v.tuple([v.object({ type: v.optional(v.string(), 'unicast'), dev: v.optional(v.string()) })]);

/**
 * What one answer of `ip -j route get` means. An address of this very machine is no place to send to, as little as a
 * broadcast or a multicast one. Throws on what is not `ip`'s JSON.
 */
export function parseRoute(json: string, interfaceName: string): Route['leaves'] {
  const [route] = v.parse(Answer, JSON.parse(json));
  if (route.type !== 'unicast' || route.dev === undefined) return 'nowhere';
  return route.dev === interfaceName ? 'tunnel' : 'elsewhere';
}
