/** A machine in memory whose every step is written down in one list, so that a test can compare their order. */
import type { Journal, OpenTunnelSocket, TunnelSocketOptions } from '../../../src/agent/ports.js';
import type { DeviceSnapshot, PeerChange } from '../../../src/core/device.js';
import type { Address } from '../../../src/core/values/address.js';
import { linkLocal } from '../../../src/core/values/key.js';
import { systemClock } from '../../../src/agent/clock.js';
import { createLog, type Log } from '../../../src/agent/log.js';
import { testKey } from '../../support/keys.js';
import { MemoryDevice } from '../../support/memory-device.js';
import { MemoryHost } from '../../support/memory-host.js';
import { ScriptedEngine } from '../../support/scripted-engine.js';

export class Machine {
  readonly steps: string[] = [];
  readonly logged: string[] = [];
  readonly engine = new ScriptedEngine();
  readonly device = new WatchedDevice(this.steps);
  readonly host = new WatchedHost(this.steps);
  readonly clock = systemClock;
  readonly address = linkLocal(testKey(255));
  readonly interface = 'wg0';
  readonly incarnation = 'boot net:[1] 7';
  readonly port = 51821;
  socket: TunnelSocketOptions | undefined;

  readonly journal: Journal = {
    warnings: [],
    record: (changes) => {
      this.steps.push(`record ${changes.map(({ publicKey }) => publicKey.slice(0, 4)).join(' ')}`);
    },
    recordLinkLocal: (address) => {
      this.steps.push(`record ${address}`);
    },
    observe: () => undefined,
    adopted: () => ({ peers: [], moved: [] }),
    clear: () => {
      this.steps.push('clear journal');
    },
  };

  readonly openSocket: OpenTunnelSocket = (options) => {
    this.steps.push(`open ${options.address}`);
    this.socket = options;
    return Promise.resolve({
      unsent: 0,
      send: (to: Address, bytes: Uint8Array) => {
        this.steps.push(`send ${to} ${bytes.join('.')}`);
      },
      close: () => {
        this.steps.push('close socket');
      },
    });
  };

  readonly log: Log = createLog({
    write: (line) => {
      // Without the time of day.
      this.logged.push(line.slice(9).trimEnd());
    },
    now: () => new Date(),
    level: 'info',
    format: 'text',
    nameOf: () => undefined,
  });
}

/** Writes down what is applied; a test may hold readings and changes back, or have them fail. */
export class WatchedDevice extends MemoryDevice {
  readonly #steps: string[];
  /** Awaited before each reading is taken; what it throws, the reading throws. */
  beforeRead: () => Promise<void> = () => Promise.resolve();
  /** Awaited before each change is made. */
  whileApplying: (change: PeerChange) => Promise<void> = () => Promise.resolve();
  whileLeaving: () => Promise<void> = () => Promise.resolve();
  key = testKey(255);

  constructor(steps: string[]) {
    super([{ publicKey: testKey(1) }]);
    this.#steps = steps;
  }

  override async read(): Promise<DeviceSnapshot> {
    const snapshot = await super.read();
    await this.beforeRead();
    this.#steps.push('read');
    return { ...snapshot, publicKey: this.key };
  }

  override async apply(change: PeerChange): Promise<void> {
    await this.whileApplying(change);
    this.beforeApply(change);
    this.set(change);
    this.#steps.push(`apply ${change.publicKey.slice(0, 4)}`);
  }

  override leaveAnew(): Promise<void> {
    this.#steps.push('leave anew');
    return this.whileLeaving();
  }
}

export class WatchedHost extends MemoryHost {
  readonly #steps: string[];
  current = 'boot net:[1] 7';
  #changed: () => void = () => undefined;

  constructor(steps: string[]) {
    super();
    this.#steps = steps;
    this.addresses.add(linkLocal(testKey(255)));
  }

  /** As the kernel would tell. */
  change(): void {
    this.#changed();
  }

  override incarnation(): Promise<string> {
    return Promise.resolve(this.current);
  }

  override addLinkLocal(address: Address): Promise<void> {
    this.#steps.push(`add ${address}`);
    return super.addLinkLocal(address);
  }

  override watch(changed?: () => void): () => void {
    if (changed !== undefined) this.#changed = changed;
    return () => {
      this.#changed = () => undefined;
    };
  }
}
