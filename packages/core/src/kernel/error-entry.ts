/** One thing the product can refuse or fail at. */
export interface ErrorEntry {
  /** HTTP status. */
  readonly status: number
  readonly en: string
  readonly zh: string
  /** What the reader can do now. */
  readonly actionEn: string
  readonly actionZh: string
}

/** A row of the error table; texts may hold `{word}` holes. */
export const entry = (status: number, en: string, zh: string, actionEn: string, actionZh: string): ErrorEntry => ({
  status,
  en,
  zh,
  actionEn,
  actionZh,
})
