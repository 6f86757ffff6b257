import type { Issue } from '../../kernel/app-error.js'
import type { Message } from './message.js'

const MOST_ISSUES = 100

/** Gathers messages as issues at their pointers; the same problem at the same place counts once. */
export function issueAdder(issues: Issue[]): (pointer: string, message: Message) => void {
  const seen = new Set<string>()
  return (pointer, message) => {
    const key = `${pointer}\u0000${message.en}`
    if (seen.has(key) || issues.length >= MOST_ISSUES) return
    seen.add(key)
    issues.push({
      pointer,
      message: message.en,
      messageZh: message.zh,
      ...(message.didYouMean === undefined ? {} : { didYouMean: message.didYouMean }),
    })
  }
}
