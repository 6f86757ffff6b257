import { sqlRefusal } from './sql-refusal.js'

/** A word of a statement outside strings. */
export interface SqlWord {
  readonly text: string
  readonly quoted: boolean
  /** Something precedes it with a point: `o.amount`. */
  readonly afterPoint: boolean
  /** A bracket opens directly behind it: a call, or a keyword before a list. */
  readonly beforeBracket: boolean
}

/** A statement written anew from its own tokens: without comments, without anything that could be read in two ways. */
export interface SqlText {
  readonly text: string
  readonly words: readonly SqlWord[]
  /** Names in front of `AS (`: what WITH may have named. */
  readonly named: ReadonlySet<string>
}

const QUOTED_NAME = /^[\p{L}\p{N}_]{1,100}$/u
const NUMBER = /(?:0x[0-9a-fA-F]{1,32}|\d[\d_]{0,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,4})?)/y
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y
const SIGNS = '(),.*+-/%=<>!|?:[]'
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  "'": "'",
  '"': '"',
  '\\': '\\',
  '`': '`',
}

/** Words that have no place in a SQL tag; as a name they can stand in backticks. */
const FORBIDDEN = new Set([
  'settings',
  'format',
  'into',
  'outfile',
  'apply',
  'recursive',
  'parallel',
  'sample',
  'prewhere',
])

/**
 * Reads a statement token by token and writes it anew. Comments go; strings are written with the plainest escapes; every
 * sign that this reader does not know is refused. What is sent to the engine therefore has one reading only, and brackets
 * that close inside it what was opened outside cannot occur.
 * @throws AppError DEFINITION_INVALID
 */
export function readSqlText(raw: string): SqlText {
  return new Reader(raw).read()
}

class Reader {
  #at = 0
  #out = ''
  readonly #open: string[] = []
  readonly #words: SqlWord[] = []
  readonly #named = new Set<string>()

  constructor(private readonly raw: string) {}

