/**
 * One run of an emulated machine: qemu around a kernel, this machine's files inside it, read-only, and a folder to
 * exchange. Decides by what it is run; what is run in it is the caller's.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { root } from './run.mjs';

/** The guest's first words: its kernel runs, and its root is there. */
const GREETING = 'wirelink-guest: ';
/** A guest under KVM greets after two seconds. Where KVM only seems to work, as in some nested machines, it never does. */
const KVM_GREETS_WITHIN_MS = 20_000;

/**
 * How a processor is had. With `count`, the guest's clock counts its instructions, a nanosecond each: to itself it is a
 * machine of a common kind, however slow and however busy the one that emulates it, so that what is slow there is slow
 * here as well, and nothing else. One processor, as counting allows no more; a plain one, as each feature has to be
 * emulated.
 */
const KVM = { name: 'KVM', options: ['-accel', 'kvm', '-cpu', 'host', '-smp', '2'] };
const EMULATED = {
  name: 'emulation',
  options: [
    ...['-accel', 'tcg,thread=single', '-icount', 'shift=0,sleep=on', '-smp', '1'],
    ...['-cpu', 'qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt'],
  ],
};

/**
 * Boots and waits for the end. Answers whether the guest greeted, and whether it was ended by us for taking more than
 * `limitMs`. What it says goes to our output.
 */
export async function emulate(image, exchange, limitMs) {
  if (kvmIsThere()) {
    console.log(`Booting Linux ${image.release} with KVM`);
    const { greeted, late } = await boot(KVM, image, exchange, limitMs, KVM_GREETS_WITHIN_MS);
    if (greeted) return { greeted, late };
    console.log('KVM is there, but does not work.');
  }
  console.log(`Booting Linux ${image.release} in an emulated machine`);
  return boot(EMULATED, image, exchange, limitMs, limitMs);
}

function boot({ options }, image, exchange, limitMs, greetsWithinMs) {
  const share = (path, tag, more) => [
    '-virtfs',
    `local,path=${path},mount_tag=${tag},security_model=none,multidevs=remap${more}`,
  ];
  const words = [
    ...['console=ttyS0', 'quiet', 'panic=-1', 'mitigations=off'],
    // Both clocks run evenly here; without these words the kernel takes one that costs an emulated device's answer.
    ...['tsc=reliable', 'clocksource=tsc'],
    `wirelink.script=${join(root, 'scripts/kernel/guest.sh')}`,
    `wirelink.modules=${image.modules}`,
  ];
  const qemu = spawn(
    'qemu-system-x86_64',
    [
      ...options,
      ...['-m', '4096', '-nodefaults', '-display', 'none', '-serial', 'stdio', '-nic', 'none', '-no-reboot'],
      ...['-kernel', image.kernel, '-initrd', image.initramfs, '-append', words.join(' ')],
      ...share('/', 'root', ',readonly=on'),
      ...share(exchange, 'exchange', ''),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return new Promise((resolve, reject) => {
    let greeted = false;
    let late = false;
    const end = () => qemu.kill('SIGKILL');
    const unwelcome = setTimeout(() => greeted || end(), greetsWithinMs);
    const limit = setTimeout(() => end((late = true)), limitMs);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, end);
    createInterface({ input: qemu.stdout }).on('line', (line) => {
      greeted ||= line.includes(GREETING);
      if (greeted) console.log(line);
    });
    qemu.on('error', reject);
    qemu.on('close', () => {
      clearTimeout(unwelcome);
      clearTimeout(limit);
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeListener(signal, end);
      resolve({ greeted, late });
    });
  });
}

function kvmIsThere() {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
