import { ERRORS, type ErrorCode } from './errors.js'

/** One addressed problem inside a document, a row or a request. */
export interface Issue {
  /** JSON pointer to the place, '' for the whole document. */
  readonly pointer: string
  /** What is wrong and, where it can be said, what to do. English. */
  readonly message: string
  /** The same in Chinese. */
  readonly messageZh?: string
  /** The nearest known name, when a name was not known. */
  readonly didYouMean?: string
}

/** What fills the holes of a message; a word that is itself language comes in both. */
export type Words = Readonly<Record<string, string | number | { readonly zh: string; readonly en: string }>>

export interface AppErrorDetails {
  /** JSON pointer into the request, when one place is to blame. */
  readonly pointer?: string
  /** Words that fill the `{name}` holes of the code's message; never personal data. */
  readonly words?: Words
  readonly issues?: readonly Issue[]
  /** Seconds after which the same request may succeed; sets Retry-After. */
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

/** An error that stops the work: it has a code of errors.ts and can be shown to a person. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly pointer: string | undefined
  readonly words: Words
  readonly issues: readonly Issue[]
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, details: AppErrorDetails = {}) {
    super(fill(ERRORS[code].en, details.words ?? {}, 'en'), { cause: details.cause })
    this.name = 'AppError'
    this.code = code
    this.status = ERRORS[code].status
    this.pointer = details.pointer
    this.words = details.words ?? {}
    this.issues = details.issues ?? []
    this.retryAfterSeconds = details.retryAfterSeconds
  }

  /** The message and what to do about it, in one language. */
  say(language: 'zh' | 'en'): { message: string; action: string } {
    const entry = ERRORS[this.code]
    const action = language === 'zh' ? entry.actionZh : entry.actionEn
    return {
      message: fill(language === 'zh' ? entry.zh : entry.en, this.words, language),
      action: fill(action, this.words, language),
    }
  }
}

function fill(template: string, words: Words, language: 'zh' | 'en'): string {
  return template.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const word = Object.hasOwn(words, name) ? words[name] : undefined
    if (word === undefined) return hole
    return typeof word === 'object' ? word[language] : String(word)
  })
}
