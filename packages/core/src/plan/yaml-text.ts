import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, type Pair, Parser } from 'yaml'
import { type Message, say } from '../language/frame/message.js'
import { yamlFault } from './yaml-fault.js'

/** A place in a text; both count from 1. */
export interface TextPlace {
  readonly line: number
  readonly column: number
}

/** A YAML text as plain data, and where each part of it stands. */
export interface YamlText {
  readonly value: unknown
  /** The place of what a JSON pointer names, or of the nearest part around it. */
  placeOf(pointer: string): TextPlace
}

export type YamlResult =
  | { readonly ok: true; readonly yaml: YamlText }
  | { readonly ok: false; readonly faults: readonly { readonly place: TextPlace; readonly message: Message }[] }

const MOST_LEVELS = 100
/** Signs, words and spaces; more than any plan needs, few enough to be read in about two seconds. */
const MOST_LEXEMES = 500_000
const MOST_FAULTS = 20

/**
 * Reads one document of YAML 1.2 core: no anchors and aliases, no tags of its own, no merge keys, no repeated keys. Depth
 * and size are bounded while it is read, so that no text can take the process down.
 */
export function readYaml(text: string): YamlResult {
  const lines = new LineCounter()
  const faults: { place: TextPlace; message: Message }[] = []
  const fault = (offset: number, message: Message): void => {
    if (faults.length < MOST_FAULTS) faults.push({ place: placeAt(lines, offset), message })
  }
  const tokens = tokensOf(text, lines, fault)
  if (tokens === null) return { ok: false, faults }
  const options = {
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
    merge: false,
    resolveKnownTags: false,
    lineCounter: lines,
  } as const
  const documents = [...new Composer(options).compose(tokens, true, text.length)]
  const [document, second] = documents
  if (second !== undefined) fault(second.range[0], say('a plan file is one document', '一个方案文件只能有一个文档'))
  if (document === undefined) return { ok: true, yaml: { value: null, placeOf: () => ({ line: 1, column: 1 }) } }
  const { version } = document.directives.yaml
  if (version !== '1.2')
    fault(0, say(`plan files are YAML 1.2, not ${version}`, `方案文件为 YAML 1.2，而非 ${version}`))
  for (const problem of [...document.errors, ...document.warnings]) fault(problem.pos[0], yamlFault(problem))
  const root = document.contents as Node | null
  if (faults.length > 0) return { ok: false, faults }
  const value = root === null ? null : plainOf(root, fault)
  if (faults.length > 0) return { ok: false, faults }
  return { ok: true, yaml: { value, placeOf: (pointer) => placeAt(lines, offsetOf(root, pointer)) } }
}

/** The text as the library's tokens; null when it is too deep or too large. */
function tokensOf(text: string, lines: LineCounter, fault: (offset: number, message: Message) => void) {
  const parser = new Parser(lines.addNewLine)
  lines.addNewLine(0)
  const tokens = []
  let lexemes = 0
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme))
    lexemes += 1
    if (parser.stack.length > MOST_LEVELS) {
      fault(parser.offset, say(`more than ${MOST_LEVELS} levels deep`, `嵌套超过 ${MOST_LEVELS} 层`))
      return null
    }
    if (lexemes > MOST_LEXEMES) {
      fault(parser.offset, say('the text has too many parts for a plan file', '内容过多，超出方案文件的上限'))
      return null
    }
  }
  tokens.push(...parser.end())
  return tokens
}

/** As deep as the tokens were, which is bounded. */
function plainOf(node: Node, fault: (offset: number, message: Message) => void): unknown {
  const offset = node.range?.[0] ?? 0
  if (isAlias(node)) {
    fault(offset, say('aliases (*name) are not allowed: write it out', '不允许别名（*name）：请写出全文'))
    return null
  }
  if (node.anchor !== undefined) fault(offset, say('anchors (&name) are not allowed', '不允许锚点（&name）'))
  if (isSeq<Node>(node)) return node.items.map((item) => plainOf(item, fault))
  if (isMap<Node, Node | null>(node)) return plainMap(node.items, fault)
  if (!isScalar(node)) return null
  if (typeof node.value !== 'string' || !/[\0\p{Surrogate}]/u.test(node.value)) return node.value
  fault(offset, say('this text has a character that cannot be stored', '此处文本含无法保存的字符'))
  return null
}

function plainMap(
  items: readonly Pair<Node, Node | null>[],
  fault: (offset: number, message: Message) => void,
): Record<string, unknown> {
  const seen = new Set<string>()
  const plain: Record<string, unknown> = {}
  for (const { key, value } of items) {
    const offset = key.range?.[0] ?? 0
    const name = nameOf(key)
    if (name === null) fault(offset, say('a key is a plain text', '键应为普通文本'))
    else if (name === '<<')
      fault(offset, say('merge keys (<<) are not allowed: write it out', '不允许合并键（<<）：请写出全文'))
    else if (name === '__proto__') fault(offset, say('"__proto__" is not allowed as a key', '不允许键名“__proto__”'))
    else if (seen.has(name)) fault(offset, say(`the key "${short(name)}" stands here twice`, `键“${short(name)}”重复`))
    else {
      seen.add(name)
      plain[name] = value === null ? null : plainOf(value, fault)
    }
  }
  return plain
}

/** Numbers and words are keys by their text. */
function nameOf(key: Node): string | null {
  if (!isScalar(key) || key.anchor !== undefined) return null
  if (typeof key.value === 'string') return key.value
  return typeof key.value === 'number' || typeof key.value === 'boolean' ? (key.source ?? String(key.value)) : null
}

function offsetOf(root: Node | null, pointer: string): number {
  let node: Node | null = root
  let offset = root?.range?.[0] ?? 0
  const steps = pointer.split('/').slice(1)
  for (const step of steps) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (isMap<Node, Node | null>(node)) {
      const pair: Pair<Node, Node | null> | undefined = node.items.find(({ key }) => nameOf(key) === name)
      if (pair === undefined) return offset
      offset = pair.key.range?.[0] ?? offset
      node = pair.value
    } else if (isSeq<Node>(node)) {
      const item: Node | undefined = node.items[Number(name)]
      if (item === undefined) return offset
      offset = item.range?.[0] ?? offset
      node = item
    } else return offset
  }
  return offset
}

function placeAt(lines: LineCounter, offset: number): TextPlace {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

function short(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`
}
