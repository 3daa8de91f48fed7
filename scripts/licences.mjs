/** The licences of what is bundled, as those licences ask for: one text, a chapter for each package. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `inputs` are the paths of the bundled files, relative to `root`. Throws for a package without a text: it must not be
 * shipped.
 */
export function licencesOf(root, inputs) {
  const folders = new Set(inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
  const chapters = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const texts = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    if (texts.length === 0) throw new Error(`${name}, which is bundled, has no text of its licence (${license})`);
    const bodies = texts.sort().map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
    return `${name} ${version} (${license})\n\n${bodies.join('\n\n')}\n`;
  });
  return `wirelink includes these packages.\n\n${chapters.sort().join(`\n${'-'.repeat(80)}\n\n`)}`;
}
