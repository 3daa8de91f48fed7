/** The machine around one WireGuard interface, through `ip`. */
import { readFile, readlink } from 'node:fs/promises';
import { UserError } from '../core/errors.js';
import type { Address } from '../core/values/address.js';
import { parseAddresses, parseLinkIndex } from './host/addresses.js';
import { routesOf } from './host/routes.js';
import { watchMachine } from './host/watch.js';
import type { Host } from './ports.js';
import { run, ToolFailure } from './programs.js';

export function linuxHost(interfaceName: string): Host {
  const missing = (): UserError => new UserError('interface-missing', { interface: interfaceName });
  return {
    async read() {
      // All links at once: two questions could fall on either side of a change.
      const snapshot = parseAddresses(await run('ip', ['-j', '-d', 'address']), interfaceName);
      if (snapshot === undefined) throw missing();
      return snapshot;
    },

    async incarnation() {
      const [boot, namespace, link] = await Promise.all([
        readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
        readlink('/proc/self/ns/net'),
        run('ip', ['-j', 'link', 'show', 'dev', interfaceName]).catch((error: unknown) => {
          throw isGone(error) ? missing() : error;
        }),
      ]);
      return `${boot.trim()} ${namespace} ${parseLinkIndex(link)}`;
    },

    async addLinkLocal(address) {
      try {
        // Nobody else has the address of our key, and detection would keep it unusable for a second.
        await changeAddress('add', address, interfaceName, ['scope', 'link', 'nodad']);
      } catch (error) {
        if (complains(error, /File exists|already assigned/i)) return;
        if (isGone(error)) throw missing();
        if (complains(error, /not permitted/i)) {
          throw new UserError('no-permission', { what: `the addresses of ${interfaceName}` });
        }
        // Older kernels say no more than "Permission denied"; one without IPv6 at all, "not supported".
        if (complains(error, /IPv6 is disabled|Permission denied|not supported/i)) {
          throw new UserError('ipv6-disabled', { interface: interfaceName });
        }
        throw error;
      }
    },

    async removeLinkLocal(address) {
      try {
        await changeAddress('del', address, interfaceName, []);
      } catch (error) {
        if (isGone(error) || complains(error, /address not found|Cannot assign requested address/i)) return;
        throw error;
      }
    },

    routes: (addresses, fwmark) => routesOf(addresses, fwmark, interfaceName),

    watch: watchMachine,
  };
}

const changeAddress = (verb: 'add' | 'del', address: Address, interfaceName: string, more: readonly string[]) =>
  run('ip', ['-6', 'address', verb, `${address}/64`, 'dev', interfaceName, ...more]);

const isGone = (error: unknown): boolean => complains(error, /Cannot find device|does not exist|No such device/i);

const complains = (error: unknown, about: RegExp): boolean =>
  error instanceof ToolFailure && about.test(error.complaint);
