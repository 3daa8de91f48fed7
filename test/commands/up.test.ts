import { describe, expect, it } from 'vitest';
import { wirelink } from '../support/wirelink.js';

describe('wirelink up', () => {
  it.each([
    [[], 'Which interface?'],
    [['wg0', '--interface', 'wg1'], 'Two interfaces are named: wg0 and wg1.'],
    [['a name'], '"a name" is no name of an interface.'],
    [['sixteen-letters-'], '"sixteen-letters-" is no name of an interface.'],
    [['wg0', '--port', '0'], '--port takes a whole number from 1 to 65535, not "0".'],
    [['wg0', '--port', '65536'], '--port takes a whole number from 1 to 65535, not "65536".'],
    [['wg0', '--port', 'x'], '--port takes a whole number from 1 to 65535, not "x".'],
    [['wg0', '--connect', 'sometimes'], 'Expected --connect=sometimes to be one of: auto, manual.'],
  ] as const)('refuses %j: %s', async (args, message) => {
    const text = await wirelink(['up', ...args]);
    expect(text).toMatchObject({ status: 2, stdout: '' });
    expect(text.stderr).toContain(`wirelink: ${message}\n`);
    const json = await wirelink(['up', ...args, '--json']);
    expect(json.status).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'usage', message } });
  });

  it.each(['--port=51821', '--connect=auto', '--config=x.yaml', '--dry-run'])(
    'refuses %s beside --restore',
    async (flag) => {
      expect(await wirelink(['up', 'wg0', '--restore', flag])).toMatchObject({ status: 2 });
    },
  );
});
