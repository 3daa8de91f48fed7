import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documented, fieldsOf } from '../support/documented.js';
import { fakeAgent, type FakeAgent } from '../support/fake-agent.js';
import { aClaim, aHub, aKey, aSelf, aSpoke, HUB, SELF } from '../support/views.js';
import { wirelink, type Outcome } from '../support/wirelink.js';

const BEFORE = '127.0.0.1 localhost\n';
const BLOCK =
  '# BEGIN wirelink wg0, written by: wirelink hosts --apply\n10.9.0.1  hub\n10.9.0.3  laptop\n# END wirelink wg0\n';

let agent: FakeAgent;
let folder: string;
let file: string;

beforeEach(async () => {
  const peers = [aHub(), aSpoke(), aSpoke({ publicKey: aKey(7), name: 'bank', namedBy: 'itself' })];
  const facts = [aClaim({ subject: HUB, source: HUB, attribute: 'allowed-ip', value: '10.9.0.1/32' })];
  agent = await fakeAgent({ peers: () => ({ self: aSelf(), peers }), facts: () => ({ self: SELF, facts }) });
  folder = mkdtempSync(join(tmpdir(), 'wirelink-test-'));
  file = join(folder, 'hosts');
  writeFileSync(file, BEFORE);
});

afterEach(async () => {
  await agent.close();
  rmSync(folder, { recursive: true });
});

const hosts = (...args: readonly string[]): Promise<Outcome> =>
  wirelink(['hosts', ...args], { WIRELINK_RUN_DIR: agent.directory });

describe('wirelink hosts', () => {
  it('prints the block, and on stderr what it left out', async () => {
    expect(await hosts()).toEqual({
      status: 0,
      stdout: BLOCK,
      stderr: 'left out: bank: it calls itself so, and nobody else does: name it on the hub\n',
    });
  });

  it('keeps it in a file, once, and does not touch one in which it is already', async () => {
    expect(await hosts('--apply', file)).toMatchObject({ stdout: `${file}: written, 2 lines of wirelink.\n` });
    expect(readFileSync(file, 'utf8')).toBe(`${BEFORE}${BLOCK}`);
    const { ino, mtimeMs } = statSync(file);
    expect(await hosts('--apply', file)).toMatchObject({ stdout: `${file}: unchanged, 2 lines of wirelink.\n` });
    expect(statSync(file)).toMatchObject({ ino, mtimeMs });
  });

  it('takes it out again, without an agent where the interface is named', async () => {
    await hosts('--apply', file);
    const args = ['hosts', '--apply', file, '--remove', '-i', 'wg0'];
    expect(await wirelink(args, { WIRELINK_RUN_DIR: folder })).toEqual({
      status: 0,
      stdout: `${file}: written, 0 lines of wirelink.\n`,
      stderr: '',
    });
    expect(readFileSync(file, 'utf8')).toBe(BEFORE);
  });

  it('leaves the file alone when there is no agent to say what belongs there', async () => {
    await hosts('--apply', file);
    const outcome = await wirelink(['hosts', '--apply', file], { WIRELINK_RUN_DIR: folder });
    expect(outcome).toMatchObject({ status: 4, stdout: '' });
    expect(readFileSync(file, 'utf8')).toBe(`${BEFORE}${BLOCK}`);
  });

  it('says as JSON what the documentation says', async () => {
    const { stdout, stderr } = await hosts('--apply', file, '--json');
    expect(stderr).toBe('');
    expect([fieldsOf(JSON.parse(stdout))]).toEqual(documented('hosts').map((document) => fieldsOf(document)));
  });

  it.each([
    [['--remove'], 'All of the following must be provided when using --remove: --apply.'],
    [['--remove', '--apply', 'x'], 'Of which interface?'],
  ])('refuses %j: %s', async (args, message) => {
    const { status, stderr } = await wirelink(['hosts', ...args], { WIRELINK_RUN_DIR: folder });
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
