/** How long files may be, and what they may export. */
import ts from 'typescript';
import { lineOf, nodesOf, type Complaint, type Source } from './complaint.js';

/** What can be read in one go, and says one thing. */
export const MAX_LINES = 300;

export function checkLength({ file, text }: Source): readonly Complaint[] {
  const lines = text.replace(/\n$/, '').split('\n').length;
  if (lines <= MAX_LINES) return [];
  const what = `the file has ${lines} lines, ${MAX_LINES} are allowed`;
  return [{ file, line: MAX_LINES + 1, what, instead: 'Divide it by what its parts decide' }];
}

export function checkDefaultExports(source: Source): readonly Complaint[] {
  if (source.file.startsWith('src/commands/') || /(^|\/)[^/]+\.config\.[cm]?[jt]s$/.test(source.file)) return [];
  return nodesOf(source)
    .filter(isDefaultExport)
    .map((node) => ({
      file: source.file,
      line: lineOf(node),
      what: 'there is a default export',
      instead: 'Export it by its name; only commands and configuration files are found by their default',
    }));
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === 'default';
  return node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent);
}
