/** What a rule finds, and the source it looks at. Rules see text only, so that they can be tried on snippets. */
import ts from 'typescript';

export interface Complaint {
  /** From the root of the project, with forward slashes. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly what: string;
  readonly instead: string;
}

export interface Source {
  readonly file: string;
  readonly text: string;
}

export type Rule = (source: Source) => readonly Complaint[];

export const tell = ({ file, line, what, instead }: Complaint): string => `${file}:${line}: ${what}. ${instead}`;

/** Every node of a TypeScript or JavaScript source, from the top. */
export function nodesOf({ file, text }: Source): readonly ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    node.forEachChild(visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return nodes;
}

export function lineOf(node: ts.Node): number {
  const source = node.getSourceFile();
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}
