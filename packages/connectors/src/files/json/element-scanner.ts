import { MAX_ROW_CHARACTERS } from '../file-row.js'

/** The text of one element of the array, or the place where one could not be told apart. */
export type ArrayElement =
  | { readonly text: string }
  | { readonly broken: 'json_broken' | 'row_too_long'; readonly text: string }

export interface ElementScanner {
  push(text: string): ArrayElement[]
  /** What is left; `complete` is false when the closing bracket never came. */
  end(): { readonly elements: ArrayElement[]; readonly complete: boolean }
}

const QUOTE = 34
const COMMA = 44
const OPEN_ARRAY = 91
const BACKSLASH = 92
const CLOSE_ARRAY = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125
const LINE_FEED = 10
/** Open brackets that are followed; deeper rows are broken anyway. */
const MAX_OPEN = 1_000

/**
 * Cuts a JSON array into the texts of its elements without parsing them. The array is the document itself, or the first
 * array inside of the document's object (`{"rows": [ … ]}`).
 *
 * An element ends early and is broken where its text cannot go on: a raw line end inside of a string, a closing bracket
 * of the wrong kind, an object where a name must stand. Reading goes on at the next `{` at the start of a line or behind a
 * comma, so that one broken row costs no other.
 */
export function makeElementScanner(): ElementScanner {
  let state: 'before' | 'between' | 'inside' | 'lost' | 'after' = 'before'
  let element = ''
  let open: number[] = []
  let lastCode = 0
  let inString = false
  let escaped = false
  let overlong = false

  const push = (text: string): ArrayElement[] => {
    const elements: ArrayElement[] = []
    let start = 0
    const reset = (next: typeof state): void => {
      element = ''
      overlong = false
      open = []
      inString = false
      escaped = false
      state = next
    }
    const finish = (at: number, next: typeof state): void => {
      if (!overlong) elements.push({ text: element + text.slice(start, at) })
      reset(next)
    }
    const giveUp = (at: number): void => {
      if (!overlong) elements.push({ broken: 'json_broken', text: (element + text.slice(start, at)).slice(0, 1000) })
      reset('lost')
    }
    for (let at = 0; at < text.length && state !== 'after'; at++) {
      const code = text.charCodeAt(at)
      if (state === 'inside') {
        if (inString) {
          if (escaped) escaped = false
          else if (code === BACKSLASH) escaped = true
          else if (code === QUOTE) inString = false
          else if (code === LINE_FEED) giveUp(at)
          continue
        }
        if (code <= 32) continue
        const top = open.at(-1)
        if (code === QUOTE) inString = true
        else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
          const nameWanted = top === OPEN_OBJECT && lastCode !== 58
          if (nameWanted || open.length > MAX_OPEN) {
            giveUp(at)
            at--
            continue
          }
          open.push(code)
        } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
          if (top === undefined && code === CLOSE_ARRAY) finish(at, 'after')
          else if (top !== code - 2) giveUp(at + 1)
          else {
            open.pop()
            if (open.length === 0) finish(at + 1, 'between')
          }
        } else if (code === COMMA && top === undefined) finish(at, 'between')
        lastCode = code
        continue
      }
      if (state === 'before') {
        if (code === OPEN_ARRAY) state = 'between'
        continue
      }
      if (state === 'lost') {
        if (code !== OPEN_OBJECT || !/(?:^|[\n,])\s*$/.test(text.slice(Math.max(0, at - 200), at))) continue
        state = 'between'
      }
      if (code <= 32 || code === COMMA) continue
      if (code === CLOSE_ARRAY) {
        state = 'after'
        break
      }
      state = 'inside'
      start = at
      lastCode = 0
      at--
    }
    if (state === 'inside') {
      if (!overlong) element += text.slice(start)
      if (element.length > MAX_ROW_CHARACTERS) {
        elements.push({ broken: 'row_too_long', text: element.slice(0, 1000) })
        element = ''
        overlong = true
      }
    }
    return elements
  }

  return {
    push,
    end: () => {
      const rest = state === 'inside' && !overlong && element !== '' ? element.slice(0, 1000) : null
      return { elements: rest === null ? [] : [{ broken: 'json_broken', text: rest }], complete: state === 'after' }
    },
  }
}
