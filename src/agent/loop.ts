/**
 * Drives the engine: hands it what happens on the machine and carries out what it answers, strictly in that order. All
 * actions pass through one queue, so that a datagram that follows a change in the list leaves after the change is made.
 * Decides nothing about peers; what it does on its own is to keep the ground under the engine: the link-local address,
 * the socket on it, and the end when the interface is no longer the one it began with.
 */
import { isDeepStrictEqual } from 'node:util';
import type { DeviceSnapshot, HostSnapshot } from '../core/device.js';
import type { EngineContract } from '../core/contract.js';
import { UserError } from '../core/errors.js';
import type { Action, Event } from '../core/events.js';
import type { Notice } from '../core/notices.js';
import type { Address } from '../core/values/address.js';
import { millis, since, type Instant } from '../core/values/time.js';
import { DeviceReader } from './device-reader.js';
import type { Log } from './log.js';
import type { Clock, Device, Host, Journal, OpenTunnelSocket, TunnelSocket } from './ports.js';
import { Repeated } from './repeated.js';

export interface LoopOptions {
  readonly interface: string;
  readonly port: number;
  readonly engine: EngineContract;
  readonly device: Device;
  readonly host: Host;
  readonly journal: Journal;
  readonly openSocket: OpenTunnelSocket;
  readonly clock: Clock;
  readonly log: Log;
  /** Our link-local address; it is on the interface already. */
  readonly address: Address;
  /** What `Host.incarnation` said when the agent started. */
  readonly incarnation: string;
}

/** Why a loop ended: all is said, or the interface is not the one it was. */
export type Ending = 'finished' | 'interface-deleted' | 'key-changed';

/** Nobody changes an interface by hand twice in this time; a reading this young shows the device before our change. */
const FRESH = millis(100);
/** Among the engine's actions in the queue, as it must not come between a change and what shows it. */
const LEAVE_ANEW = { type: 'leave-anew' } as const;
/** Timers of Node's overflow after 24 days; nothing of ours is that far off, and looking again costs nothing. */
const LONGEST_SLEEP_MS = 60_000;

export class Loop {
  readonly ended: Promise<Ending>;
  readonly #options: LoopOptions;
  readonly #reader: DeviceReader;
  readonly #followers = new Set<(notice: Notice) => void>();
  readonly #queue: (Action | typeof LEAVE_ANEW)[] = [];
  #working = false;
  #device: DeviceSnapshot;
  /** First read before anybody is told that the agent is ready: what comes after that is to be quick. */
  #host: HostSnapshot;
  #readAt: Instant;
  /** The id of the last `configure` that was carried out. */
  #after = 0;
  #socket: TunnelSocket | undefined;
  #changing: Promise<void> = Promise.resolve();
  readonly #looking = new Repeated(() => this.#lookAtHost());
  #timer: NodeJS.Timeout | undefined;
  #end: (ending: Ending) => void = () => undefined;
  #closed = false;
  readonly #unwatch: () => void;

  /** Opens the socket and begins to watch; nothing is sent before `start`. Throws what opening the socket throws. */
  static async open(options: LoopOptions): Promise<Loop> {
    const [device, host] = await Promise.all([options.device.read(), options.host.read()]);
    const loop = new Loop(options, device, host);
    try {
      await loop.#openSocket();
    } catch (error) {
      await loop.close();
      throw error;
    }
    return loop;
  }

