/** The few things of XML that the parts of a workbook use; each works on the text of one small element. */

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Text content with its entities, CDATA sections and Office's `_x000D_` escapes resolved. */
export function unescapeXml(text: string): string {
  let result = text
  if (result.includes('<![CDATA['))
    result = result.replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, (_, inner: string) => escapeAgain(inner))
  if (result.includes('&')) {
    result = result.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{2,4}));/g, (whole, decimal, hex, name) => {
      if (name !== undefined) return ENTITIES[name as string] ?? whole
      const code = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    })
  }
  if (result.includes('_x')) {
    result = result.replace(/_x([0-9a-fA-F]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  }
  // References may name halves of surrogate pairs, which are no text.
  return result === text ? text : result.replace(/\p{Surrogate}/gu, '\ufffd')
}

function escapeAgain(text: string): string {
  return text.replaceAll('&', '&amp;')
}

/** The value of an attribute in an opening tag, unescaped; null when it is absent. */
export function attributeOf(tag: string, name: string): string | null {
  const at = tag.indexOf(` ${name}=`)
  if (at === -1) return null
  const quote = tag[at + name.length + 2]
  if (quote !== '"' && quote !== "'") return null
  const start = at + name.length + 3
  const end = tag.indexOf(quote, start)
  return end === -1 ? null : unescapeXml(tag.slice(start, end))
}

/** The opening tags of every element of a name in a small document, whatever its namespace prefix. */
export function openingTags(xml: string, name: string): string[] {
  return xml.match(new RegExp(`<(?:\\w+:)?${name}(?=[\\s/>])[^>]*>`, 'g')) ?? []
}

/** All text of `<t>` elements in a string item, without the phonetic runs of East Asian text. */
export function stringItemText(xml: string): string {
  const visible = xml.includes('rPh') ? xml.replace(/<(?:\w+:)?rPh[\s>][\s\S]*?<\/(?:\w+:)?rPh>/g, '') : xml
  const parts = visible.match(/<(?:\w+:)?t(?:\s[^>]*)?>[\s\S]*?<\/(?:\w+:)?t>/g)
  if (parts === null) return ''
  return parts.map((part) => unescapeXml(part.slice(part.indexOf('>') + 1, part.lastIndexOf('<')))).join('')
}

/**
 * Cuts the elements of a name out of streamed XML: gives each whole element as text. An element longer than
 * `maxLength` is given as null and passed over.
 */
export async function* cutElements(
  chunks: AsyncIterable<Buffer>,
  name: string,
  maxLength: number,
): AsyncGenerator<(string | null)[], void, undefined> {
  const decoder = new TextDecoder('utf-8')
  let prefix: string | null = null
  let pending = ''
  let overlong = false
  for await (const chunk of chunks) {
    pending += decoder.decode(chunk, { stream: true })
    if (prefix === null) {
      const root = /<(?!\?|!)(?:(\w+):)?\w+[\s>]/.exec(pending)
      if (root === null) continue
      prefix = root[1] === undefined ? '' : `${root[1]}:`
    }
    const open = `<${prefix}${name}`
    const close = `</${prefix}${name}>`
    const found: (string | null)[] = []
    let at = 0
    for (;;) {
      const start = overlong ? at : nextOpen(pending, open, at)
      if (start === -1) {
        at = Math.max(at, pending.length - open.length)
        break
      }
      const tagEnd = pending.indexOf('>', start)
      const selfClosed = !overlong && tagEnd !== -1 && pending.charCodeAt(tagEnd - 1) === 47
      const end = selfClosed ? tagEnd + 1 : tagEnd === -1 ? 0 : endOf(pending, close, start)
      if (end === 0) {
        at = start
        break
      }
      found.push(overlong || end - start > maxLength ? null : pending.slice(start, end))
      overlong = false
      at = end
    }
    pending = pending.slice(at)
    if (pending.length > maxLength) {
      overlong = true
      pending = pending.slice(-close.length)
    }
    if (found.length > 0) yield found
  }
}

function endOf(text: string, close: string, start: number): number {
  const at = text.indexOf(close, start)
  return at === -1 ? 0 : at + close.length
}

/** The next opening tag of exactly this name: `<row` but not `<rowBreaks`. */
function nextOpen(text: string, open: string, from: number): number {
  for (let at = text.indexOf(open, from); at !== -1; at = text.indexOf(open, at + 1)) {
    const code = text.charCodeAt(at + open.length)
    if (code === 62 || code === 47 || code <= 32 || Number.isNaN(code)) return at
  }
  return -1
}
