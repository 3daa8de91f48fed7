/** A machine in memory, with one interface that only has the addresses it was given. */
import type { Host } from '../../src/agent/ports.js';
import type { HostAddress, HostSnapshot, Route } from '../../src/core/device.js';
import type { Address } from '../../src/core/values/address.js';
import { prefix } from './expected.js';

export class MemoryHost implements Host {
  /** Those of the interface itself. */
  readonly addresses = new Set<Address>();
  others: readonly HostAddress[] = [];

  read(): Promise<HostSnapshot> {
    const tunnel = [...this.addresses].map((address) => ({ address, network: prefix('fe80::/64') }));
    return Promise.resolve({ addresses: this.others, tunnel, mtu: 1420 });
  }

  incarnation(): Promise<string> {
    return Promise.resolve('boot net:[1] 7');
  }

  addLinkLocal(address: Address): Promise<void> {
    this.addresses.add(address);
    return Promise.resolve();
  }

  removeLinkLocal(address: Address): Promise<void> {
    this.addresses.delete(address);
    return Promise.resolve();
  }

  routes(addresses: readonly Address[]): Promise<readonly Route[]> {
    return Promise.resolve(addresses.map((address) => ({ address, leaves: 'elsewhere' })));
  }

  watch(): () => void {
    return () => undefined;
  }
}
