import { afterEach, describe, expect, it } from 'vitest';
import type { ClaimView } from '../../src/core/views.js';
import { fakeAgent, type FakeAgent } from '../support/fake-agent.js';
import { aClaim, HUB, LONG_ENDPOINT, SELF, without } from '../support/views.js';
import { wirelink, type Outcome } from '../support/wirelink.js';

let agent: FakeAgent | undefined;

afterEach(async () => {
  await agent?.close();
  agent = undefined;
});

async function facts(claims: readonly ClaimView[], ...args: readonly string[]): Promise<Outcome> {
  agent = await fakeAgent({ facts: () => ({ self: SELF, facts: claims }) });
  return wirelink(['facts', ...args], { WIRELINK_RUN_DIR: agent.directory });
}

describe('wirelink facts', () => {
  it('shows what is known, who said so, and how long it holds', async () => {
    const { stdout, status } = await facts([aClaim()]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^laptop +endpoint +203\.0\.113\.9:40312 +hub +42 s$/m);
    expect(agent?.requests).toMatchObject([{ method: 'facts', params: { rejected: false } }]);
  });

  it('says of what this machine sees itself that it holds while it is seen', async () => {
    const { stdout } = await facts([without(aClaim({ source: SELF }), 'expiresInMs', 'sourceName')]);
    expect(stdout).toMatch(/ this machine +while seen$/m);
  });

  it('asks the agent for the claims that --subject, --attribute and --source select', async () => {
    const { status } = await facts([aClaim()], '--subject', 'laptop', '--attribute', 'endpoint', '--source', 'hub');
    expect(status).toBe(0);
    const params = { rejected: false, subject: 'laptop', attribute: 'endpoint', source: 'hub' };
    expect(agent?.requests).toMatchObject([{ method: 'facts', params }]);
  });

  it('refuses an attribute that no claim has', async () => {
    expect(await facts([], '--attribute', 'colour')).toMatchObject({ status: 2, stdout: '' });
    expect(agent?.requests).toEqual([]);
  });

  it('names the neighbour that passed a claim on', async () => {
    const { stdout } = await facts([aClaim({ source: aClaim().subject, sourceName: 'laptop', via: HUB }), aClaim()]);
    expect(stdout).toMatch(/ laptop, via hub +42 s$/m);
  });

  it('shows with --rejected what was refused, and why', async () => {
    const { stdout } = await facts([aClaim({ rejected: 'No router grants laptop this prefix.' })], '--rejected');
    expect(stdout).toContain('wg0: 1 refused claim\n');
    expect(stdout).toContain('\n  refused: No router grants laptop this prefix.\n');
    expect(agent?.requests).toMatchObject([{ params: { rejected: true } }]);
  });

  it('fits 80 columns with the longest endpoints and names', async () => {
    const long = aClaim({ value: LONG_ENDPOINT, subjectName: 'n'.repeat(60), sourceName: 's'.repeat(60), via: HUB });
    const { stdout } = await facts([{ ...long, rejected: 'because '.repeat(30) }]);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('escapes control characters in values', async () => {
    const { stdout } = await facts([aClaim({ value: 'a\u001b]0;title\u0007\nb' })]);
    expect(stdout).toContain(' a\\u{1b}]0;title\\u{7}\\u{a}b ');
  });

  it('prints one JSON document with --json', async () => {
    const { stdout } = await facts([aClaim()], '--json');
    expect(JSON.parse(stdout)).toEqual({ interface: 'wg0', self: SELF, facts: [aClaim()] });
  });

  it('says so when nothing is known', async () => {
    expect((await facts([])).stdout).toBe('wg0: no facts.\n');
  });
});
