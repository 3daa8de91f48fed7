/** What a device's socket may do to whoever asks it. */
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { socketDevice } from '../../../src/agent/device/socket.js';
import { testKey } from '../../support/keys.js';
import { useRunDir } from '../../support/run-dir.js';
import { fixture } from '../fixtures/read.js';

const directory = useRunDir();
const path = (): string => join(directory.path, 'wg0.sock');
let server: Server | undefined;

/** A device that answers each request in pieces and then hangs up. */
async function serving(answer: (request: string) => readonly string[]): Promise<ReturnType<typeof socketDevice>> {
  const listening = createServer((connection) => {
    connection.once('data', (request) => {
      for (const piece of answer(request.toString())) connection.write(piece);
      connection.end();
    });
  });
  server = listening;
  await new Promise<void>((resolve) => {
    listening.listen(path(), resolve);
  });
  return socketDevice('wg0', path());
}

const answering = (...pieces: readonly string[]): ReturnType<typeof serving> => serving(() => pieces);

afterEach(() => {
  server?.close();
  server = undefined;
});

const step = { kind: 'remove', publicKey: testKey(1) } as const;

it('reads an answer that comes in pieces', async () => {
  const device = await answering(...(fixture('uapi-get.txt').match(/[^]{1,50}/g) ?? []));
  expect((await device.read()).peers).toHaveLength(2);
});

it('says what the device refused by its errno', async () => {
  await expect((await answering('errno=-22\n\n')).apply(step)).rejects.toThrow('errno 22');
});

it('tells a refused permission from any other refusal', async () => {
  await expect((await answering('errno=-1\n\n')).apply(step)).rejects.toMatchObject({ code: 'no-permission' });
});

it('shows nothing of an answer that makes no sense', async () => {
  const device = await answering('private_key=5ec2e7\nerrno=soon\n\n');
  await expect(device.read()).rejects.toThrow(/^the device answered nonsense$/);
});

it('refuses boringtun, which would end at the first change, and changes nothing', async () => {
  const device = await answering(`own_public_key=${'5e'.repeat(32)}\nlisten_port=51820\nerrno=0\n\n`);
  await expect(device.read()).rejects.toMatchObject({ code: 'device-unsupported' });
});

it('is an error when the device hangs up before the end', async () => {
  const device = await answering('private_key=');
  await expect(device.read()).rejects.toThrow(/^the device closed the connection$/);
});

it('is a missing interface when nothing listens', async () => {
  const nobody = socketDevice('wg0', path());
  await expect(nobody.read()).rejects.toMatchObject({ code: 'interface-missing' });
});

it('gives each peer the endpoint it has, and nothing else, when packets are to leave anew', async () => {
  const asked: string[] = [];
  const device = await serving((request) => {
    asked.push(request);
    return [request === 'get=1\n\n' ? fixture('uapi-get.txt') : 'errno=0\n\n'];
  });
  await device.leaveAnew();
  expect(asked[1]?.split('\n')).toEqual([
    'set=1',
    'public_key=9be6a614a44fdd5955256daaeff6e1e57e6ce09b4c2f086572c91ba410afc612',
    'update_only=true',
    'endpoint=127.0.0.1:51830',
    'public_key=5cd4e87aa2defdb7c4e413b3cb6f6d85e287c423e0d3749a6e4c6f382e203d42',
    'update_only=true',
    'endpoint=[2001:db8::7]:51820',
    '',
    '',
  ]);
});
