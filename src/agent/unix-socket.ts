/** Unix sockets that a server listens on: for their owner and one group from the first moment on. */
import { chownSync, readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { once } from 'node:events';

/** Read and write for owner and group: from the file's first moment on, so it is never open to all for an instant. */
const UMASK = 0o117;

/** `group` is one whose members may connect, if there is such a group. Rejects with what the system says. */
export async function listenAt(server: Server, path: string, group: string): Promise<void> {
  // Node creates the file before `listen` returns, so nothing else of this process meets the umask.
  const before = process.umask(UMASK);
  try {
    server.listen(path);
  } finally {
    process.umask(before);
  }
  await once(server, 'listening');
  giveToGroup(path, group);
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
