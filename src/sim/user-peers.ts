/** The peers that the user of each machine wants on its interface, as they change in the course of a world. */
import type { HostSpec, PeerSpec } from './scenario.js';

export class UserPeers {
  readonly #lists: Map<string, readonly PeerSpec[]>;

  constructor(hosts: readonly HostSpec[]) {
    this.#lists = new Map(hosts.map(({ name, peers }) => [name, peers]));
  }

  of(host: string): readonly PeerSpec[] {
    return this.#lists.get(host) ?? [];
  }

  set(host: string, peer: PeerSpec): void {
    this.remove(host, peer.host);
    this.#lists.set(host, [...this.of(host), peer]);
  }

  remove(host: string, peer: string): void {
    const left = this.of(host).filter((each) => each.host !== peer);
    this.#lists.set(host, left);
  }
}
