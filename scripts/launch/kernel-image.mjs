/**
 * A Debian kernel to boot in an emulated machine: fetched as a package, unpacked into the user's cache, never installed.
 * With it the initramfs that gets from there to this machine's own files.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { output, root } from './run.mjs';

/** The package that depends on the current kernel's. The cloud image's kernel has no 9p. */
const META_PACKAGE = 'linux-image-amd64';
/** Not the installed one, which may need libraries that an initramfs has not. */
const BUSYBOX_PACKAGE = 'busybox-static';
/** What the initramfs needs to reach the host's files, and what lies under them. */
const ROOT_MODULES = ['virtio_pci', '9pnet_virtio', '9p', 'overlay'];

/** `{ kernel, modules, initramfs, release }`: paths, and the kernel's version. Throws when there is no package. */
export function prepareKernel() {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'wirelink', 'kernel');
  const tree = withFreshLists(() => unpack(cache));
  const modules = join(tree, 'lib/modules');
  const [release] = readdirSync(modules);
  const initramfs = join(tree, 'initramfs');
  buildInitramfs(tree, release, initramfs);
  return { kernel: join(tree, 'boot', `vmlinuz-${release}`), modules, initramfs, release };
}

/** A fresh container has no package lists yet, and old ones name versions that are gone. Only root may renew them. */
function withFreshLists(work) {
  try {
    return work();
  } catch (error) {
    if (process.getuid() !== 0) throw error;
    output(['apt-get', 'update']);
    return work();
  }
}

/** Where the current kernel's package is unpacked; there already, or from now on. */
function unpack(cache) {
  const name = /Depends: (linux-image-\S+)/.exec(output(['apt-cache', 'depends', META_PACKAGE]))?.[1];
  if (name === undefined) throw new Error(`apt knows no kernel: ${META_PACKAGE} depends on none. Try: apt-get update`);
  const tree = join(cache, name);
  if (!existsSync(tree)) fetch(name, tree, cache);
  return tree;
}

/** What stands at `tree` is complete: it gets its name at the end. */
function fetch(name, tree, cache) {
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, 'unpacking-'));
  try {
    console.log(`Fetching ${name} into ${cache}`);
    output(['apt-get', 'download', name, BUSYBOX_PACKAGE], scratch);
    const unpacked = join(scratch, 'tree');
    for (const archive of readdirSync(scratch)) output(['dpkg-deb', '--extract', join(scratch, archive), unpacked]);
    // modprobe looks in the one place or the other, as Debian's releases do.
    if (!existsSync(join(unpacked, 'lib'))) symlinkSync('usr/lib', join(unpacked, 'lib'));
    const [release] = readdirSync(join(unpacked, 'lib/modules'));
    output(['depmod', '--basedir', unpacked, release]);
    renameSync(unpacked, tree);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function buildInitramfs(tree, release, target) {
  const scratch = mkdtempSync(join(tree, 'initramfs-'));
  try {
    for (const place of ['bin', 'modules', 'proc', 'sys', 'dev', 'host', 'changes', 'new'])
      mkdirSync(join(scratch, place));
    const busybox = [join(tree, 'bin/busybox'), join(tree, 'usr/bin/busybox')].find(existsSync);
    cpSync(busybox, join(scratch, 'bin/busybox'), { dereference: true });
    cpSync(join(root, 'scripts/kernel/init.sh'), join(scratch, 'init'));
    const shown = output([
      'modprobe',
      '--dirname',
      tree,
      '--set-version',
      release,
      '--show-depends',
      '--all',
      ...ROOT_MODULES,
    ]);
    const files = [...new Set([...shown.matchAll(/^insmod (\S+)/gm)].map(([, file]) => file))];
    for (const file of files) unpackModule(file, join(scratch, 'modules', plainName(file)));
    writeFileSync(join(scratch, 'modules/order'), files.map((file) => `${plainName(file)}\n`).join(''));
    output(
      ['sh', '-c', `chmod 755 init && find . | cpio --quiet --create --format=newc >${JSON.stringify(target)}`],
      scratch,
    );
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const plainName = (file) => basename(file, '.xz');

/** busybox cannot load a compressed module. */
function unpackModule(file, target) {
  if (!file.endsWith('.xz')) return cpSync(file, target);
  const { status, stdout } = spawnSync('xz', ['--decompress', '--stdout', file], { maxBuffer: 64 << 20 });
  if (status !== 0) throw new Error(`xz could not unpack ${file}`);
  writeFileSync(target, stdout);
}
