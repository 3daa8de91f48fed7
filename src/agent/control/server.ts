/**
 * The control socket: who may connect (the file's mode and group decide, for Node cannot ask who a client is), and how
 * many. Whoever calls this holds the interface's lock, so a file that is there already is stale.
 */
import { chownSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
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

/** Read and write for owner and group: from the file's first moment on, so it is never open to all for an instant. */
const UMASK = 0o117;

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
  await listen(server, path);
  giveToGroup(path, group);

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

/** Node creates the file before `listen` returns, so nothing else of this process meets the umask. */
async function listen(server: Server, path: string): Promise<void> {
  const before = process.umask(UMASK);
  try {
    server.listen(path);
  } finally {
    process.umask(before);
  }
  await once(server, 'listening');
}

/** Without that group, or without the right to give files to it, the socket stays its owner's alone. */
function giveToGroup(path: string, group: string): void {
  const groupId = groupIdOf(group, readFileSync('/etc/group', 'utf8'));
  if (groupId === undefined) return;
  try {
    chownSync(path, process.geteuid?.() ?? -1, groupId);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

/** The id of a group in the text of /etc/group. */
export function groupIdOf(group: string, text: string): number | undefined {
  const fields = text
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === group);
  const id = fields?.[2];
  return id !== undefined && /^\d+$/.test(id) ? Number(id) : undefined;
}
