import type { Cause } from '../../core/views.js';
import type { Screen } from './screen.js';
import { wrap } from './text.js';

/** What a person should look at, each with what would help; an empty text when there is nothing. */
export const renderWarnings = (warnings: readonly Pick<Cause, 'text'>[], { width, paint }: Screen): string =>
  warnings.map(({ text }) => paint.yellow(wrap(text, width, 'warning: '))).join('\n');
