/** What a reader that has left means: to a command that prints, that it is done; to the agent, nothing. */

/** The next write into a pipe that nobody reads any more ends the process, quietly and with status 0. */
export function quietOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
}
