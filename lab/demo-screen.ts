/** What the demo prints: a picture, and lines with the time at which something happened. 80 columns, plain in a pipe. */
import chalk from 'chalk';
import type { SeenPath } from './observe.js';
import type { Sighting } from './ping-stream.js';

if (process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== '') chalk.level = 0;

export const banner = `${chalk.bold('wirelink')}: a WireGuard star becomes a mesh, by itself\n`;

const COLOURS: Readonly<Record<SeenPath, (text: string) => string>> = {
  direct: chalk.green,
  relayed: chalk.yellow,
  none: chalk.red,
};

export function picture(shape: 'star' | 'mesh'): string {
  const between = shape === 'star' ? '              ' : chalk.green(' ━━ direct ━━ ');
  return `
                     hub 10.9.0.1
                          │ 25 ms
                      internet
                     ╱        ╲
              25 ms ╱          ╲ 25 ms
            [ NAT ]${between}[ NAT ]
               │                  │
          a 10.9.0.2          b 10.9.0.3
`;
}

export class Timeline {
  readonly #begun = performance.now();
  #path: SeenPath | undefined;

  /** Prints a line, and answers the time it bears, in milliseconds. */
  tell(text: string): number {
    const now = performance.now();
    console.log(`${chalk.dim(`${((now - this.#begun) / 1000).toFixed(1).padStart(5)} s`)}  ${text}`);
    return now;
  }

  /** Prints what a ping has seen when it differs from what the last one saw. */
  sighting({ path, echo }: Sighting): void {
    if (path === this.#path) return;
    // Before the first answer there is nothing to tell.
    if (this.#path === undefined && echo === undefined) return;
    this.#path = path;
    const seen = echo === undefined ? 'no answer' : `ttl ${echo.ttl}  ${echo.rttMs.toFixed(1)} ms`;
    this.tell(`  ping a → b  ${COLOURS[path](path.padEnd(8))}  ${seen}`);
  }
}