  read(): SqlText {
    while (this.#at < this.raw.length) this.#token()
    if (this.#open.length > 0) throw sqlRefusal('a bracket is not closed', '有括号没有闭合')
    const text = this.#out.trim()
    if (text === '') throw sqlRefusal('the statement is empty', '语句为空')
    const first = this.#words[0]
    const isQuery = /^[(\s]*(?:select|with)\b/i.test(text) && first?.quoted === false
    if (!isQuery) throw notOneSelect()
    return { text, words: this.#words, named: this.#named }
  }

  #token(): void {
    const sign = this.raw[this.#at]!
    const two = this.raw.slice(this.#at, this.#at + 2)
    if (/[ \t\r\n]/.test(sign)) this.#skip(this.#at + 1)
    else if (two === '--') this.#skip(this.#endOf('\n', this.raw.length))
    else if (two === '/*') this.#skip(this.#endOf('*/', null))
    else if (sign === "'") this.#string()
    else if (sign === '`' || sign === '"') this.#quotedName(sign)
    else if (/[A-Za-z_]/.test(sign)) this.#word()
    else if (/\d/.test(sign)) this.#number()
    else if (sign === ';') this.#end()
    else this.#sign(sign)
  }

  #sign(sign: string): void {
    if (sign === '{' || sign === '}') {
      throw sqlRefusal(
        'parameters in braces are not available; the moment of the computation is called as_of',
        '不能使用花括号参数；计算时刻写作 as_of',
      )
    }
    if (!SIGNS.includes(sign)) throw unknownSign(this.raw.codePointAt(this.#at)!)
    this.#bracket(sign)
    this.#out += sign
    this.#at += 1
  }

  #skip(to: number): void {
    this.#at = to
    if (!this.#out.endsWith(' ')) this.#out += ' '
  }

  #endOf(mark: string, otherwise: number | null): number {
    const found = this.raw.indexOf(mark, this.#at + 2)
    if (found >= 0) return found + mark.length
    if (otherwise === null) throw sqlRefusal('a comment is not closed', '有注释没有闭合')
    return otherwise
  }

  #string(): void {
    let value = ''
    let at = this.#at + 1
    for (;;) {
      const sign = this.raw[at]
      if (sign === undefined) throw sqlRefusal('a text is not closed', '有字符串没有闭合')
      if (sign === "'" && this.raw[at + 1] === "'") {
        value += "'"
        at += 2
      } else if (sign === "'") break
      else if (sign === '\\') {
        const next = this.raw[at + 1] ?? ''
        // In patterns of LIKE these two keep their backslash.
        const meant = next === '%' || next === '_' ? `\\${next}` : ESCAPES[next]
        if (meant === undefined) throw unknownEscape(next)
        value += meant
        at += 2
      } else if (sign < ' ' && sign !== '\n' && sign !== '\t' && sign !== '\r') {
        throw unknownSign(sign.codePointAt(0)!)
      } else {
        value += sign
        at += 1
      }
    }
    if (/aggregatefunction/i.test(value))
      throw sqlRefusal('states of aggregates cannot be used', '不能使用聚合状态类型')
    this.#notGlued(at + 1)
    this.#at = at + 1
    this.#out += `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')}'`
  }

  #quotedName(quote: string): void {
    const end = this.raw.indexOf(quote, this.#at + 1)
    const name = end < 0 ? '' : this.raw.slice(this.#at + 1, end)
    if (!QUOTED_NAME.test(name)) {
      throw sqlRefusal(
        'a quoted name may have letters, digits and underscores only',
        '引号中的名称只能包含文字、数字和下划线',
      )
    }
    this.#notGlued(end + 1)
    this.#at = end + 1
    this.#addWord(name, true)
    this.#out += `\`${name}\``
  }

  #word(): void {
    WORD.lastIndex = this.#at
    const text = WORD.exec(this.raw)![0]
    const end = this.#at + text.length
    if (this.#words.length === 0 && !/^(?:select|with)$/i.test(text)) throw notOneSelect()
    if (FORBIDDEN.has(text.toLowerCase()) && !this.#out.endsWith('.')) {
      throw sqlRefusal(
        `${text.toUpperCase()} is not available in SQL tags; a column of that name is written in backticks`,
        `SQL 标签不能使用 ${text.toUpperCase()}；若是列名，请用反引号括起`,
      )
    }
    this.#notGlued(end)
    this.#at = end
    this.#addWord(text, false)
    this.#out += text
  }

  #number(): void {
    NUMBER.lastIndex = this.#at
    const text = NUMBER.exec(this.raw)![0]
    const end = this.#at + text.length
    if (/[A-Za-z_]/.test(this.raw[end] ?? '')) throw unknownSign(this.raw.codePointAt(end)!)
    this.#notGlued(end)
    this.#at = end
    this.#out += text
  }

  /** A quote directly behind a word or another quote would give it a second meaning (x'41', E'…'). */
  #notGlued(end: number): void {
    const next = this.raw[end] ?? ''
    if (next === "'" || next === '"' || next === '`') {
      throw sqlRefusal('put a space or a sign in front of every quote', '引号前面请加空格或运算符')
    }
  }

  #addWord(text: string, quoted: boolean): void {
    const behind = this.raw.slice(this.#at)
    this.#words.push({
      text,
      quoted,
      afterPoint: /\.\s*$/.test(this.#out),
      beforeBracket: /^\s*\(/.test(behind),
    })
    const [last, middle] = [this.#words.at(-1)!, this.#words.at(-2)]
    if (!last.quoted && last.text.toLowerCase() === 'as' && last.beforeBracket && middle) this.#named.add(middle.text)
  }

  #bracket(sign: string): void {
    if (sign === '(' || sign === '[') this.#open.push(sign)
    if (sign !== ')' && sign !== ']') return
    if (this.#open.pop() !== (sign === ')' ? '(' : '[')) {
      throw sqlRefusal('a bracket closes that was not opened', '有多余的右括号')
    }
  }

  #end(): void {
    const rest = this.raw.slice(this.#at + 1)
    if (/\S/.test(rest)) throw notOneSelect()
    this.#at = this.raw.length
  }
}

function notOneSelect(): Error {
  return sqlRefusal(
    'a SQL tag is one SELECT: no other statements, nothing that writes or sets anything',
    'SQL 标签只能是一条 SELECT：不能有其他语句，也不能写入或设置任何内容',
  )
}

function unknownSign(code: number): Error {
  const sign = code < 32 ? `U+${code.toString(16).padStart(4, '0')}` : String.fromCodePoint(code)
  return sqlRefusal(
    `the sign "${sign}" cannot stand here; names with other letters are written in backticks`,
    `此处不能出现“${sign}”；含其他文字的名称请用反引号括起`,
  )
}

function unknownEscape(sign: string): Error {
  return sqlRefusal(`the escape "\\${sign}" is not available in texts`, `字符串中不能使用转义“\\${sign}”`)
}
