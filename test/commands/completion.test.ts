import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/index.js';
import { wordOf } from '../../src/cli/completion/words.js';
import { documented, fieldsOf } from '../support/documented.js';
import { fakeAgent, rawAgent, type FakeAgent } from '../support/fake-agent.js';
import { aHub, aKey, aSelf, aSpoke, without } from '../support/views.js';
import { BIN, wirelink } from '../support/wirelink.js';

const NAMELESS = without(aSpoke({ publicKey: aKey(7) }), 'name', 'namedBy');
const EVIL = aSpoke({ publicKey: aKey(8), name: '$(touch evil)' });

let agent: FakeAgent;
let folder: string;

beforeEach(async () => {
  agent = await fakeAgent({ peers: () => ({ self: aSelf(), peers: [aHub(), aSpoke(), NAMELESS, EVIL] }) });
  folder = mkdtempSync(join(tmpdir(), 'wirelink-test-'));
  const program = join(folder, 'wirelink');
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${BIN} "$@"\n`);
  chmodSync(program, 0o755);
});

afterEach(async () => {
  await agent.close();
  rmSync(folder, { recursive: true });
});

/** Asynchronous, for the agent that the shell asks is in this process. */
async function inShell(shell: readonly string[], program: string): Promise<readonly string[]> {
  const { shell: run } = await import('../support/wirelink.js');
  const file = join(folder, 'program');
  writeFileSync(file, program);
  const environment = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, WIRELINK_RUN_DIR: agent.directory };
  const { stdout, stderr } = await run(`cd ${folder} && HOME=${folder} ${shell.join(' ')} ${file}`, environment);
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

const SHELLS = {
  bash: (line: string): Promise<readonly string[]> => {
    const words = line.split(' ').map((word) => `'${word}'`);
    return inShell(
      ['bash'],
      `source <(wirelink completion bash); COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}
       compopt() { :; }; _wirelink; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );
  },
  fish: async (line: string): Promise<readonly string[]> => {
    const offered = await inShell(['fish'], `wirelink completion fish | source\ncomplete -C '${line}'`);
    return offered.map((each) => each.replace(/\t.*/, ''));
  },
};

const isThere = (shell: string): boolean => spawnSync(shell, ['--version'], { stdio: 'ignore' }).error === undefined;
const isRequired = process.env['WIRELINK_LAB'] === 'required';
for (const shell of ['fish', 'zsh'].filter((each) => !isThere(each))) {
  console.warn(`!!! ${shell} is not installed: ITS COMPLETION IS NOT TRIED. Debian: apt-get install ${shell}`);
}

describe.each(['bash', 'fish'] as const)('completion in %s', (shell) => {
  it.skipIf(!isThere(shell) && !isRequired)(
    'offers commands, flags, their values, and peers as the agent knows them',
    async () => {
      const offered = SHELLS[shell];
      expect(await offered('wirelink ')).toEqual(expect.arrayContaining(Object.keys(COMMANDS)));
      expect(await offered('wirelink con')).toEqual(['connect']);
      expect([...(await offered('wirelink facts --s'))].sort()).toEqual(['--source', '--subject']);
      expect([...(await offered('wirelink facts --attribute al'))].sort()).toEqual(['alive', 'allowed-ip']);
      const peers = ['hub', 'laptop', NAMELESS.publicKey, EVIL.publicKey].sort();
      expect([...(await offered('wirelink connect '))].sort()).toEqual(peers);
      expect(await offered('wirelink facts --subject lap')).toEqual(['laptop']);
      expect(await offered('wirelink probe -i wg0 la')).toEqual(['laptop']);
      expect(await offered('wirelink peers --interface w')).toContain('wg0');
      expect(await offered('wirelink connect --timeout ')).toEqual([]);
      expect(execFileSync('ls', [folder], { encoding: 'utf8' })).not.toContain('evil');
    },
  );
});

describe('completion in zsh', () => {
  it.skipIf(!isThere('zsh') && !isRequired)('is a function that zsh takes', async () => {
    const program = `autoload -Uz compinit && compinit -u -D && source =(wirelink completion zsh) && print \${_comps[wirelink]}`;
    expect(await inShell(['zsh', '-f'], program)).toEqual(['_wirelink']);
  });
});

describe('wirelink completion', () => {
  it('prints a script that knows every command and every flag', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { status, stdout, stderr } = await wirelink(['completion', shell]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      for (const [name, { flags }] of Object.entries(COMMANDS)) {
        expect(stdout).toContain(name);
        for (const flag of Object.keys(flags)) expect(stdout).toMatch(new RegExp(`(--|-l )${flag}\\b`));
      }
    }
  });

  it.each(['peers', 'interfaces'])('offers no %s, silently, where nobody runs', async (what) => {
    const { status, stderr } = await wirelink(['completion', what], { WIRELINK_RUN_DIR: folder });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('does not wait for an agent that does not answer', async () => {
    const mute = await rawAgent(() => undefined, [], 'wg7');
    expect(await wirelink(['completion', 'peers'], { WIRELINK_RUN_DIR: mute.directory })).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
    await mute.close();
  });

  it('is the same as JSON, as documented', async () => {
    const { stdout } = await wirelink(['completion', 'peers', '--json'], { WIRELINK_RUN_DIR: agent.directory });
    expect([fieldsOf(JSON.parse(stdout))]).toEqual(documented('completion').map((document) => fieldsOf(document)));
  });
});

describe('a peer that is offered', () => {
  it.each(['nas', 'büro', 'kim.nas_2'])('is called %s', (name) => {
    expect(wordOf(aSpoke({ name }))).toBe(name);
  });

  it.each(['', '$(reboot)', 'a b', '-x', 'a\nb', '`x`', '\u001b[2J', "it's"])(
    'is told by its key, not as %j',
    (name) => {
      expect(wordOf(aSpoke({ name }))).toBe(aSpoke().publicKey);
    },
  );
});
