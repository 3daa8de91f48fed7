/**
 * The journal of what we changed on the interface, on disk before each change is made: so that whoever comes after us, a
 * restarted agent or the guardian of a killed one, can carry on or put things back. What an entry means is ledger.ts's.
 */
import { closeSync, constants, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { Adopted, DeviceSnapshot, PeerChange } from '../core/device.js';
import { UserError } from '../core/errors.js';
import type { Address } from '../core/values/address.js';
import { entryId, observed, recorded, type Entry, type Ledger } from './journal/ledger.js';
import { differenceLines, headerLine, readLines } from './journal/lines.js';
import { isFull, journalPath, makeRunDir } from './paths.js';
import type { Journal } from './ports.js';

/** Lines that say nothing any more, before the file is written anew: a few kilobytes. */
const SUPERSEDED_LINES = 200;

/**
 * Takes over what an earlier agent wrote about this incarnation of the interface. What it wrote about another one is
 * void; a file that cannot be read is moved aside, with a warning. Throws `UserError('no-permission')`.
 */
export function openJournal(interfaceName: string, incarnation: string): FileJournal {
  const path = journalPath(interfaceName);
  const { ledger, warnings } = readEarlier(path, incarnation);
  return new FileJournal(path, incarnation, ledger, warnings);
}

/** What a restarted agent would adopt. Changes nothing: of a file that makes no sense it says nothing either. */
export function peekAdopted(interfaceName: string, incarnation: string): Adopted {
  let text = '';
  try {
    text = readFileSync(journalPath(interfaceName), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') {
      throw new UserError('no-permission', { what: journalPath(interfaceName) });
    }
  }
  const earlier = readLines(text);
  return adoptedFrom(earlier?.incarnation === incarnation ? earlier.ledger : new Map());
}

/** For an interface that is gone: nothing can be undone. */
export function discardJournal(interfaceName: string): void {
  rmSync(journalPath(interfaceName), { force: true });
}

class FileJournal implements Journal {
  readonly warnings: readonly string[];
  readonly #path: string;
  readonly #incarnation: string;
  #ledger: Ledger;
  /** Lines in the file; `undefined` when it must be written anew before anything can be added to it. */
  #lines: number | undefined;

  constructor(path: string, incarnation: string, ledger: Ledger, warnings: readonly string[]) {
    this.#path = path;
    this.#incarnation = incarnation;
    this.#ledger = ledger;
    this.warnings = warnings;
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  record(changes: readonly PeerChange[], before: DeviceSnapshot): void {
    this.#become(recorded(this.#ledger, changes, before));
  }

  recordLinkLocal(address: Address): void {
    const entry: Entry = { did: 'address-added', address };
    if (!this.#ledger.has(entryId(entry))) this.#become(new Map([...this.#ledger, [entryId(entry), entry]]));
  }

  observe(device: DeviceSnapshot): void {
    try {
      this.#become(observed(this.#ledger, device));
    } catch (error) {
      // What is there no more, the next look finds as well, or whoever undoes.
      if (!(error instanceof UserError && error.code === 'disk-full')) throw error;
    }
  }

  adopted(): Adopted {
    return adoptedFrom(this.#ledger);
  }

  clear(): void {
    rmSync(this.#path, { force: true });
    this.#ledger = new Map();
    this.#lines = undefined;
  }

  /** Writes first, so that a failure leaves what we remember as it is on disk. */
  #become(ledger: Ledger): void {
    const lines = differenceLines(this.#ledger, ledger);
    if (lines.length === 0) return;
    const total = (this.#lines ?? 0) + lines.length;
    const anew = this.#lines === undefined || total > ledger.size + SUPERSEDED_LINES;
    // Half a line may be left behind when the disk is full: the next attempt starts afresh.
    this.#lines = undefined;
    if (anew) writeWhole(this.#path, [headerLine(this.#incarnation), ...differenceLines(new Map(), ledger)].join(''));
    else append(this.#path, lines.join(''));
    this.#lines = anew ? ledger.size : total;
    this.#ledger = ledger;
  }
}

export type { FileJournal };

function adoptedFrom(ledger: Ledger): Adopted {
  const entries = [...ledger.values()];
  return {
    peers: entries.flatMap((entry) => (entry.did === 'peer-added' ? [entry.peer] : [])),
    moved: entries.flatMap((entry) =>
      entry.did === 'prefix-moved' ? [{ prefix: entry.prefix, from: entry.from }] : [],
    ),
  };
}

interface Earlier {
  readonly ledger: Ledger;
  readonly warnings: readonly string[];
}

function readEarlier(path: string, incarnation: string): Earlier {
  const nothing = new Map<string, Entry>();
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return { ledger: nothing, warnings: [] };
    if (code === 'EACCES' || code === 'EPERM') throw new UserError('no-permission', { what: path });
    return { ledger: nothing, warnings: [moveAside(path, 'cannot be read')] };
  }
  const earlier = readLines(text);
  if (earlier === undefined) return { ledger: nothing, warnings: [moveAside(path, 'is no journal')] };
  if (earlier.incarnation !== incarnation) return { ledger: nothing, warnings: [] };
  if (earlier.sound) return { ledger: earlier.ledger, warnings: [] };
  // Its readable lines still name changes that were made; they must survive the file.
  const warning = moveAside(path, 'has lines that make no sense');
  writeWhole(path, [headerLine(incarnation), ...differenceLines(nothing, earlier.ledger)].join(''));
  return { ledger: earlier.ledger, warnings: [warning] };
}

function moveAside(path: string, why: string): string {
  const aside = `${path}.unusable`;
  rmSync(aside, { force: true, recursive: true });
  renameSync(path, aside);
  return `The journal ${path} ${why}; it is kept as ${aside}.`;
}

function append(path: string, text: string): void {
  // Without O_CREAT: a file that somebody removed must not come back without its header.
  writeDurably(path, constants.O_WRONLY | constants.O_APPEND, text);
}

/** Whoever reads the file sees the old content or the new, never a part. */
function writeWhole(path: string, text: string): void {
  makeRunDir();
  const next = `${path}.next`;
  writeDurably(next, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, text);
  renameSync(next, path);
}

/** Throws `UserError('disk-full')`. */
function writeDurably(path: string, flags: number, text: string): void {
  let file: number | undefined;
  try {
    file = openSync(path, flags, 0o600);
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } catch (error) {
    throw isFull(error) ? new UserError('disk-full', { path }) : error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
