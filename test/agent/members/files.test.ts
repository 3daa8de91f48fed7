/** What `invite` and `remove` do to two files that are other people's. */
import { describe, expect, it } from 'vitest';
import { withName, withoutName } from '../../../src/agent/members/names.js';
import { peersIn, withPeer, withoutPeer } from '../../../src/agent/members/quick-file.js';
import { UserError } from '../../../src/core/errors.js';
import { aKey, aPrefix } from '../../support/views.js';

const [A, B, C] = [aKey(10), aKey(11), aKey(12)];

const QUICK = `# The hub of our houses
[Interface]
PrivateKey = secret
Address = 10.9.0.1/24
PostUp = echo [Peer] # [Peer]
ListenPort=51820

# a, the old one
# (ask Kim)
[peer]
publickey=${A} # a
allowedips = 10.9.0.2/32,192.168.7.0/24
AllowedIPs = fd00:9::2/128

[Peer]
PublicKey = ${B}
PresharedKey = secret
AllowedIPs = 10.9.0.3/32
`;

describe('the file of wg-quick', () => {
  it('tells its peers, in whatever case and with whatever comments they are written', () => {
    expect(peersIn(QUICK)).toEqual([
      { publicKey: A, allowedIps: ['10.9.0.2/32', '192.168.7.0/24', 'fd00:9::2/128'] },
      { publicKey: B, allowedIps: ['10.9.0.3/32'] },
    ]);
  });

  it('gets a peer at its end, and nothing else of it changes', () => {
    const changed = withPeer(QUICK, 'nas', { publicKey: C, allowedIps: [aPrefix('10.9.0.4'), aPrefix('fd00:9::4')] });
    expect(changed).toBe(`${QUICK}\n# nas\n[Peer]\nPublicKey = ${C}\nAllowedIPs = 10.9.0.4/32, fd00:9::4/128\n`);
    expect(withoutPeer(changed, C)).toBe(QUICK);
  });

  it('gets it on a line of its own where the last one has no end', () => {
    expect(withPeer('[Interface]', 'nas', { publicKey: C, allowedIps: [aPrefix('10.9.0.4')] })).toMatch(
      /^\[Interface\]\n\n# nas\n/,
    );
  });

  it('loses a peer with the comments right above it, wherever it stands', () => {
    const without = withoutPeer(QUICK, A);
    expect(without).toBe(QUICK.replace(/# a, the old one[^]*?(?=\[Peer\]\nPublicKey)/, ''));
    expect(peersIn(without).map(({ publicKey }) => publicKey)).toEqual([B]);
    expect(withoutPeer(QUICK, B)).toBe(QUICK.slice(0, QUICK.indexOf('\n[Peer]\nPublicKey')));
  });

  it('stays the same when the peer is not in it', () => {
    expect(withoutPeer(QUICK, C)).toBe(QUICK);
  });
});

const YAML = `# Decided in March
port: 51821 # everywhere
connect: [nas, ${A}]

peers:
  # behind the stairs
  - key: '${B}'
    name: nas # the old one
  - { key: ${A}, endpoints: [198.51.100.7:51820] }

# nothing of the cellar
announce:
  exclude: [192.168.0.0/16]
`;

describe('the file of wirelink', () => {
  it('gets a name, and keeps its comments and all the rest', () => {
    const changed = withName(YAML, 'wg0.yaml', C, 'phone');
    expect(changed.split('\n').filter((line) => !YAML.split('\n').includes(line))).toEqual([
      `  - {key: ${A}, endpoints: [198.51.100.7:51820]}`,
      `  - key: ${C}`,
      '    name: phone',
    ]);
    for (const comment of [
      '# Decided in March',
      '# everywhere',
      '# behind the stairs',
      '# the old one',
      '# nothing of the',
    ]) {
      expect(changed).toContain(comment);
    }
    expect(withoutName(changed, 'wg0.yaml', C)).not.toContain(C);
  });

  it.each(['', '# nothing yet\n', 'peers:\n', 'peers: []\n', 'port: 4000\n'])(
    'gets a name where there is only %j',
    (text) => {
      const changed = withName(text, 'wg0.yaml', C, 'phone');
      expect(changed).toMatch(new RegExp(`peers:\\n  - key: ${C.replaceAll(/[+/]/g, '\\$&')}\\n    name: phone\\n$`));
      expect(withoutName(changed, 'wg0.yaml', C)).not.toContain('phone');
    },
  );

  it('gets a name for a key of which it says other things already', () => {
    const changed = withName(YAML, 'wg0.yaml', A, 'office');
    expect(changed).toContain(`{key: ${A}, endpoints: [198.51.100.7:51820], name: office}`);
    expect(withoutName(changed, 'wg0.yaml', A)).toBe(changed);
  });

  it('does not get a name that another key has', () => {
    expect(() => withName(YAML, 'wg0.yaml', C, 'nas')).toThrow(UserError);
  });

  it('keeps a name that another line of it needs', () => {
    expect(withoutName(YAML, 'wg0.yaml', B)).toBe(YAML);
  });

  it('stays the same when the key is not in it', () => {
    expect(withoutName(YAML, 'wg0.yaml', C)).toBe(YAML);
    expect(withoutName('', 'wg0.yaml', C)).toBe('');
  });
});
