/**
 * The configuration of a running agent: what of it holds now, what becomes of it when it is read again, and whether the
 * file says something else by now. A file with a mistake changes nothing. What new settings do is the agent's.
 */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../core/errors.js';
import type { Cause } from '../core/views.js';
import { placeText } from './metrics/place.js';
import type { Settings } from './settings.js';

export interface ConfigurationOptions {
  /** Where it is read from, if it is there. */
  readonly file: string;
  /** Throws `UserError('configuration')`. */
  readonly read: () => Settings;
}

/** How reading it again ended; `message` is for people. */
export type Reread =
  | { readonly outcome: 'applied'; readonly settings: Settings; readonly message: string }
  | { readonly outcome: 'refused'; readonly message: string };

export class Configuration {
  readonly #options: ConfigurationOptions;
  #settings: Settings;
  #text: string | undefined;
  #stamp: string;
  /** What of the file, as last read, does not hold. */
  #unused: string | undefined;

  /** Reads it for the first time. Throws `UserError('configuration')`. */
  constructor(options: ConfigurationOptions) {
    this.#options = options;
    this.#stamp = stampOf(options.file);
    this.#text = textOf(options.file);
    this.#settings = options.read();
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Where it is read from, as an absolute path; it need not be there. */
  get file(): string {
    return resolve(this.#options.file);
  }

  /** Reads it again. Throws what is no mistake of the user's. */
  reread(): Reread {
    const { file, read } = this.#options;
    this.#stamp = stampOf(file);
    this.#text = textOf(file);
    try {
      return this.#apply(read());
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#unused = `${file} is not in use, for it has a mistake: ${error.message.split('\n').join('; ')}`;
      return { outcome: 'refused', message: `configuration not changed: ${error.message}` };
    }
  }

  /** What of the file, as it is on the disk now, does not hold. */
  warnings(): readonly Cause[] {
    const { file } = this.#options;
    const stamp = stampOf(file);
    const changed = stamp !== this.#stamp && textOf(file) !== this.#text;
    // Touched and nothing else: do not read it each time.
    if (!changed) this.#stamp = stamp;
    const text = changed
      ? `${file} has changed since the agent read it. Have it read again with: kill -HUP ${process.pid}`
      : this.#unused;
    return text === undefined ? [] : [{ code: 'configuration', text }];
  }

  #apply(read: Settings): Reread {
    const { port, metrics } = this.#settings;
    const stays = [
      read.port === port ? [] : [`the port stays ${port}`],
      same(read.metrics, metrics) ? [] : [`metrics stay ${metrics === undefined ? 'off' : `at ${placeText(metrics)}`}`],
    ].flat();
    this.#settings = { ...read, port, metrics };
    this.#unused =
      stays.length === 0
        ? undefined
        : `Of ${this.#options.file}, ${stays.join(' and ')} until the agent is started anew.`;
    const but = stays.length === 0 ? '' : `, but ${stays.join(' and ')} until the agent is started anew`;
    return { outcome: 'applied', settings: this.#settings, message: `configuration read again${but}` };
  }
}

const same = (one: Settings['metrics'], other: Settings['metrics']): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Other than before when the file may be; the default file may be missing. */
function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? '' : [found.ino, found.size, found.mtimeNs].join(' ');
}

/** `undefined` for what is missing or cannot be read, of which reading it properly tells. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
