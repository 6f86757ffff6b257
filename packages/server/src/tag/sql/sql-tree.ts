import { nearest } from '@tagtree/core/kernel/nearest'
import { CASTS, isAllowedFunction, isAllowedType, MEMBERSHIP } from './sql-functions.js'
import { sqlRefusal } from './sql-refusal.js'
import { noTableFunction, notAllowed } from './sql-words.js'

/** A node of the engine's syntax tree, as EXPLAIN AST prints it. */
interface Node {
  readonly kind: string
  /** What stands behind the kind: a name, a literal. */
  readonly text: string
  readonly children: Node[]
}

/** What names in a statement may mean. */
export interface SqlNames {
  /** Views of the workspace. */
  readonly views: ReadonlySet<string>
  /** What the statement itself named in WITH. */
  readonly named: ReadonlySet<string>
  /** Every function of the engine, in lower case. */
  readonly functions: ReadonlySet<string>
}

const KINDS = new Set(
  `SelectWithUnionQuery SelectIntersectExceptQuery SelectQuery ExpressionList TablesInSelectQuery TablesInSelectQueryElement
   TableExpression TableIdentifier TableJoin ArrayJoin Subquery WithElement Identifier Asterisk QualifiedAsterisk Literal
   Function OrderByElement WindowListElement WindowDefinition`.split(/\s+/),
)

const KIND_WORDS: readonly (readonly [pattern: RegExp, en: string, zh: string])[] = [
  [
    /Columns|Transformer/,
    'APPLY, REPLACE, EXCEPT and COLUMNS(…) behind a star',
    '星号后的 APPLY、REPLACE、EXCEPT 和 COLUMNS(…)',
  ],
  [/^Set$/, 'SETTINGS', 'SETTINGS'],
  [/Sample/, 'SAMPLE', 'SAMPLE'],
  [/Parameter/, 'parameters', '参数'],
  [/Interpolate/, 'INTERPOLATE', 'INTERPOLATE'],
]

const MOST_NODES = 20_000

/**
 * Accepts a statement by its syntax tree: only listed kinds of nodes, only allowed functions and types, only the
 * workspace's views.
 * @throws AppError DEFINITION_INVALID
 */
export function checkTree(lines: readonly string[], names: SqlNames): void {
  if (lines.length > MOST_NODES) throw sqlRefusal('the statement is too long', '语句过长')
  const root = readTree(lines)
  if (root.kind !== 'SelectWithUnionQuery' || root.children.length !== 1) {
    throw sqlRefusal(
      'a SQL tag is one SELECT without FORMAT or INTO',
      'SQL 标签只能是一条 SELECT，不能带 FORMAT 或 INTO',
    )
  }
  visit(root, '', names)
}

function readTree(lines: readonly string[]): Node {
  const path: Node[] = []
  let root: Node | undefined
  for (const line of lines) {
    const depth = line.length - line.trimStart().length
    const [, kind = '', rest = ''] = /^(\S+) ?(.*)$/.exec(line.trimStart()) ?? []
    const node: Node = { kind, text: rest.replace(/ ?\(children \d+\)$/, ''), children: [] }
    if (depth > path.length || (depth === 0 && root !== undefined)) throw unreadable()
    path.length = depth
    path.at(-1)?.children.push(node)
    path.push(node)
    root ??= node
  }
  if (root === undefined) throw unreadable()
  return root
}

function visit(node: Node, parent: string, names: SqlNames): void {
  if (!KINDS.has(node.kind)) throw unknownKind(node.kind)
  const name = nameOf(node)
  switch (node.kind) {
    case 'Function':
      if (parent === 'TableExpression') throw noTableFunction(name)
      checkCall(name, node, names)
      break
    case 'Identifier':
      if (!name.includes('.') && names.functions.has(name.toLowerCase()) && !isAllowedFunction(name))
        throw notAllowed(name)
      break
    case 'TableIdentifier':
      checkTable(name, names)
      break
    case 'Asterisk':
      if (node.children.length > 0) throw unknownKind('ColumnsTransformerList')
      break
  }
  for (const child of node.children) visit(child, node.kind, names)
}

function checkCall(name: string, node: Node, names: SqlNames): void {
  if (!isAllowedFunction(name)) throw notAllowed(name)
  const [first, second] = node.children[0]?.children ?? []
  if (CASTS.has(name.toLowerCase())) {
    const type = second?.kind === 'Literal' ? literalText(second.text) : null
    if (type === null || !isAllowedType(type)) {
      throw sqlRefusal(
        'a value can be turned into texts, numbers, dates, yes and no, and lists of them only',
        '只能转换为文本、数字、日期、布尔值及其列表',
      )
    }
  }
  // The right side of IN may be a table: only what WITH named or a view.
  if (MEMBERSHIP.has(name.toLowerCase())) {
    if (second?.kind === 'Identifier') checkTable(nameOf(second), names)
    if (first === undefined || (second?.kind === 'Function' && !isListCall(second))) {
      throw sqlRefusal('the right side of IN is a list or a subquery', 'IN 的右侧须是列表或子查询')
    }
  }
}

function isListCall(node: Node): boolean {
  return ['tuple', 'array'].includes(nameOf(node).toLowerCase())
}

function checkTable(name: string, { views, named }: SqlNames): void {
  if (name.includes('.')) throw noTableFunction(name)
  if (views.has(name) || named.has(name)) return
  const near = nearest(name, [...views])
  throw sqlRefusal(`there is no view "${name}"`, `没有视图“${name}”`, near)
}

function nameOf(node: Node): string {
  return node.text.split(' ')[0] ?? ''
}

function literalText(text: string): string | null {
  const quoted = /^\\?'(.*?)\\?'$/.exec(text)
  return quoted === null ? null : quoted[1]!.replaceAll('\\', '')
}

function unknownKind(kind: string): Error {
  const [, en, zh] = KIND_WORDS.find(([pattern]) => pattern.test(kind)) ?? [null, kind, kind]
  return sqlRefusal(`${en}: not available in SQL tags`, `SQL 标签不能使用${zh}`)
}

function unreadable(): Error {
  return sqlRefusal('the statement could not be understood', '无法理解该语句')
}
