/** Where no agent runs, the interface is what its user made it, once the guardian of a killed one has had its time. */
import { parsePrefix } from '../../core/values/prefix.js';
import type { World } from '../world.js';
import { ofInterface, Patience, type Checker } from './watch.js';

/** The guardian waits 3 s for a killed agent to be started again. */
const WITHIN_MS = 3_400;

export function asBefore(): Checker {
  const patience = new Patience(WITHIN_MS);
  // What its user wants of an interface changes together with it.
  const tracesOf = ofInterface((host, world) => traces(world, host));
  return {
    name: 'interfaces without an agent are as their users made them',
    check: (world) => {
      const idle = world.hostNames.filter((host) => !world.agent(host).running && !world.host(host).asleep);
      return patience.exhausted(
        world.now,
        idle.flatMap((host) => tracesOf(host, world)),
      );
    },
  };
}

/** How an interface differs from what its user made it, endpoints apart: they are WireGuard's own business. */
export function traces(world: World, host: string): readonly string[] {
  const wanted = world.userPeers(host).map(({ host: peer, allowedIps, keepalive = 0 }) => {
    const prefixes = allowedIps.map((text) => parsePrefix(text) ?? text).sort();
    return `${peer} ${prefixes.join(',')} every ${keepalive} s`;
  });
  const found = world
    .device(host)
    .peers.map(
      ({ publicKey, allowedIps, keepalive }) =>
        `${world.nameOf(publicKey)} ${allowedIps.join(',')} every ${keepalive} s`,
    );
  return [
    ...wanted.filter((line) => !found.includes(line)).map((line) => `${host} misses ${line}`),
    ...found.filter((line) => !wanted.includes(line)).map((line) => `${host} has left over ${line}`),
  ];
}
