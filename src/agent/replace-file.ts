/**
 * Puts a new text in the place of a file's, so that whoever reads it meets the one or the other whole, also after a
 * power cut. Mode and owner stay; a symbolic link stays one. Which text, others decide.
 */
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../core/errors.js';
import { isFull } from './paths.js';

/** `undefined` when there is no such file. Throws `UserError('no-permission')`. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw meaningOf(error, path);
  }
}

/**
 * Writes the text beside the file and moves it there; `undefined` removes the file. One that is not there yet gets the
 * mode, and its directory if need be. Throws `UserError`: `no-permission`, `disk-full`, `file-unwritable`; the file is as
 * it was then.
 */
export function replaceFile(path: string, text: string | undefined, mode = 0o644): void {
  try {
    if (text === undefined) {
      rmSync(path, { force: true });
      return;
    }
    mkdirSync(dirname(path), { recursive: true });
    const before = statSync(path, { throwIfNoEntry: false });
    const target = before === undefined ? path : realpathSync(path);
    const beside = `${target}.wirelink-${process.pid}`;
    try {
      write(beside, text, before ?? { mode });
      renameSync(beside, target);
    } finally {
      rmSync(beside, { force: true });
    }
    sync(dirname(target));
  } catch (error) {
    throw meaningOf(error, path);
  }
}

interface Manners {
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** Nobody else may read it before it has its mode: it may hold a private key. */
function write(path: string, text: string, { mode, uid, gid }: Manners): void {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    writeSync(descriptor, text);
    if (uid !== undefined && gid !== undefined) fchownSync(descriptor, uid, gid);
    fchmodSync(descriptor, mode & 0o7777);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The new name, too, has to be on the disk. */
function sync(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function meaningOf(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) return error;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return new UserError('no-permission', { what: path });
  if (isFull(error)) return new UserError('disk-full', { path });
  return new UserError('file-unwritable', { path, why: code });
}
