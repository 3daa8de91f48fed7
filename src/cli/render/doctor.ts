/** The text of `wirelink doctor`: each check on a line, and below what is wrong, the command that mends it. */
import type { CheckView, DoctorView } from '../../core/views.js';
import { printable } from '../../core/text.js';
import type { Screen } from './screen.js';
import { wrap } from './text.js';

export function renderDoctor({ interface: name, checks }: DoctorView, screen: Screen): string {
  const wrong = checks.filter(({ outcome }) => outcome === 'wrong').length;
  const verdict = wrong === 0 ? 'nothing is wrong.' : `${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong.`;
  return [...checks.map((check) => checkText(check, screen)), '', `${name}: ${verdict}`].join('\n');
}

const LEADS: Readonly<Record<CheckView['outcome'], string>> = {
  ok: 'ok       ',
  wrong: 'WRONG    ',
  hint: 'hint     ',
  unknown: 'unknown  ',
};

function checkText({ check, outcome, text, fix }: CheckView, { width, paint }: Screen): string {
  const lines = wrap(text, width, `${LEADS[outcome]}${check.padEnd(13)}`);
  // Not wrapped: it is there to be copied.
  const below = fix === undefined ? '' : `\n${' '.repeat(LEADS.ok.length)}run: ${printable(fix)}`;
  switch (outcome) {
    case 'ok':
      return lines;
    case 'wrong':
      return `${paint.red(lines)}${paint.bold(below)}`;
    case 'hint':
    case 'unknown':
      return `${paint.yellow(lines)}${paint.bold(below)}`;
  }
}
