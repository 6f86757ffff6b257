/** What is wrong, said in both languages. */
export interface Message {
  readonly en: string
  readonly zh: string
  /** The nearest known name, when a name was not known. */
  readonly didYouMean?: string
}

/** A message without a nearest name. */
export const say = (en: string, zh: string): Message => ({ en, zh })

/** A message that ends in the nearest name, when there is one. */
export function sayNearest(en: string, zh: string, near: string | undefined): Message {
  if (near === undefined) return { en, zh }
  return { en: `${en}, did you mean "${near}"?`, zh: `${zh}，是否想写“${near}”？`, didYouMean: near }
}

/** The refusal of something that is part of the language but not of this version. */
export function notYet(en: string, zh: string): Message {
  return say(`NOT_SUPPORTED_YET: ${en} is not available in this version`, `NOT_SUPPORTED_YET：本版本暂不支持${zh}`)
}

/** JSON pointer of a place below another. */
export function pointerTo(base: string, ...path: readonly (PropertyKey | undefined)[]): string {
  return path.reduce<string>(
    (pointer, step) => `${pointer}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`,
    base,
  )
}
