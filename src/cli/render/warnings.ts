import type { Cause } from '../../core/views.js';
import type { Screen } from './screen.js';
import { wrap } from './text.js';

/** What keeps the whole machine from connecting, each with what would help; an empty text when nothing does. */
export const renderWarnings = (warnings: readonly Cause[], { width, paint }: Screen): string =>
  warnings.map(({ text }) => paint.yellow(wrap(text, width, 'warning: '))).join('\n');
