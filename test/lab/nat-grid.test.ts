/** Cells of the NAT grid on real WireGuard and real conntrack: the oracle that judges the simulator judges them too. */
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../lab/agent.js';
import { labCell } from '../../lab/cell.js';
import { pathOf } from '../../lab/observe.js';
import { waitFor } from '../../lab/wait.js';
import { judge } from '../../src/sim/grid/oracle/judge.js';
import { GRID, type NamedCell } from '../../src/sim/grid/pairs.js';
import type { CauseCode } from '../../src/core/views.js';
import { enter } from './enter.js';
import { DIRECT_WITHIN_MS, Mesh } from './mesh.js';

/** Of each verdict and each kind of NAT that the laboratory can make, with which order of first packets does not matter. */
const CELLS = [
  'EI/APD with EI/APD',
  'EI/EI with APD/APD',
  'EI/AD with APD/APD',
  'public with APD/APD',
  'EI/APD with public, fw',
  'EI/APD with home in EI/APD',
  'EI/AD with remembers',
  'EI/EI with remembers',
  'APD + IPv6 with APD + IPv6',
  'IPv6 with APD + IPv6',
  'one home behind APD/APD, no hairpinning',
  'EI/APD with APD/APD',
  'APD/APD with APD/APD',
  'APD/APD with public, fw',
  'EI/APD with home in APD/APD',
  'EI/EI with hub only',
  'EI/APD with IPv6',
  'homes EI/APD and EI/APD behind one carrier’s EI/APD, no hairpinning',
].map(cellNamed);

/** What an attempt that found no way is told by. */
const NO_WAY: readonly CauseCode[] = [
  'mapping-varies',
  'no-candidates',
  'no-common-family',
  'no-hairpin',
  'udp-blocked',
];

const possible = CELLS.filter(({ cell }) => judge(cell).possible);
const impossible = CELLS.filter(({ cell }) => !judge(cell).possible);

describe('where the oracle says that a direct path is possible, real WireGuard is direct', () => {
  it.each(possible)('$name', async ({ cell }) => {
    const mesh = await Mesh.start(await enter(labCell(cell)));
    await mesh.until('direct', DIRECT_WITHIN_MS);
  });
});

describe('where the oracle says that none is, real WireGuard stays with the hub when an attempt has failed', () => {
  it.each(impossible)('$name', async ({ cell }) => {
    const scene = await enter(labCell(cell));
    const mesh = await Mesh.start(scene);
    await mesh.telling(
      waitFor(
        'an attempt has failed',
        () => viewOf(scene.a, scene.b),
        (view) => NO_WAY.some((code) => code === view?.cause?.code),
        { timeoutMs: DIRECT_WITHIN_MS },
      ),
    );
    expect([await pathOf(scene.a, scene.b), await pathOf(scene.b, scene.a)]).toEqual(['relayed', 'relayed']);
  });
});

function cellNamed(name: string): NamedCell {
  const found = GRID.find((cell) => cell.name === name);
  if (found === undefined) throw new Error(`there is no cell ${name}`);
  return found;
}
