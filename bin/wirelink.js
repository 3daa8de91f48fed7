#!/usr/bin/env node
/**
 * Starts the bundle in dist/. Checks Node's version before anything that an older one would not even parse, hence the
 * plain CommonJS; and hands V8 the code that the build compiled ahead, which takes half of a command's time away.
 */
'use strict';

// Without `node:`, which the oldest do not know: they too shall read that they are too old.
const fs = require('fs');
const path = require('path');
const vm = require('vm');

/** The same as "engines" in package.json. */
const OLDEST_NODE = [20, 19];

const dist = path.join(__dirname, '..', 'dist');
const bundle = path.join(dist, 'wirelink.cjs');
const cache = path.join(dist, 'wirelink-' + process.version + '-' + process.arch + '.cache');

function start() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    return refuse(
      'node-too-old',
      'wirelink needs Node.js ' + OLDEST_NODE.join('.') + ' or newer; this is ' + process.version + '.',
      'Install a newer one: https://nodejs.org/en/download',
    );
  }
  const script = compile();
  if (script === undefined) {
    return refuse(
      'not-built',
      'wirelink is not built: ' + bundle + ' is missing.',
      'Build it, in ' + path.dirname(dist) + ', with: npm ci && npm run build',
    );
  }
  return load(script).main(process.argv.slice(2));
}

/** The bundle as a script, as `require` would wrap it; `undefined` when it is not built. */
function compile() {
  const source = read(bundle);
  if (source === undefined) return undefined;
  // The build writes pure ASCII, which V8 takes as it is; UTF-8 would have to be decoded at each start.
  const wrapped = '(function (exports, require, module, __filename, __dirname) {' + source.toString('latin1') + '\n})';
  return new vm.Script(wrapped, { filename: bundle, cachedData: read(cache) });
}

/** Runs the script and answers with what it exports. */
function load(script) {
  const loaded = { exports: {} };
  script.runInThisContext()(loaded.exports, require, loaded, bundle, dist);
  return loaded.exports;
}

function read(file) {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

function refuse(code, message, help) {
  process.exitCode = 1;
  if (process.argv.includes('--json')) console.log(JSON.stringify({ error: { code, message, help } }));
  else console.error('wirelink: ' + message + '\n' + help);
}

// The build compiles ahead with these, exactly as it is done here.
module.exports = { compile, load, cache, OLDEST_NODE };

if (require.main === module) start();
