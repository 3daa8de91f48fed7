/** What passes a machine's interface, as `tcpdump` prints it. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Machine, Program } from './machine.js';

export class Capture {
  readonly #program: Program;
  /** One line a packet, in the order they passed. */
  readonly lines: string[] = [];

  private constructor(program: Program) {
    this.#program = program;
    createInterface({ input: program.stdout }).on('line', (line) => this.lines.push(line));
  }

  /** Everything that passes from the moment this resolves. `filter` is in tcpdump's language. */
  static async start(machine: Machine, interfaceName: string, filter: string): Promise<Capture> {
    const options = ['-l', '-n', '-tt', '--immediate-mode', '-Z', 'root', '-i', interfaceName];
    const program = machine.spawn('tcpdump', [...options, filter]);
    const capture = new Capture(program);
    let said = '';
    for await (const line of createInterface({ input: program.stderr })) {
      if (line.startsWith('listening on')) return capture;
      said += line;
    }
    throw new Error(`tcpdump on ${interfaceName} of ${machine.name} did not start: ${said}`);
  }

  /** Ends it and gives all lines. */
  async stop(): Promise<readonly string[]> {
    const ended = once(this.#program, 'close');
    this.#program.kill('SIGTERM');
    await ended;
    return this.lines;
  }
}
