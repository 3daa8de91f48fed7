/**
 * Bundles src/ into dist/wirelink.cjs, and compiles it ahead: dist/wirelink-<node>-<arch>.cache is V8's code cache of
 * what a command runs, which bin/wirelink.js hands back to V8. Another Node than the one that built it has a cache of
 * no use to it, finds none under its name, and compiles for itself.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = `${root}dist/wirelink.cjs`;

rmSync(`${root}dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  // vm.Script has no import() of its own; all that is imported later is in the bundle as well.
  supported: { 'dynamic-import': false },
  // bin/wirelink.js reads the file as one-byte characters.
  charset: 'ascii',
  legalComments: 'none',
  // oclif asks for these to run TypeScript sources; 9 MB for what never happens here.
  external: ['typescript', 'ts-node', 'tsx'],
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.OCLIF_DISABLE_ENGINE_WARNING': '"1"' },
  logLevel: 'warning',
});
execFileSync(process.execPath, [`${root}scripts/compile-ahead.mjs`], { stdio: ['ignore', 'ignore', 'inherit'] });
