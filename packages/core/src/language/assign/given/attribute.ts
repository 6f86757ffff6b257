/** The attribute under which the log keeps what staff or a file gave as the value of a tag. */
export function givenAttribute(tagId: string): string {
  return `tag.${tagId}`
}

/** The attribute under which the log keeps what persons said instead of a computed value: a list of codes. */
export function correctedAttribute(tagId: string): string {
  return `corrected.${tagId}`
}
