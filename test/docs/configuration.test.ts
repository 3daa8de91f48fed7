/** Holds docs/configuration.md to the reader of the file: its example is complete, and means what it says. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/agent/config/index.js';
import { UserError } from '../../src/core/errors.js';

const TEXT = readFileSync(fileURLToPath(new URL('../../docs/configuration.md', import.meta.url)), 'utf8');
const [, EXAMPLE = ''] = /```yaml\n([^]*?)```/.exec(TEXT) ?? [];

describe('the example in docs/configuration.md', () => {
  it('has no mistake', () => {
    const { port, policy, endpoints } = parseConfig(EXAMPLE, 'example');
    expect(port).toBe(51821);
    expect([...policy.names.values()]).toEqual(['hub', 'nas', 'guest']);
    expect(policy.connect).toHaveProperty('size', 2);
    expect([...endpoints.values()]).toHaveLength(1);
  });

  it.each([
    ['the file', 'x: 1\n'],
    ['what is announced', 'announce: { x: 1 }\n'],
    ['a peer', 'peers: [{ x: 1 }]\n'],
    ['the trust in a peer', 'peers: [{ trust: { x: 1 } }]\n'],
  ])('has every key that %s may have', (_, mistaken) => {
    for (const key of allowedIn(mistaken)) expect(EXAMPLE).toMatch(new RegExp(`^[ -]*${key}:`, 'm'));
  });
});

describe('the words of trust in docs/configuration.md', () => {
  it.each(['endpoint', 'allowed-ips', 'membership'])('are those that %s may have', (about) => {
    const [, section = ''] = new RegExp(`^- \`${about}\`:([^]*?)(?=^- |^\\S)`, 'm').exec(TEXT) ?? [];
    const words = [...section.matchAll(/^ {2}- `(\w+)`/gm)].map(([, word]) => word);
    expect(words).toEqual(allowedIn(`peers: [{ trust: { ${about}: x } }]\n`));
  });
});

describe('the message in docs/configuration.md', () => {
  it('is one that is told', () => {
    const told = mistakesIn(`${'\n'.repeat(5)}peers:\n  - naem: nas\n`, '/etc/wirelink/wg0.yaml').split('\n');
    expect(told.filter((line) => TEXT.includes(`wirelink: ${line}\n`))).toHaveLength(1);
  });
});

/** The words in quotes of the first message that lists what is allowed. */
function allowedIn(text: string): readonly string[] {
  const line =
    mistakesIn(text, 'x')
      .split('\n')
      .find((each) => /allowed here|one of/.test(each)) ?? '';
  const [, list = ''] = /(?:allowed here: |one of )(.*?)(?:, found .*)?$/.exec(line) ?? [];
  return list.split(', ').map((word) => word.slice(1, -1));
}

function mistakesIn(text: string, file: string): string {
  try {
    parseConfig(text, file);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error('there is no mistake in it');
}
