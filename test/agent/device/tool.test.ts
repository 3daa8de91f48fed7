/** What the complaints of `wg` mean. The tool here only complains, in the words of the real one. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { toolDevice } from '../../../src/agent/device/tool.js';
import { useRunDir } from '../../support/run-dir.js';

const directory = useRunDir();

const SECRET = 'sNYiZ4+OBHP0oTm3H/6p+TkIyNGckjgYjq+aqNrfVHU=';

function complaining(complaint: string): ReturnType<typeof toolDevice> {
  const script = `#!/bin/sh\necho '${SECRET}'\necho '${complaint}' >&2\nexit 1\n`;
  writeFileSync(join(directory.path, 'wg'), script, { mode: 0o755 });
  vi.stubEnv('PATH', `${directory.path}:${process.env['PATH'] ?? ''}`);
  return toolDevice('wg0');
}

it.each([
  ['Unable to access interface: No such device', 'interface-missing'],
  ['Unable to access interface: Operation not supported', 'interface-missing'],
  ['Unable to access interface: Protocol not supported', 'interface-missing'],
  ['Unable to access interface: Operation not permitted', 'no-permission'],
  ['Unable to access interface: Permission denied', 'no-permission'],
])('%s: %s', async (complaint, code) => {
  await expect(complaining(complaint).read()).rejects.toMatchObject({ code });
});

it('any other complaint is told as it is, without what the tool printed and without control characters', async () => {
  const told: unknown = await complaining('\u001b[31mInvalid thing')
    .read()
    .catch((error: unknown) => error);
  const { message, stack } = told instanceof Error ? told : new Error('it did not fail');
  expect(message).toBe('wg: [31mInvalid thing');
  expect(`${message}${stack ?? ''}${JSON.stringify(told)}`).not.toContain(SECRET);
});

it('a tool that is not installed is named with its package', async () => {
  vi.stubEnv('PATH', directory.path);
  await expect(toolDevice('wg0').read()).rejects.toMatchObject({
    code: 'tool-missing',
    help: expect.stringContaining('wireguard-tools') as string,
  });
});
