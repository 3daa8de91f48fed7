/** How much room wirelink takes once it is installed: what npm unpacks, and the packages it brings along. */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Bytes. Nothing is installed for it: npm says what it would pack, and the packages are those of the clone. */
export function installedBytes(): number {
  const packages = neededPackages().map((path) => join(ROOT, path));
  return packedBytes() + packages.reduce((sum, path) => sum + (existsSync(path) ? bytesIn(path) : 0), 0);
}

function packedBytes(): number {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const told = execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [packed] = JSON.parse(told) as { readonly unpackedSize: number }[];
  return packed?.unpackedSize ?? Number.NaN;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: true; readonly devOptional?: true }>>;
}

/** Where those packages lie that a user gets, too; relative to the clone, which is the entry without a path. */
function neededPackages(): string[] {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true)
    .map(([path]) => path);
}

/** Without packages inside, which the lock file lists by themselves. */
function bytesIn(directory: string): number {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules')
    .map((entry) => join(directory, entry.name))
    .reduce((sum, path) => sum + (lstatSync(path).isDirectory() ? bytesIn(path) : lstatSync(path).size), 0);
}
