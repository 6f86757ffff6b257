/**
 * Code of the values of an open text that have none of their own: those beyond its most frequent ones. No value is the
 * empty text, so the code is nobody else's.
 */
export const OTHER_VALUE = ''

/** How people read it. */
export const OTHER_LABEL = { zh: '其余取值', en: 'other values' } as const
