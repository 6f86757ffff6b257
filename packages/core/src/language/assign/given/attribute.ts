/** The attribute under which the log keeps what staff or a file gave as the value of a tag. */
export function givenAttribute(tagId: string): string {
  return `tag.${tagId}`
}
