/** What src/core must not use: a clock, chance, the machine, or anything that happens later by itself. */
import ts from 'typescript';
import { lineOf, nodesOf, type Complaint, type Source } from './complaint.js';

const TIME = 'Take `now` as an argument: handle(event, now)';
const LATER = 'Answer with an action; what is to happen later is said by wakeAt()';
const MACHINE = 'Answer with an action, and let src/agent do it';
const BYTES = 'Use Uint8Array, with ByteReader and ByteWriter of src/core/values/bytes.ts';
const CHANCE = "Draw from the engine's own generator, whose seed is an argument";

/** Names that mean something of the machine unless the file declares them itself. */
const FORBIDDEN_NAMES: ReadonlyMap<string, string> = new Map([
  ['Date', TIME],
  ['performance', TIME],
  ['crypto', CHANCE],
  ['setTimeout', LATER],
  ['setInterval', LATER],
  ['setImmediate', LATER],
  ['queueMicrotask', LATER],
  ['Promise', LATER],
  ['process', MACHINE],
  ['fetch', MACHINE],
  ['console', 'Answer with a notice, which src/agent logs'],
  ['Buffer', BYTES],
  ['globalThis', 'Take what is needed as an argument'],
]);

export function checkPurity(source: Source): readonly Complaint[] {
  if (!source.file.startsWith('src/core/')) return [];
  const nodes = nodesOf(source);
  const declared = new Set(nodes.filter(isDeclaredName).map((name) => name.text));
  return nodes.flatMap((node) => {
    const found = asyncIn(node) ?? chanceIn(node) ?? globalIn(node, declared);
    return found === undefined ? [] : [{ file: source.file, line: lineOf(node), ...found }];
  });
}

type Finding = Pick<Complaint, 'what' | 'instead'>;

function asyncIn(node: ts.Node): Finding | undefined {
  const isAsync = node.kind === ts.SyntaxKind.AsyncKeyword;
  const isAwait = ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AwaitKeyword;
  return isAsync || isAwait ? { what: `the core uses ${isAsync ? 'async' : 'await'}`, instead: LATER } : undefined;
}

/** `Math` may stand only before a dot with a harmless name behind it: any other use could hand on Math.random. */
function chanceIn(node: ts.Node): Finding | undefined {
  if (!ts.isIdentifier(node) || node.text !== 'Math' || !isReference(node)) return undefined;
  const { parent } = node;
  const isHarmless =
    ts.isPropertyAccessExpression(parent) && parent.expression === node && parent.name.text !== 'random';
  return isHarmless ? undefined : { what: 'the core uses Math.random, or could', instead: CHANCE };
}

function globalIn(node: ts.Node, declared: ReadonlySet<string>): Finding | undefined {
  if (!ts.isIdentifier(node) || !isReference(node) || declared.has(node.text)) return undefined;
  const instead = FORBIDDEN_NAMES.get(node.text);
  return instead === undefined ? undefined : { what: `the core uses ${node.text}`, instead };
}

/** Whether the name stands for a value or type, rather than for a member of something or a key. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) {
    return node !== (ts.isQualifiedName(parent) ? parent.right : parent.name);
  }
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent) || ts.isEnumMember(parent)) {
    return parent.initializer === node;
  }
  const names = ts.isPropertySignature(parent) || ts.isMethodSignature(parent) || ts.isMethodDeclaration(parent);
  return !names && !ts.isAccessor(parent) && !ts.isLiteralTypeNode(parent) && !ts.isNamedTupleMember(parent);
}

function isDeclaredName(node: ts.Node): node is ts.Identifier {
  if (!ts.isIdentifier(node)) return false;
  const { parent } = node;
  const declares =
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isClassDeclaration(parent) ||
    ts.isInterfaceDeclaration(parent) ||
    ts.isTypeAliasDeclaration(parent) ||
    ts.isImportSpecifier(parent);
  return declares && parent.name === node;
}
