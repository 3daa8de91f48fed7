/** Runs the built executable, as a user would. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const BIN = fileURLToPath(new URL('../../bin/wirelink.js', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];

type Environment = Readonly<Record<string, string>>;

export function wirelink(args: readonly string[], environment: Environment = {}): Promise<Outcome> {
  return outcomeOf(spawn(process.execPath, [BIN, ...args], { env: cleaned(environment), stdio }));
}

/** The same as a user without any rights; loads the executable before it gives up its own, for it may lie out of reach. */
export function wirelinkAsNobody(args: readonly string[], environment: Environment = {}): Promise<Outcome> {
  const program = `
    const { compile, load } = require(${JSON.stringify(BIN)});
    const { main } = load(compile());
    if (process.getuid() === 0) process.setuid(65534);
    main(${JSON.stringify(args)});`;
  return outcomeOf(spawn(process.execPath, ['-e', program], { env: cleaned(environment), stdio }));
}

/** The shell's command line finds the executable as `$wirelink`. */
export function shell(command: string, environment: Environment = {}): Promise<Outcome> {
  const wirelinkCommand = `${process.execPath} ${BIN}`;
  return outcomeOf(
    spawn('bash', ['-c', command], { env: { ...cleaned(environment), wirelink: wirelinkCommand }, stdio }),
  );
}

/** Nothing of the developer's own settings for colours and widths. */
function cleaned(environment: Environment): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], TERM: 'xterm-256color', ...environment };
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const texts = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { status, ...texts };
}
