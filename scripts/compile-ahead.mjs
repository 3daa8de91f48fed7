/**
 * Writes V8's code cache of the bundle, with all that `peers` runs compiled: V8 compiles a function when it is called
 * first, and puts into the cache what it has compiled so far. So this asks a made-up agent for its peers, once.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { compile, load, cache } = createRequire(import.meta.url)('../bin/wirelink.js');

const directory = mkdtempSync(join(tmpdir(), 'wirelink-build-'));
process.env.WIRELINK_RUN_DIR = directory;
const key = `${'A'.repeat(43)}=`;
const peer = { publicKey: key, path: 'relayed', router: false, allowedIps: [], cause: { code: 'waiting', text: '-' } };
const result = { self: { publicKey: key, warnings: [] }, peers: [peer] };

const server = createServer((client) => {
  client.on('data', (line) => client.write(`${JSON.stringify({ id: JSON.parse(String(line)).id, result })}\n`));
  client.on('error', () => client.destroy());
});
await new Promise((resolve) => server.listen(join(directory, 'wg0.sock'), resolve));
try {
  const script = compile();
  const { main } = load(script);
  await main(['peers', '--json']);
  await main(['peers']);
  if (process.exitCode) throw new Error('the bundle does not run: the command that compiles it ahead failed');
  writeFileSync(cache, script.createCachedData());
} finally {
  server.close();
  rmSync(directory, { recursive: true });
}
