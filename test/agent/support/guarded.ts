/** An agent's stand-in: starts a guardian and tells in files of the folder what happens. To be killed by the test. */
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { startGuardian } from '../../../src/agent/guardian.js';

const folder = process.argv[2] ?? '';
const script = join(folder, 'restore "it".sh');
writeFileSync(
  script,
  `#!/bin/sh\nprintf '%s\\n' "$*" > "\${0%/*}/being-restored"\nmv "\${0%/*}/being-restored" "\${0%/*}/restored"\n`,
);
chmodSync(script, 0o755);

const guardian = startGuardian({
  restore: [script, 'up', 'wg0', '--restore'],
  graceSeconds: 0,
  onLoss: (reason) => {
    console.log(`lost ${reason}`);
  },
});

createInterface(process.stdin).on('line', () => {
  guardian.dismiss();
  console.log(`dismissed, ${existsSync(join(folder, 'restored')) ? 'restored' : 'nothing restored'}`);
});
console.log('ready');
