/**
 * Bundles src/ into dist/wirelink.cjs, with the licences of what is in it, writes the man pages, and compiles it ahead: dist/wirelink-<node>-<arch>.cache is V8's code cache of
 * what a command runs, which bin/wirelink.js hands back to V8. Another Node than the one that built it has a cache of
 * no use to it, finds none under its name, and compiles for itself.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licencesOf } from './licences.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = `${root}dist/wirelink.cjs`;

rmSync(`${root}dist`, { recursive: true, force: true });
const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outfile: bundle,
  write: false,
  metafile: true,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  // vm.Script has no import() of its own; all that is imported later is in the bundle as well.
  supported: { 'dynamic-import': false },
  charset: 'ascii',
  // Their texts go beside it, whole.
  legalComments: 'none',
  // oclif asks for these to run TypeScript sources; 9 MB for what never happens here.
  external: ['typescript', 'ts-node', 'tsx'],
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.OCLIF_DISABLE_ENGINE_WARNING': '"1"' },
  logLevel: 'warning',
});

// bin/wirelink.js reads the file as one-byte characters. esbuild writes ASCII but for literal regular expressions, where
// an escape means the same.
const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
mkdirSync(`${root}dist`, { recursive: true });
writeFileSync(bundle, outputFiles[0].text.replaceAll(/[^\x00-\x7f]/g, escaped));
writeFileSync(`${root}dist/LICENSES.txt`, licencesOf(root, Object.keys(metafile.inputs)));

execFileSync(process.execPath, ['--import', 'tsx', 'scripts/man-pages.ts', 'dist/man'], {
  cwd: root,
  stdio: 'inherit',
});
execFileSync(process.execPath, [`${root}scripts/compile-ahead.mjs`], { stdio: ['ignore', 'ignore', 'inherit'] });
