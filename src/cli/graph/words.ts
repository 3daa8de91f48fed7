/** What is written beside a line of a drawing, and in its legend. */
import type { PathKind } from '../../core/views.js';
import { PATH_WORDS } from '../render/path.js';
import { duration } from '../render/text.js';
import type { Branch } from './model.js';

/** A round-trip time says that it is direct; where there is none, the word does. */
export function linkText({ link }: Branch): string {
  if (link === undefined) return '';
  return link.path === 'direct' && link.rttMs !== undefined ? duration(link.rttMs) : PATH_WORDS[link.path];
}

/** All kinds of paths that the tree has, in the order of its legend. */
export function kindsIn(tree: Branch): readonly PathKind[] {
  const found = new Set<PathKind>();
  const walk = ({ link, branches }: Branch): void => {
    if (link !== undefined) found.add(link.path);
    branches.forEach(walk);
  };
  walk(tree);
  return (Object.keys(PATH_WORDS) as PathKind[]).filter((kind) => found.has(kind));
}
