/** What is told of a world in which something was wrong, shown with agents that never connect anybody. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run, tellFailure } from '../../../scripts/sim/trial.js';
import { idle } from '../../sim/engines.js';

const folder = mkdtempSync(join(tmpdir(), 'wirelink-sim-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a failed run', () => {
  const choice = { seed: 3, scenario: 'two homes' };
  const how = { engine: idle };
  const outcome = run(choice, how);
  const told = tellFailure(choice, outcome, how, folder);

  it('says what was wrong, and when', () => {
    expect(told).toContain('paths as the scenario says: s1 and s2 should be direct at 2000 ms and are relayed');
  });

  it('says all that the world was made of', () => {
    expect(told).toContain('two homes, seed 3, 3 hosts');
    expect(told).toContain('s1: 192.168.1.10 on nat1');
    expect(told).toContain('nat2: 203.0.1.2 on internet');
    expect(told).toContain('at 0 ms: {"kind":"start-agent","host":"s2"}');
  });

  it('says how to see it again', () => {
    expect(told).toContain('again with: npm run sim -- --seed 3 --scenario "two homes"\n');
    expect(run(choice, how).violations).toEqual(outcome.violations);
  });

  it('has its last events drawn, up to what was wrong', () => {
    const [, file = ''] = /as a diagram: (.*)$/.exec(told) ?? [];
    const diagram = readFileSync(file, 'utf8');
    expect(diagram).toMatch(/^sequenceDiagram\n {2}participant hub\n/);
    expect(diagram).toContain('VIOLATION paths as the scenario says');
    expect(diagram.trimEnd().split('\n').length).toBeLessThanOrEqual(210);
  });
});
