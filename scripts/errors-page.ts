/**
 * docs/errors.md, made from the one place where errors are: `npm run docs:errors` writes it, and a test holds that it
 * was run.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { problemCodes, UserError, type ExitStatus, type ProblemCode } from '../src/core/errors.js';

export const PAGE = fileURLToPath(new URL('../docs/errors.md', import.meta.url));

/** What depends on the case stands as `<interface>`, `<path>` and so on. */
const ABOUT = new Proxy<Readonly<Record<string, string>>>({}, { get: (_, name) => `<${String(name)}>` });

export const EXITS: Readonly<Record<ExitStatus, string>> = {
  1: 'It could not be done.',
  2: 'The command line is not right.',
  3: 'It ended without what was asked for.',
  4: 'No agent is there.',
};

export function errorsPage(): string {
  return `# Errors

What a person can mend has a stable code, says what happened and what to do, and leaves the interface as it was. A command
prints the message and the help to stderr, and with \`--json\` to stdout:

\`\`\`json
{ "error": { "code": "no-agent", "message": "…", "help": "…" } }
\`\`\`

Anything else that goes wrong is a bug in wirelink, and says so. This page is made from \`src/core/errors.ts\` by
\`npm run docs:errors\`.

${statuses()}
${problemCodes.map(chapter).join('\n')}`;
}

function statuses(): string {
  const rows = Object.entries(EXITS).map(([status, meaning]) => `- ${status}: ${meaning}\n`);
  return `Exit status:\n\n${rows.join('')}`;
}

function chapter(code: ProblemCode): string {
  const { exit, message, help } = new UserError(code, ABOUT);
  const quoted = [message, help].filter((line) => line !== '').map(escaped);
  return `## \`${code}\`\n\nExit status ${exit}.\n\n${quoted.join('\n\n')}\n`;
}

/** Angle brackets would be taken for tags. */
const escaped = (text: string): string => text.replace(/<[^>]+>/g, (placeholder) => `\`${placeholder}\``);

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, errorsPage());
