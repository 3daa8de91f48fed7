/** How much room wirelink takes once it is installed: what npm unpacks, and the packages it brings along. */
import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Bytes. Nothing is installed for it: asked are npm, for what it would pack, and node_modules. */
export function installedBytes(): number {
  const [packed] = JSON.parse(npm('pack', '--dry-run', '--json', '--ignore-scripts')) as { unpackedSize: number }[];
  const [, ...packages] = npm('ls', '--omit=dev', '--all', '--parseable').trim().split('\n');
  return (packed?.unpackedSize ?? Number.NaN) + packages.reduce((sum, directory) => sum + bytesIn(directory), 0);
}

const npm = (...args: string[]): string =>
  execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** Without the packages inside, which `npm ls` names by themselves. */
function bytesIn(directory: string): number {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules')
    .map((entry) => join(directory, entry.name))
    .reduce((sum, path) => sum + (lstatSync(path).isDirectory() ? bytesIn(path) : lstatSync(path).size), 0);
}
