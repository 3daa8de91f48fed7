import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, writeFileSync } from 'node:fs';
import { get, request, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MetricsPlace } from '../../../src/agent/config/index.js';
import { publicMetricsWarning } from '../../../src/agent/metrics/place.js';
import { openMetricsServer, type MetricsServer } from '../../../src/agent/metrics/server.js';
import { endpoint } from '../../support/expected.js';
import { useRunDir } from '../../support/run-dir.js';

const runDir = useRunDir();
const opened: MetricsServer[] = [];
let path: string;

beforeEach(() => {
  path = join(runDir.path, 'wg0.metrics');
});
afterEach(() => {
  for (const server of opened.splice(0)) server.close();
});

async function open(place: MetricsPlace = { path }, patienceMs?: number): Promise<MetricsServer> {
  const server = await openMetricsServer({
    place,
    group: 'no-such-group-anywhere',
    ...(patienceMs !== undefined && { patienceMs }),
  });
  opened.push(server);
  return server;
}

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

async function ask(options: RequestOptions): Promise<Answer> {
  const asked = request({ socketPath: path, path: '/metrics', ...options });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response), headers: response.headers };
}

describe('the server of metrics', () => {
  it('answers GET /metrics in the format of Prometheus, with what is so at that moment', async () => {
    const server = await open();
    let count = 0;
    server.serve(() => `x ${++count}\n`);
    expect(await ask({})).toMatchObject({
      status: 200,
      body: 'x 1\n',
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', connection: 'close' },
    });
    expect(await ask({ path: '/metrics?x=1' })).toMatchObject({ status: 200, body: 'x 2\n' });
  });

  it('answers nothing else', async () => {
    const server = await open();
    server.serve(() => 'x 1\n');
    for (const other of ['/', '/metrics/', '/metricsx', '/../metrics', '/%6detrics', '//metrics']) {
      expect({ other, status: (await ask({ path: other })).status }).toEqual({ other, status: 404 });
    }
    for (const method of ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await ask({ method });
      expect({ method, status, allow: headers.allow }).toEqual({ method, status: 405, allow: 'GET' });
    }
  });

  it('has no metrics before there is an engine', async () => {
    await open();
    expect(await ask({})).toMatchObject({ status: 503 });
  });

  it('serves on a TCP port as well', async () => {
    const port = await freePort();
    const server = await open(endpoint(`127.0.0.1:${port}`));
    server.serve(() => 'x 1\n');
    const [response] = (await once(get({ host: '127.0.0.1', port, path: '/metrics' }), 'response')) as [
      IncomingMessage,
    ];
    expect(await text(response)).toBe('x 1\n');
  });

  it('keeps a Unix socket from everybody but its owner and a group', async () => {
    await open();
    expect(lstatSync(path).mode & 0o777).toBe(0o660);
  });

  it('is done with clients that say nothing, and with those that never end a request', async () => {
    await open({ path }, 200);
    for (const said of ['', 'GET /metrics HTTP/1.1\r\nx: ']) {
      const client = connect(path);
      client.resume().on('error', () => undefined);
      client.write(said);
      await once(client, 'close');
    }
  });

  it('has no more than sixteen connections at a time, and room again when they end', async () => {
    const server = await open();
    server.serve(() => 'x 1\n');
    const clients = await Promise.all(
      Array.from({ length: 16 }, async () => {
        const client = connect(path).on('error', () => undefined);
        await once(client, 'connect');
        return client;
      }),
    );
    const surplus = connect(path).on('error', () => undefined);
    await once(surplus.resume(), 'close');
    await Promise.all(clients.map(async (client) => once(client.destroy(), 'close')));
    await expect.poll(async () => ask({}).catch(() => undefined), { timeout: 10_000 }).toMatchObject({ status: 200 });
  });
});

describe('a place that metrics cannot have', () => {
  it('is a port that another program has', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const place = endpoint(`127.0.0.1:${portOf(other)}`);
    try {
      await expect(open(place)).rejects.toMatchObject({
        code: 'metrics-taken',
        exit: 1,
        message: `Another program serves at ${place}, where the configuration wants metrics.`,
      });
    } finally {
      other.close();
    }
  });

  it('is a socket on which another agent listens, or a file that is something else', async () => {
    await open();
    await expect(open()).rejects.toMatchObject({ code: 'metrics-taken' });
    path = join(runDir.path, 'notes.txt');
    writeFileSync(path, 'mine');
    await expect(open()).rejects.toMatchObject({ code: 'metrics-taken' });
    expect(lstatSync(path).isFile()).toBe(true);
  });

  it('is one that does not exist', async () => {
    await expect(open(endpoint('198.51.100.7:9586'))).rejects.toMatchObject({
      code: 'metrics-unavailable',
      message: 'Metrics cannot be served at 198.51.100.7:9586: this machine has no such address.',
    });
    await expect(open({ path: join(runDir.path, 'no', 'where') })).rejects.toMatchObject({
      code: 'metrics-unavailable',
    });
  });

  it('is not a socket that a killed agent left', async () => {
    // As SIGKILL leaves it: the file is there and nobody listens.
    const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    expect(() => execFileSync(process.execPath, ['-e', program], { stdio: 'ignore' })).toThrow();
    expect(lstatSync(path).isSocket()).toBe(true);
    const server = await open();
    server.serve(() => 'x 1\n');
    expect((await ask({})).status).toBe(200);
  });
});

describe('a place that many can reach', () => {
  it.each(['0.0.0.0:9586', '[::]:9586', '198.51.100.7:9586', '[2001:db8::1]:9586'])('is warned of: %s', (place) => {
    expect(publicMetricsWarning(endpoint(place))).toMatchObject({ code: 'metrics-public' });
  });

  it.each(['127.0.0.1:9586', '[::1]:9586', '10.9.0.2:9586', '[fd00::1]:9586'])('is not %s', (place) => {
    expect(publicMetricsWarning(endpoint(place))).toBeUndefined();
  });

  it('is no Unix socket', () => {
    expect(publicMetricsWarning({ path: '/run/wirelink/wg0.metrics' })).toBeUndefined();
    expect(publicMetricsWarning(undefined)).toBeUndefined();
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
