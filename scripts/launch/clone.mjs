/** What the clone itself needs before anything in it can run, and whose files they are afterwards. */
import { lstatSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.mjs';

/** Throws when this Node is older than package.json asks for. */
export function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [major, minor] = numbers(engines.node);
  const [ourMajor, ourMinor] = numbers(process.versions.node);
  if (ourMajor > major || (ourMajor === major && ourMinor >= minor)) return;
  throw new Error(
    `wirelink needs Node.js ${major}.${minor} or newer; this is ${process.version}.\n` +
      'Install a newer one: https://nodejs.org/en/download',
  );
}

const numbers = (version) => (version.match(/\d+/g) || []).map(Number);

/** Installs node_modules where there are none, or older ones than package-lock.json describes. */
export async function prepareModules() {
  const modules = join(root, 'node_modules');
  // Somebody linked another clone's: theirs to keep up to date.
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  if (changedAt(join(modules, '.package-lock.json')) >= changedAt(join(root, 'package-lock.json'))) return;
  const npm = process.env.npm_execpath === undefined ? ['npm'] : [process.execPath, process.env.npm_execpath];
  const status = await run([...npm, 'ci', '--include=dev', '--no-audit', '--no-fund']);
  if (status !== 0) throw new Error('npm ci failed; what it said stands above.');
}

/** Builds when a source is newer than the bundle. */
export async function prepareBuild() {
  const sources = ['src', 'bin', 'scripts/build.mjs', 'scripts/compile-ahead.mjs', 'package.json', 'package-lock.json'];
  const newest = Math.max(...sources.map((source) => newestIn(join(root, source))));
  if (changedAt(join(root, 'dist/wirelink.cjs')) >= newest) return;
  if ((await run([process.execPath, 'scripts/build.mjs'])) !== 0) throw new Error('The build failed.');
}

/** When root works in somebody else's clone, what it made there becomes the owner's. */
export async function giveBack() {
  const { uid, gid } = statSync(root);
  if (process.getuid() !== 0 || uid === 0) return;
  const made = [root, '-xdev', '-path', join(root, '.git'), '-prune', '-o', '-uid', '0'];
  await run(['find', ...made, '-exec', 'chown', '-h', `${uid}:${gid}`, '{}', '+']);
}

/** Milliseconds since 1970, 0 for what is not there. */
const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function newestIn(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}
