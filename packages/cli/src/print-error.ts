import { ApiError } from '@tagtree/core/contract/client'
import { AppError } from '@tagtree/core/kernel/app-error'
import { CommanderError } from 'commander'
import type { Terminal } from './terminal.js'

/** Says what went wrong and what to do; answers the exit code: 1 refused, 2 wrong usage, 3 no server, 130 interrupted. */
export function printError(terminal: Terminal, error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version end a command too.
    if (error.exitCode === 0 || error.code === 'commander.help') return 0
    const reason = error.message.replace(/^error: /, '').replaceAll('\n', ' ')
    printError(terminal, new AppError('COMMAND_INVALID', { words: { reason } }))
    return 2
  }
  if (error instanceof ApiError) {
    terminal.err(`${error.code}: ${error.message}`)
    for (const issue of error.issues) printIssue(terminal, issue)
    terminal.err(error.action)
    return 1
  }
  if (error instanceof AppError) {
    const { message, action } = error.say(terminal.language)
    terminal.err(`${error.code}: ${message}`)
    for (const issue of error.issues) {
      const message = terminal.language === 'zh' ? (issue.messageZh ?? issue.message) : issue.message
      printIssue(terminal, { ...issue, message })
    }
    terminal.err(action)
    return error.code === 'SERVER_NOT_FOUND' ? 3 : error.code === 'COMMAND_INVALID' ? 2 : 1
  }
  if (error instanceof Error && error.name === 'AbortError') return 130
  terminal.err(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return 1
}

function printIssue(
  terminal: Terminal,
  issue: { readonly pointer: string; readonly message: string; readonly didYouMean?: string | undefined },
): void {
  const meant =
    issue.didYouMean === undefined
      ? ''
      : terminal.language === 'zh'
        ? `（是否想写 ${issue.didYouMean}？）`
        : ` (did you mean ${issue.didYouMean}?)`
  terminal.err(`  ${issue.pointer === '' ? '/' : issue.pointer}: ${issue.message}${meant}`)
}
