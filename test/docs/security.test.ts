import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAX_CLAIMS_ABOUT_ITSELF, MAX_CLAIMS_PER_NEIGHBOUR } from '../../src/core/facts/store.js';
import * as limits from '../../src/core/limits.js';
import { MAX_ALLOWED_IPS } from '../../src/core/trust/allowed-ips.js';
import { MAX_REJECTED } from '../../src/core/trust/beliefs.js';
import { MAX_ENDPOINTS } from '../../src/core/trust/candidates.js';

const TEXT = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');

describe('the bounds in docs/security.md', () => {
  it('have the values that they have in the code', () => {
    const known: Readonly<Record<string, unknown>> = {
      ...limits,
      MAX_ALLOWED_IPS,
      MAX_CLAIMS_ABOUT_ITSELF,
      MAX_CLAIMS_PER_NEIGHBOUR,
      MAX_ENDPOINTS,
      MAX_REJECTED,
    };
    const rows = [...TEXT.matchAll(/^\| `([A-Z_]+)`\s*\| (\d+)(?: (ms|s))?\s*\|/gm)];
    expect(rows.length).toBeGreaterThan(15);
    for (const [, name = '', number, unit] of rows) {
      expect([name, Number(number) * (unit === 's' ? 1000 : 1)]).toEqual([name, known[name]]);
    }
  });
});