  private constructor(options: LoopOptions, device: DeviceSnapshot, host: HostSnapshot) {
    this.#options = options;
    this.#device = device;
    this.#host = host;
    this.#readAt = options.clock.now();
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.#reader = new DeviceReader({
      device: options.device,
      clock: options.clock,
      onDevice: (read, begun) => {
        this.#deviceRead(read, begun);
      },
      onGone: () => {
        this.#end('interface-deleted');
      },
      onFailure: (error) => {
        options.log.warn(`reading ${options.interface} failed, trying on: ${reasonOf(error)}`);
      },
    });
    this.#unwatch = options.host.watch(() => {
      this.#looking.request();
    });
  }

  /** The interface as it was last read. */
  get device(): DeviceSnapshot {
    return this.#device;
  }

  /** Tells the engine of the machine and the interface. From here on it talks to others. */
  async start(): Promise<void> {
    const { device, clock } = this.#options;
    try {
      this.handle({ type: 'host', host: this.#host });
      const begun = clock.now();
      this.#deviceRead(await device.read(), begun);
    } catch (error) {
      if (!isGone(error)) throw error;
      this.#end('interface-deleted');
    }
  }

  /** One event for the engine, and what it answers into the queue. Nothing after `close`. */
  handle(event: Event): void {
    if (this.#closed) return;
    this.#queue.push(...this.#options.engine.handle(event, this.#options.clock.now()));
    this.#sleep();
    void this.#work();
  }

  /** Has the interface read now, for somebody says that it is another than before. */
  look(): void {
    this.#reader.request();
  }

  /** Calls back for every notice until the answer is called. */
  follow(listener: (notice: Notice) => void): () => void {
    this.#followers.add(listener);
    return () => this.#followers.delete(listener);
  }

  /** Ends everything at once, without a word to anybody. Resolves when a change that is being made just now is made. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.length = 0;
    clearTimeout(this.#timer);
    this.#unwatch();
    this.#reader.close();
    this.#socket?.close();
    await Promise.all([this.#changing, this.#looking.close()]);
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    const wake = this.#options.engine.wakeAt();
    if (wake === undefined) return;
    const wait = Math.max(Math.ceil(wake.at - this.#options.clock.now()), 0);
    const wakeUp = (): void => {
      if (this.#options.clock.now() < wake.at) this.#sleep();
      else this.handle({ type: 'wake' });
    };
    // The socket keeps the process alive as long as it should be; a timer must not.
    this.#timer = setTimeout(wakeUp, Math.min(wait, LONGEST_SLEEP_MS)).unref();
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    for (let action = this.#queue.shift(); action !== undefined; action = this.#queue.shift()) {
      if (action.type === 'configure') await (this.#changing = this.#configure(action));
      else if (action.type === 'leave-anew') await (this.#changing = this.#leaveAnew());
      else this.#carryOut(action);
    }
    this.#working = false;
  }

  #carryOut(action: Exclude<Action, { type: 'configure' }>): void {
    switch (action.type) {
      case 'send':
        this.#socket?.send(action.to, action.bytes);
        return;
      case 'read-device':
        this.#reader.request();
        return;
      case 'ask-routes':
        void this.#askRoutes(action.addresses);
        return;
      case 'notice':
        this.#options.log.notice(action.notice);
        for (const listener of this.#followers) listener(action.notice);
        return;
      case 'finished':
        this.#end('finished');
        return;
    }
  }

  async #configure({ id, changes }: Extract<Action, { type: 'configure' }>): Promise<void> {
    const { device, journal, clock } = this.#options;
    this.#reader.hold();
    let failure: string | undefined;
    try {
      const fresh = since(this.#readAt, clock.now()) <= FRESH;
      journal.record(changes, fresh ? this.#device : await device.read());
      for (const change of changes) if (!this.#closed) await device.apply(change);
    } catch (error) {
      failure = reasonOf(error);
    }
    this.#after = id;
    if (failure !== undefined) this.handle({ type: 'configure-failed', id, reason: failure });
    this.#reader.release();
  }

  async #leaveAnew(): Promise<void> {
    const { device, log } = this.#options;
    await device.leaveAnew().catch((error: unknown) => {
      log.warn(`${this.#options.interface} may go on sending from an address that is gone: ${reasonOf(error)}`);
    });
  }

  #deviceRead(device: DeviceSnapshot, begun: Instant): void {
    if (device.publicKey !== this.#device.publicKey) {
      this.#end('key-changed');
      return;
    }
    this.#device = device;
    this.#readAt = this.#options.clock.now();
    this.#options.journal.observe(device);
    this.handle({ type: 'device', device, begun, after: this.#after });
  }

  async #askRoutes(addresses: readonly Address[]): Promise<void> {
    const { host, log } = this.#options;
    try {
      this.handle({ type: 'routes', routes: await host.routes(addresses, this.#device.fwmark) });
    } catch (error) {
      log.warn(`the routes could not be read: ${reasonOf(error)}`);
      this.handle({ type: 'routes', routes: addresses.map((address) => ({ address, leaves: 'nowhere' })) });
    }
  }

  async #lookAtHost(): Promise<void> {
    try {
      await this.#seeHost();
    } catch (error) {
      if (isGone(error)) this.#end('interface-deleted');
      else if (!this.#closed) this.#options.log.warn(reasonOf(error));
    }
  }

  async #seeHost(): Promise<void> {
    const { host, incarnation, address, journal } = this.#options;
    if ((await host.incarnation()) !== incarnation) {
      this.#end('interface-deleted');
      return;
    }
    let read = await host.read();
    if (this.#closed) return;
    if (!read.tunnel.some((own) => own.address === address)) {
      // `ip link set down` takes it away, and so does a network manager that tidies up.
      this.#socket?.close();
      this.#socket = undefined;
      journal.recordLinkLocal(address);
      await host.addLinkLocal(address);
      this.#options.log.info(`${this.#options.interface} had lost its link-local address; it is back`);
      read = await host.read();
    }
    if (this.#socket === undefined) await this.#openSocket();
    const moved = !isDeepStrictEqual(read.addresses, this.#host.addresses);
    this.#host = read;
    if (moved) this.#queue.push(LEAVE_ANEW);
    this.handle({ type: 'host', host: read });
    this.#reader.request();
  }

  async #openSocket(): Promise<void> {
    const { address, port, log, openSocket } = this.#options;
    const socket = await openSocket({
      interface: this.#options.interface,
      address,
      port,
      onDatagram: (from, bytes) => {
        this.handle({ type: 'datagram', from, bytes });
      },
      onError: (error) => {
        log.warn(`the socket inside the tunnel failed: ${error.message}`);
        this.#socket = undefined;
        if (!this.#closed) this.#looking.request();
      },
    });
    if (this.#closed) socket.close();
    else this.#socket = socket;
  }
}

const isGone = (error: unknown): boolean => error instanceof UserError && error.code === 'interface-missing';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
