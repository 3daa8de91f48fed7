/** Builds the Debian package, and installs it by dpkg into a root of a test's own with a made-up system in it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Of all files in it. Any would do. */
const TIME = '1700000000';

/** From the build that is there. Answers the path of the package. */
export function buildDeb(
  directory: string,
  revision: string,
  environment: Readonly<Record<string, string>> = {},
): string {
  const args = ['scripts/package-deb.mjs', '--no-build', '--revision', revision, '--output', directory];
  const env = { ...process.env, SOURCE_DATE_EPOCH: TIME, ...environment };
  return execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', env }).trim();
}

/** What Debian 13 has. */
const TRIXIE = { nodejs: '20.19.2+dfsg-1', 'wireguard-tools': '1.0.20210914-3', iproute2: '6.15.0-1' };

export class DebianRoot {
  readonly directory: string;

  constructor(directory: string, installed: Readonly<Record<string, string>> = TRIXIE) {
    this.directory = directory;
    const state = join(directory, 'var/lib/dpkg');
    for (const folder of ['info', 'updates', 'triggers']) mkdirSync(join(state, folder), { recursive: true });
    const entries = Object.entries(installed).map(
      ([name, version]) =>
        `Package: ${name}\nStatus: install ok installed\nMaintainer: x <x@localhost>\n` +
        `Architecture: all\nVersion: ${version}\nDescription: made up\n`,
    );
    writeFileSync(join(state, 'status'), entries.join('\n'));
    for (const name of Object.keys(installed)) writeFileSync(join(state, 'info', `${name}.list`), '');
  }

  path(relative: string): string {
    return join(this.directory, relative);
  }

  read(relative: string): string {
    return readFileSync(this.path(relative), 'utf8');
  }

  /** Throws with what dpkg said when it fails. */
  dpkg(...args: readonly string[]): string {
    const { status, stdout, stderr } = this.#dpkg(args);
    if (status !== 0) throw new Error(`dpkg ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  }

  install(deb: string): void {
    this.dpkg('--install', deb);
  }

  /** What it says when it does not install it. */
  refusal(deb: string): string {
    const { status, stderr } = this.#dpkg(['--install', deb]);
    if (status === 0) throw new Error(`dpkg installed ${deb}`);
    return stderr;
  }

  status(): string {
    const [, about = ''] = /Package: wirelink\n([^]*?)\n\n/.exec(`${this.read('var/lib/dpkg/status')}\n\n`) ?? [];
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(about)?.[1] ?? '';
    return `${field('Status')} ${field('Version')}`;
  }

  /** All there is, dpkg's own state and log apart; sorted. */
  files(): readonly string[] {
    const all = readdirSync(this.directory, { recursive: true, encoding: 'utf8' });
    return all.filter((path) => !/^var(\/|$)/.test(path)).sort();
  }

  #dpkg(args: readonly string[]) {
    const options = [`--root=${this.directory}`, '--force-script-chrootless', '--log=/dev/null'];
    return spawnSync('dpkg', [...options, ...args], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  }
}
