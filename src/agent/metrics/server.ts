/**
 * `GET /metrics` over HTTP and nothing else, on a TCP port or a Unix socket. Whoever can connect may read; so it is
 * the place that decides who that is. Connections are few, short and answered once.
 */
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { UserError } from '../../core/errors.js';
import { endpointAddress, endpointPort } from '../../core/values/endpoint.js';
import type { MetricsPlace } from '../config/index.js';
import { answers } from '../lock.js';
import { listenAt } from '../unix-socket.js';
import { CONTENT_TYPE } from './exposition.js';
import { placeText } from './place.js';

export interface MetricsServer {
  /** Answers with what `render` gives. Until then there are no metrics. */
  serve(render: () => string): void;
  close(): void;
}

export interface MetricsServerOptions {
  readonly place: MetricsPlace;
  /** Whose members may connect to a Unix socket, if there is such a group. */
  readonly group: string;
  /** Milliseconds that a client has for its request. */
  readonly patienceMs?: number;
}

/** A pair of Prometheus servers and a person with a browser; more wait in the kernel's queue or are turned away. */
const MOST_CONNECTIONS = 16;
/** A request is one packet; who takes longer is not asking for metrics. */
const PATIENCE_MS = 5000;
const MOST_HEADER_BYTES = 8192;

/** Throws `UserError`: `metrics-taken`, and `metrics-unavailable` for what else stands in the way. */
export async function openMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { place, group, patienceMs = PATIENCE_MS } = options;
  let render: (() => string) | undefined;
  const server = createServer(
    {
      headersTimeout: patienceMs,
      requestTimeout: patienceMs,
      connectionsCheckingInterval: patienceMs / 5,
      maxHeaderSize: MOST_HEADER_BYTES,
    },
    (request, response) => {
      answer(request, response, render);
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  // One that says nothing at all, or does not read.
  server.timeout = patienceMs;
  server.on('clientError', (_error, socket) => socket.destroy());
  await listen(server, place, group);
  return {
    serve: (given) => {
      render = given;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, render: (() => string) | undefined): void {
  // A client that keeps its connection would hold one of the few.
  response.setHeader('connection', 'close');
  const [path] = (request.url ?? '').split('?', 1);
  if (path !== '/metrics') {
    respond(response, 404, 'Metrics are at /metrics.\n');
  } else if (request.method !== 'GET') {
    response.setHeader('allow', 'GET');
    respond(response, 405, 'Metrics can be read with GET, and nothing else.\n');
  } else if (render === undefined) {
    respond(response, 503, 'The agent is starting.\n');
  } else {
    respond(response, 200, render(), CONTENT_TYPE);
  }
}

function respond(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

async function listen(server: Server, place: MetricsPlace, group: string): Promise<void> {
  try {
    if (typeof place === 'string') {
      server.listen({ host: endpointAddress(place), port: endpointPort(place), ipv6Only: true, exclusive: true });
      await once(server, 'listening');
    } else {
      await removeStale(place.path);
      await listenAt(server, place.path, group);
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === 'EADDRINUSE') throw new UserError('metrics-taken', { place: placeText(place) });
    const why = code === undefined ? undefined : FAILURES[code];
    if (why === undefined) throw error;
    throw new UserError('metrics-unavailable', { place: placeText(place), why });
  }
}

const FAILURES: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'nothing can be written there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EAFNOSUPPORT: 'this machine has no such addresses',
  ENOENT: 'there is no such directory',
  ENOTDIR: 'there is no such directory',
};

/** What an agent that was killed left behind: a socket, and nobody listens on it. Anything else is not ours to remove. */
async function removeStale(path: string): Promise<void> {
  const isSocket = statSync(path, { throwIfNoEntry: false })?.isSocket() === true;
  if (isSocket && !(await answers(path))) rmSync(path, { force: true });
}
