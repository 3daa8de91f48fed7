import { describe, expect, it } from 'vitest';
import { sequenceDiagram, star } from '../../src/sim/index.js';
import { idle } from './engines.js';

describe('a sequence diagram', () => {
  it('shows packets from machine to machine, with their time', () => {
    const world = star({ seed: 1, engine: idle, spokes: [{}], trace: true });
    world.run(200);
    const lines = sequenceDiagram(world.trace.entries).split('\n');
    expect(lines[0]).toBe('sequenceDiagram');
    expect(lines).toContain('  participant nat1');
    expect(lines).toContain('  s1->>nat1: 0.000 s initiation');
    expect(lines.join('\n')).toMatch(/^ {2}hub->>nat1: 0\.02\d s response$/m);
  });

  it('puts equal neighbours into one line, and keeps what Mermaid would misread out', () => {
    const drop = { at: 5, kind: 'drop', where: 's1', label: 'flow 1 #2', why: 'a; b' } as const;
    expect(sequenceDiagram([drop, { ...drop, at: 6 }, { ...drop, at: 7 }])).toBe(
      'sequenceDiagram\n  participant s1\n  Note over s1: 0.005 s dropped flow 1 no. 2: a, b (3 times)\n',
    );
  });

  it('shows the end when there is more than fits', () => {
    const entries = Array.from(
      { length: 50 },
      (_, at) => ({ at, kind: 'note', where: 's1', text: `step ${at}` }) as const,
    );
    const lines = sequenceDiagram(entries, 2).trim().split('\n');
    expect(lines.slice(2)).toEqual(['  Note over s1: 0.048 s step 48', '  Note over s1: 0.049 s step 49']);
  });
});
