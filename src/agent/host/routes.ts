/** How the kernel would route WireGuard's own packets, asked for all addresses at once. */
import * as v from 'valibot';
import type { Route } from '../../core/device.js';
import { parseAddress, type Address } from '../../core/values/address.js';
import { run } from '../programs.js';

/** One answer for each address, in their order. */
export async function routesOf(
  addresses: readonly Address[],
  fwmark: number,
  interfaceName: string,
): Promise<readonly Route[]> {
  // One process for all of them: each costs milliseconds, of which the attempt that waits for the answer has few.
  const questions = addresses.map((address) => `route get ${address} mark ${fwmark}\n`).join('');
  const answers = await run('ip', ['-j', '-force', '-batch', '-'], { input: questions, partly: true });
  const known = new Map(
    answers.split('\n').flatMap((line) => (line.trim() === '' ? [] : [parseRoute(line, interfaceName)])),
  );
  // Unreachable, prohibited, blackholed, or without a route: that it says on stderr only.
  return addresses.map((address) => ({ address, leaves: known.get(address) ?? 'nowhere' }));
}

const Answer = v.tuple([
  v.object({ type: v.optional(v.string(), 'unicast'), dst: v.string(), dev: v.optional(v.string()) }),
]);

/**
 * What one answer of `ip -j route get` means, and for which address. An address of this very machine is no place to send
 * to, as little as a broadcast or a multicast one. Throws on what is not `ip`'s JSON.
 */
export function parseRoute(
  json: string,
  interfaceName: string,
): readonly [address: Address | undefined, leaves: Route['leaves']] {
  const [route] = v.parse(Answer, JSON.parse(json));
  const address = parseAddress(route.dst);
  if (route.type !== 'unicast' || route.dev === undefined) return [address, 'nowhere'];
  return [address, route.dev === interfaceName ? 'tunnel' : 'elsewhere'];
}
