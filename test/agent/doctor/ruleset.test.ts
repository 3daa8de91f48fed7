import { describe, expect, it } from 'vitest';
import { parseRuleset } from '../../../src/agent/doctor/ruleset.js';

const chain = (changes: object) => ({
  chain: { family: 'inet', table: 'f', name: 'input', handle: 1, type: 'filter', hook: 'input', prio: 0, ...changes },
});
const rule = (...expr: readonly object[]) => ({
  rule: { family: 'inet', table: 'f', chain: 'input', handle: 2, expr },
});
const established = { match: { op: 'in', left: { ct: { key: 'state' } }, right: 'established' } };
const parse = (...items: readonly object[]) =>
  parseRuleset(JSON.stringify({ nftables: [{ metainfo: { version: '1.0.6' } }, ...items] }));

describe('the rules of nft', () => {
  it('drop what comes in where the policy of an input chain says so', () => {
    expect(parse(chain({ policy: 'drop' }))).toEqual([{ family: 'inet', table: 'f', chain: 'input', accepts: [] }]);
    expect(parse(chain({ policy: 'accept' }))).toEqual([]);
    expect(parse(chain({ hook: 'forward', policy: 'drop' }))).toEqual([]);
  });

  it('or where one of its rules does so without a condition', () => {
    expect(parse(chain({ policy: 'accept' }), rule({ counter: {} }, { drop: null }))).toHaveLength(1);
    expect(parse(chain({ policy: 'accept' }), rule({ reject: null }))).toHaveLength(1);
    expect(parse(chain({ policy: 'accept' }), rule(established, { drop: null }))).toEqual([]);
    expect(parse(chain({ policy: 'accept' }), rule({ counter: {} }))).toEqual([]);
  });

  it('accept by rules of the same table', () => {
    const [found] = parse(chain({ policy: 'drop' }), rule(established, { accept: null }), rule({ counter: {} }));
    expect(found?.accepts).toEqual([JSON.stringify([established, { accept: null }])]);
  });
});
