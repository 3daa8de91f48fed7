/** Opens a WireGuard interface, and decides by which way: the socket of a userspace device that answers, or `wg`. */
import { UserError } from '../../core/errors.js';
import { isInterfaceName } from '../../core/values/interface-name.js';
import type { Device } from '../ports.js';
import { socketDevice } from './socket.js';
import { toolDevice } from './tool.js';

/**
 * Throws `UserError`: `interface-missing`, `no-permission`, `no-private-key`, `device-unsupported`, or `tool-missing`
 * (for an interface that only `wg` can reach).
 */
export async function openDevice(interfaceName: string): Promise<Device> {
  if (!isInterfaceName(interfaceName)) throw new UserError('interface-missing', { interface: interfaceName });
  const userspace = socketDevice(interfaceName);
  if (await answers(userspace)) return userspace;
  const device = toolDevice(interfaceName);
  await device.read();
  return device;
}

/** Whether there is such a socket. One that is there and keeps us out is worth its own error. */
async function answers(device: Device): Promise<boolean> {
  try {
    await device.read();
    return true;
  } catch (error) {
    if (error instanceof UserError && error.code !== 'interface-missing') throw error;
    return false;
  }
}
