import { describe, expect, it } from 'vitest';
import { wirelink } from '../support/wirelink.js';

/** What they do on a hub is in test/lab/members.test.ts. */
describe('wirelink invite and remove', () => {
  it.each([
    [['invite'], 'Missing: NAME.'],
    [['invite', 'two words', '-i', 'no-such0'], 'Expected a name of letters, digits, ".", "_" and "-"'],
    [
      ['invite', 'nas', '-i', 'no-such0', '--endpoint', 'vpn.example'],
      '--endpoint takes an endpoint: 198.51.100.7:51820',
    ],
    [['invite', 'nas', '--address', '10.9.0.0/24'], '--address takes an address such as 10.9.0.4, not "10.9.0.0/24".'],
    [['invite', 'nas', '--allowed-ips', '10.9.0.0/24,x'], '--allowed-ips takes prefixes such as'],
    [['invite', 'nas', '--public-key', 'x'], '--public-key takes a public key, 44 characters of base64, not "x".'],
    [['invite', 'nas', '--qr', '--public-key', 'x'], '--qr is for a configuration with its private key'],
    [['invite', 'nas', '-i', 'a name'], '"a name" is no name of an interface.'],
    [['remove'], 'Missing: PEER.'],
    [['remove', 'nas', 'phone'], 'Unexpected argument: phone.'],
  ])('refuse %j: %s', async (args, message) => {
    const { status, stdout, stderr } = await wirelink(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`wirelink: ${message}`);
    const json = await wirelink([...args, '--json']);
    expect(json.status).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'usage' } });
  });

  it('refuse a QR code as JSON', async () => {
    const { status, stdout } = await wirelink(['invite', 'nas', '--qr', '--json']);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage' } });
  });

  it.each([['invite'], ['remove']])('%s names an interface that is not there', async (name) => {
    expect(await wirelink([name, 'nas', '-i', 'no-such0'])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('no-such0') as string,
    });
  });
});
