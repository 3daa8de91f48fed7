/**
 * The control socket: who may connect (the file's mode and group decide, for Node cannot ask who a client is), and how
 * many. Whoever calls this holds the interface's lock, so a file that is there already is stale.
 */
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { listenAt } from '../unix-socket.js';
import { serveClient, turnAway, type ClientOptions, type Handlers } from './client.js';

export interface ControlServer {
  /** Answers the clients, those first that have connected before. Until then they wait. */
  serve(handlers: Handlers): void;
  /** Ends every connection and removes the socket. */
  close(): void;
}

export interface ControlServerOptions extends ClientOptions {
  readonly path: string;
  /** A group whose members may connect, if there is such a group. */
  readonly group: string;
}

/** Commands come and go; this many at a time are a mistake, such as a loop that never closes. */
const MOST_CLIENTS = 32;

export async function openControlServer({ path, group, ...client }: ControlServerOptions): Promise<ControlServer> {
  const clients = new Set<Socket>();
  let handlers: Handlers | undefined;

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    if (clients.size >= MOST_CLIENTS) {
      turnAway(socket, `${MOST_CLIENTS} clients`);
      return;
    }
    clients.add(socket);
    socket.on('close', () => clients.delete(socket));
    if (handlers !== undefined) serveClient(socket, handlers, client);
  });
  rmSync(path, { force: true });
  await listenAt(server, path, group);

  return {
    serve: (given) => {
      handlers = given;
      for (const socket of clients) serveClient(socket, given, client);
    },
    close: () => {
      server.close();
      for (const socket of clients) socket.destroy();
    },
  };
}
