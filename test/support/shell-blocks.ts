/**
 * The commands in the documentation: which pages there are, their shell blocks, and the commands in these, word by word as
 * a shell would take them apart. As much of a shell's grammar as the pages use, and no more.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Page {
  readonly path: string;
  readonly text: string;
}

export interface Block {
  readonly page: string;
  /** The first word after the fence, `sh` for commands. */
  readonly language: string;
  /** What follows that word: in the tutorial, the machine on which it is typed. */
  readonly where: string;
  readonly text: string;
}

/** README.md and all below docs/. */
export const PAGES: readonly Page[] = [
  'README.md',
  ...readdirSync(`${ROOT}docs`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`)
    .sort(),
].map((path) => ({ path, text: readFileSync(ROOT + path, 'utf8') }));

export const BLOCKS: readonly Block[] = PAGES.flatMap(({ path, text }) => blocksIn(path, text));

export const SHELL_BLOCKS = BLOCKS.filter(({ language }) => language === 'sh');

export function blocksIn(page: string, text: string): readonly Block[] {
  return [...text.matchAll(/^( *)```([^\n`]*)\n([^]*?)^\1```$/gm)].map(([, indent = '', info = '', body = '']) => {
    const [language = '', ...where] = info.trim().split(/\s+/);
    return { page, language, where: where.join(' '), text: body.replaceAll(`\n${indent}`, '\n').trimStart() };
  });
}

/** Each command of a block as its words, without `sudo`, redirections, comments, and what is fed in by `<<END`. */
export function commandsIn(text: string): readonly (readonly string[])[] {
  const typed = text.replaceAll(/<<(\w+)\n[^]*?\n\1\n/g, '\n');
  return typed
    .split('\n')
    .flatMap((line) => split(line))
    .map((words) => (words[0] === 'sudo' ? words.slice(1) : words))
    .filter((words) => words.length > 0);
}

/** The commands of one line. Throws at a quotation mark that is not closed. */
function split(line: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  let rest = line;
  for (;;) {
    rest = rest.trimStart();
    if (rest === '' || rest.startsWith('#')) return commands;
    const separator = /^(?:&&|\|\||[|;&])/.exec(rest)?.[0];
    const redirection = /^[0-9]*>{1,2} *\S+/.exec(rest)?.[0];
    const word = /^(?:'[^']*'|"[^"]*"|[^\s'"|;&#>]|(?<=\S)#)+/.exec(rest)?.[0];
    if (separator !== undefined) commands.push([]);
    else if (redirection === undefined && word === undefined) throw new Error(`not understood: ${line}`);
    else if (redirection === undefined) commands.at(-1)?.push((word ?? '').replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'));
    rest = rest.slice((separator ?? redirection ?? word ?? '').length);
  }
}

/** Commands of wirelink in the text between blocks, in backquotes. */
export const MENTIONS = PAGES.flatMap(({ path, text }) =>
  [...text.replaceAll(/^( *)```[^]*?^\1```$/gm, '').matchAll(/`(?:sudo )?wirelink ([^`]+)`/g)].map(
    ([, words = '']) => ({
      page: path,
      words: words.split(/\s+/),
    }),
  ),
);
