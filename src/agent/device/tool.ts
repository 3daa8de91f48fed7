/** A WireGuard interface through the `wg` tool: the only way to the kernel's, and one to any other. */
import { UserError } from '../../core/errors.js';
import type { PublicKey } from '../../core/values/key.js';
import { systemClock } from '../clock.js';
import type { Device } from '../ports.js';
import { run, ToolFailure } from '../programs.js';
import { parseDump, setArguments } from './dump.js';
import { Translator } from './reading.js';

export function toolDevice(interfaceName: string): Device {
  const translator = new Translator();
  return {
    async read() {
      const asked = systemClock.now();
      const reading = parseDump(await wg(interfaceName, ['show', interfaceName, 'dump']));
      if (reading === undefined) throw new UserError('no-private-key', { interface: interfaceName });
      return translator.translate(reading, asked, systemClock.now(), Date.now());
    },
    async apply(change) {
      // `wg set` adds who is not there. Looking right before leaves the user a few milliseconds in which to be undone.
      const existing = change.kind === 'set' && change.existing === true;
      if (existing && !(await isThere(interfaceName, change.publicKey))) return;
      await wg(interfaceName, setArguments(interfaceName, change));
    },
    leaveAnew() {
      // The kernel's module asks before each packet whether its source is an address of this machine still.
      return Promise.resolve();
    },
    close() {
      // Each call is a process of its own; nothing is held.
    },
  };
}

async function isThere(interfaceName: string, publicKey: PublicKey): Promise<boolean> {
  return (await wg(interfaceName, ['show', interfaceName, 'peers'])).split('\n').includes(publicKey);
}

/** Throws a `UserError` where `wg` names what a person can mend, `ToolFailure` otherwise. */
async function wg(interfaceName: string, args: readonly string[]): Promise<string> {
  try {
    return await run('wg', args);
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
    if (GONE.test(error.complaint)) throw new UserError('interface-missing', { interface: interfaceName });
    if (/not permitted|Permission denied/i.test(error.complaint)) {
      throw new UserError('no-permission', { what: `the interface ${interfaceName}` });
    }
    throw error;
  }
}

/** No such interface; one of another kind; no module in this kernel, so that no interface can be WireGuard's. */
const GONE = /No such device|Operation not supported|Protocol not supported/i;
