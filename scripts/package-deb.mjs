/**
 * `npm run package:deb`: a Debian package of what the build made, put together by dpkg-deb alone.
 *
 *   node scripts/package-deb.mjs [--revision NUMBER] [--output DIRECTORY] [--no-build]
 *
 * Prints the path of the package. Its files have the time of SOURCE_DATE_EPOCH, if that is set; its maintainer is who
 * DEBFULLNAME and DEBEMAIL name.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { values: options } = parseArgs({
  options: {
    revision: { type: 'string', default: '1' },
    output: { type: 'string', default: join(root, 'dist') },
    'no-build': { type: 'boolean', default: false },
  },
});

// Directories get their modes by it.
process.umask(0o022);

const MAINTAINER_SCRIPTS = ['postinst', 'prerm', 'postrm'];
const COMPLETIONS = {
  bash: 'usr/share/bash-completion/completions/wirelink',
  zsh: 'usr/share/zsh/vendor-completions/_wirelink',
  fish: 'usr/share/fish/vendor_completions.d/wirelink.fish',
};

// The path alone belongs on stdout, and the build is silent.
if (!options['no-build']) execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' });
const stage = mkdtempSync(join(tmpdir(), 'wirelink-deb-'));
try {
  chmodSync(stage, 0o755);
  program();
  documents();
  control();
  const revised = `${version}-${options.revision}`;
  const file = join(options.output, `wirelink_${revised}_all.deb`);
  mkdirSync(options.output, { recursive: true });
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', stage, file], { stdio: 'ignore' });
  console.log(file);
} finally {
  rmSync(stage, { recursive: true });
}

/** Without what was compiled ahead here: it is of use to this very Node only, and made anew on each machine. */
function program() {
  const home = 'usr/share/wirelink';
  for (const path of ['bin', 'scripts/compile-ahead.mjs', 'dist/wirelink.cjs']) copy(path, `${home}/${path}`);
  mkdirSync(join(stage, 'usr/bin'), { recursive: true });
  symlinkSync('../share/wirelink/bin/wirelink.js', join(stage, 'usr/bin/wirelink'));
  const unit = readFileSync(join(root, 'packaging/systemd/wirelink@.service'), 'utf8');
  write('usr/lib/systemd/system/wirelink@.service', unit.replaceAll('/usr/local/bin/wirelink', '/usr/bin/wirelink'));
  mkdirSync(join(stage, 'etc/wirelink'), { recursive: true });
  for (const [shell, path] of Object.entries(COMPLETIONS)) {
    write(path, execFileSync(process.execPath, ['bin/wirelink.js', 'completion', shell], { cwd: root }));
  }
}

function documents() {
  for (const name of readdirSync(join(root, 'dist/man'))) {
    write(`usr/share/man/man1/${name}.gz`, gzipSync(readFileSync(join(root, 'dist/man', name)), { level: 9 }));
  }
  const home = 'usr/share/doc/wirelink';
  copy('README.md', `${home}/README.md`);
  for (const name of ['commands', 'configuration', 'security', 'errors'])
    copy(`docs/${name}.md`, `${home}/docs/${name}.md`);
  const licences = ['LICENSE', 'dist/LICENSES.txt'].map((path) => readFileSync(join(root, path), 'utf8'));
  write(`${home}/copyright`, `wirelink ${version} (${license})\n\n${licences.join(`\n${'-'.repeat(80)}\n\n`)}`);
}

function control() {
  const text = readFileSync(join(root, 'packaging/debian/control'), 'utf8')
    .replace('@VERSION@', `${version}-${options.revision}`)
    .replace('@MAINTAINER@', () => maintainer())
    .replace('@SIZE@', String(Math.ceil(bytesIn(stage) / 1024)));
  write('DEBIAN/control', text);
  copy('packaging/debian/triggers', 'DEBIAN/triggers');
  for (const name of MAINTAINER_SCRIPTS) {
    copy(`packaging/debian/${name}`, `DEBIAN/${name}`);
    chmodSync(join(stage, 'DEBIAN', name), 0o755);
  }
}

/** Whoever builds it, by the variables that Debian's own tools go by; somebody's own build on their own machine unless set. */
function maintainer() {
  const { DEBFULLNAME: name = 'Local build', DEBEMAIL: address = 'root@localhost' } = process.env;
  return `${name} <${address}>`;
}

/** With modes of our own: the clone's come from somebody's umask. */
function copy(from, to) {
  const source = join(root, from);
  if (statSync(source).isDirectory()) for (const name of readdirSync(source)) copy(`${from}/${name}`, `${to}/${name}`);
  else write(to, readFileSync(source), statSync(source).mode & 0o100 ? 0o755 : 0o644);
}

function write(path, content, mode = 0o644) {
  const target = join(stage, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
  chmodSync(target, mode);
}

function bytesIn(path) {
  if (!statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}
