/**
 * The endpoints that the configuration gives to peers, with its host names looked up: at the start, after a look-up that
 * failed, and when attempts fail, for a name may lead elsewhere by then. Nobody waits for an answer. What is done with
 * the endpoints is the engine's.
 */
import type { Notice } from '../core/notices.js';
import { parseAddress, type Address } from '../core/values/address.js';
import { endpointOf, type Endpoint } from '../core/values/endpoint.js';
import type { PublicKey } from '../core/values/key.js';
import type { Place } from './config/index.js';
import type { Log } from './log.js';

/** All addresses of a host. Rejects when it has none, or nobody who knows can be asked. */
export type LookUp = (host: string) => Promise<readonly Address[]>;

export interface GivenEndpointsOptions {
  readonly places: ReadonlyMap<PublicKey, readonly Place[]>;
  readonly lookUp: LookUp;
  /** Told at the start and after each change: all that is known for the peer. */
  readonly tell: (peer: PublicKey, endpoints: readonly Endpoint[]) => void;
  readonly log: Log;
}

/** A machine that has just booted may get its resolver any moment; one that is offline should not be busy with it. */
const RETRY_MS = [2_000, 10_000, 60_000, 300_000] as const;
/** Attempts fail in quick succession; a name's record changes seldom, and mostly lives for a minute or more. */
const LOOK_AGAIN_MS = 30_000;
/** More addresses than this belong to no single machine. */
const MAX_ADDRESSES = 8;

export class GivenEndpoints {
  readonly #options: GivenEndpointsOptions;
  #places: GivenEndpointsOptions['places'];
  readonly #found = new Map<string, readonly Address[]>();
  readonly #told = new Map<PublicKey, string>();
  readonly #lookedAt = new Map<string, number>();
  readonly #asking = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #closed = false;

  constructor(options: GivenEndpointsOptions) {
    this.#options = options;
    this.#places = options.places;
  }

  /** Tells what needs no look-up, and begins to look up the rest. */
  start(): void {
    this.#tellChanged();
    for (const host of this.#hosts([...this.#places.keys()])) this.#findUnlessBusy(host);
  }

  /** The configuration was read again: these take the place of all former ones. */
  replace(places: GivenEndpointsOptions['places']): void {
    this.#places = places;
    this.start();
  }

  /** What the engine tells: a failed attempt has the names of that peer looked up again. */
  hear(notice: Notice): void {
    if (notice.type !== 'attempt' || notice.step.what !== 'failed') return;
    for (const host of this.#hosts([notice.peer])) {
      const since = performance.now() - (this.#lookedAt.get(host) ?? -Infinity);
      if (since >= LOOK_AGAIN_MS) this.#findUnlessBusy(host);
    }
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #hosts(peers: readonly PublicKey[]): ReadonlySet<string> {
    const places = peers.flatMap((peer) => this.#places.get(peer) ?? []);
    return new Set(places.flatMap((place) => (typeof place === 'string' ? [] : [place.host])));
  }

  /** One that is being looked up, or was not found a moment ago, needs no other look-up beside. */
  #findUnlessBusy(host: string): void {
    if (!this.#timers.has(host) && !this.#asking.has(host)) void this.#find(host, 0);
  }

  /** `failures` so far in a row. What was found before holds until something else is. */
  async #find(host: string, failures: number): Promise<void> {
    const { lookUp, log } = this.#options;
    this.#lookedAt.set(host, performance.now());
    this.#asking.add(host);
    try {
      const addresses = await lookUp(host);
      if (this.#closed) return;
      this.#found.set(host, addresses.slice(0, MAX_ADDRESSES));
      this.#tellChanged();
    } catch (error) {
      if (this.#closed) return;
      if (failures === 0) log.warn(`${host} was not found: ${error instanceof Error ? error.message : String(error)}`);
      const pause = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)];
      const again = (): void => {
        this.#timers.delete(host);
        if (this.#hosts([...this.#places.keys()]).has(host)) void this.#find(host, failures + 1);
      };
      this.#timers.set(host, setTimeout(again, pause).unref());
    } finally {
      this.#asking.delete(host);
    }
  }

  #tellChanged(): void {
    // Also those that had some before, and have none now.
    for (const peer of new Set([...this.#places.keys(), ...this.#told.keys()])) {
      const places = this.#places.get(peer) ?? [];
      const endpoints = [...new Set(places.flatMap((place) => this.#endpointsOf(place)))];
      const text = endpoints.join(' ');
      if (text === (this.#told.get(peer) ?? '')) continue;
      this.#told.set(peer, text);
      this.#options.tell(peer, endpoints);
    }
  }

  #endpointsOf(place: Place): readonly Endpoint[] {
    if (typeof place === 'string') return [place];
    return (this.#found.get(place.host) ?? []).map((address) => endpointOf(address, place.port));
  }
}

/** As every program of the machine finds it, its hosts file included. Sorted, as resolvers rotate what they answer. */
export const systemLookUp: LookUp = async (host) => {
  const { lookup } = await import('node:dns/promises');
  const answers = await lookup(host, { all: true });
  return answers
    .map(({ address }) => parseAddress(address))
    .filter((address) => address !== undefined)
    .toSorted();
};
