/** How a path is called wherever one is shown, and in which colour. */
import type { PathKind } from '../../core/views.js';
import type { Screen } from './screen.js';

export const PATH_WORDS: Readonly<Record<PathKind, string>> = {
  direct: 'direct',
  relayed: 'relayed',
  connecting: 'connecting',
  offline: 'offline',
  plain: 'WireGuard only',
};

export function paintPath(path: PathKind, text: string, { paint }: Screen): string {
  switch (path) {
    case 'direct':
      return paint.green(text);
    case 'connecting':
    case 'relayed':
      return paint.yellow(text);
    case 'offline':
      return paint.red(text);
    case 'plain':
      return text;
  }
}
