/**
 * Reads the interface, one reading at a time, and decides which readings may be told: none that overlaps a change, for
 * nobody could say whether it shows the device before or after it. What is asked for while a reading runs is answered
 * by one more after it.
 */
import type { DeviceSnapshot } from '../core/device.js';
import { UserError } from '../core/errors.js';
import type { Instant } from '../core/values/time.js';
import type { Clock, Device } from './ports.js';

export interface DeviceReaderOptions {
  readonly device: Device;
  readonly clock: Clock;
  /** `begun`: just before the interface was asked. */
  readonly onDevice: (device: DeviceSnapshot, begun: Instant) => void;
  /** The interface is gone. No reading follows. */
  readonly onGone: () => void;
  /** The first of a row of failures; the reader goes on trying. */
  readonly onFailure: (error: unknown) => void;
}

/** A device that fails is busy or being changed: soon again at first, later only as often as an idle one is read. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

export class DeviceReader {
  readonly #options: DeviceReaderOptions;
  #wanted = false;
  #reading = false;
  #held = false;
  /** Counts the changes that began: a reading from before one of them is not told. */
  #changes = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #pause: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: DeviceReaderOptions) {
    this.#options = options;
  }

  /** Asks for a reading that begins after this call. */
  request(): void {
    this.#wanted = true;
    void this.#read();
  }

  /** A change begins. Until `release` nothing is read. */
  hold(): void {
    this.#held = true;
    this.#changes++;
  }

  /** The change is over, and the device is read. */
  release(): void {
    this.#held = false;
    this.request();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#pause);
  }

  async #read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    while (this.#wanted && !this.#held && this.#pause === undefined && !this.#closed) {
      this.#wanted = false;
      const changes = this.#changes;
      const begun = this.#options.clock.now();
      const tell = await this.#options.device.read().then(
        (device) => () => {
          this.#succeeded(device, begun);
        },
        (error: unknown) => () => {
          this.#failed(error);
        },
      );
      if (changes !== this.#changes) this.#wanted = true;
      else if (!this.#isClosed()) tell();
    }
    this.#reading = false;
  }

  /** Asked anew after each wait: the compiler takes a field for what it was before. */
  #isClosed(): boolean {
    return this.#closed;
  }

  #succeeded(device: DeviceSnapshot, begun: Instant): void {
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#options.onDevice(device, begun);
  }

  #failed(error: unknown): void {
    if (error instanceof UserError && error.code === 'interface-missing') {
      this.close();
      this.#options.onGone();
      return;
    }
    if (this.#pauseMs === FIRST_PAUSE_MS) this.#options.onFailure(error);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.request();
    }, this.#pauseMs);
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
  }
}
