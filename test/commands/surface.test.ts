import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/index.js';
import { problemCodes, UserError } from '../../src/core/errors.js';
import { wirelink } from '../support/wirelink.js';

const NAMES = Object.keys(COMMANDS);

describe('what scripts rely on', () => {
  it('is these commands, arguments and flags: one that disappears breaks somebody', () => {
    const surface = Object.entries(COMMANDS).map(([name, { args, flags, baseFlags }]) => {
      const own = Object.entries<{ char?: string }>({ ...flags, ...baseFlags });
      const spelled = own.map(([flag, { char }]) => (char === undefined ? `--${flag}` : `-${char}, --${flag}`));
      return [name, ...Object.keys(args).map((arg) => `<${arg}>`), ...spelled.sort()].join(' ');
    });
    expect(surface).toMatchInlineSnapshot(`
      [
        "completion <what> --json -i, --interface",
        "connect <peer> --endpoint --json --no-wait --timeout --verbose -i, --interface",
        "doctor --json -i, --interface",
        "events --json --peer -f, --follow -i, --interface",
        "facts --attribute --json --rejected --source --subject --watch -i, --interface",
        "graph --format --json -i, --interface",
        "hosts --apply --json --remove -i, --interface",
        "invite <name> --address --allowed-ips --config --endpoint --json --public-key --qr --save -i, --interface",
        "peers --json --watch -i, --interface",
        "probe <peer> --count --interval --json --timeout -i, --interface",
        "remove <peer> --config --json --save -i, --interface",
        "up <interface> --check --config --connect --dry-run --json --log-format --log-level --port --restore -i, --interface",
      ]
    `);
  });

  it('is these error codes with these exit statuses', () => {
    expect(problemCodes.map((code) => `${code} ${String(new UserError(code).exit)}`).sort()).toMatchInlineSnapshot(`
      [
        "address-missing 1",
        "address-taken 1",
        "agent-busy 1",
        "agent-garbled 1",
        "agent-gone 4",
        "agent-slow 1",
        "already-running 1",
        "ambiguous-peer 1",
        "bad-request 1",
        "configuration 1",
        "device-unsupported 1",
        "disk-full 1",
        "endpoint-unknown 1",
        "file-unwritable 1",
        "interface-deleted 1",
        "interface-missing 1",
        "internal 1",
        "ipv6-disabled 1",
        "key-changed 1",
        "key-taken 1",
        "members-busy 1",
        "metrics-taken 1",
        "metrics-unavailable 1",
        "name-taken 1",
        "no-agent 4",
        "no-free-address 1",
        "no-permission 1",
        "no-private-key 1",
        "not-the-hub 1",
        "port-taken 1",
        "quick-file-missing 1",
        "quick-file-saved 1",
        "several-agents 2",
        "socket-permission 1",
        "tool-missing 1",
        "undo-failed 1",
        "unknown-peer 1",
        "usage 2",
      ]
    `);
  });
});

describe('--help', () => {
  it.each(NAMES)('of %s explains it with examples, within 80 columns', async (name) => {
    const { status, stdout, stderr } = await wirelink([name, '--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^EXAMPLES\n[^]*\\$ wirelink ${name}`, 'm'));
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('of the whole lists the commands, and so does wirelink alone', async () => {
    const { status, stdout } = await wirelink(['--help']);
    expect(status).toBe(0);
    for (const name of NAMES) expect(stdout).toMatch(new RegExp(`^ +${name} +\\S`, 'm'));
    expect(await wirelink([])).toMatchObject({ status: 0, stdout });
  });

  it('is the same by "help <command>" and by -h', async () => {
    const { stdout } = await wirelink(['peers', '--help']);
    expect(await wirelink(['help', 'peers'])).toMatchObject({ status: 0, stdout });
    expect(await wirelink(['peers', '-h'])).toMatchObject({ status: 0, stdout });
  });

  it('does not explain a command that does not exist', async () => {
    expect(await wirelink(['pears', '--help'])).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('docs/commands.md', () => {
  const text = readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8');

  it('has a chapter for each command that names all its flags', () => {
    for (const [name, { flags }] of Object.entries(COMMANDS)) {
      const [, chapter = ''] = text.split(new RegExp(`^## wirelink ${name}\\b`, 'm'));
      const [own = ''] = chapter.split(/^## /m);
      for (const flag of Object.keys(flags)) expect(own, `${name} --${flag}`).toContain(`\`--${flag}`);
    }
  });

  it('has a row for each error code, with its exit status, and no other', () => {
    const rows = [...text.matchAll(/^\| `([a-z0-9-]+)` +\| (\d) /gm)].map(
      ([, code = '', exit = '']) => `${code} ${exit}`,
    );
    expect(rows.sort()).toEqual(problemCodes.map((code) => `${code} ${String(new UserError(code).exit)}`).sort());
  });
});
