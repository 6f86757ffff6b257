import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { type Column, formatTable } from './table.js'

/** Where a command prints and asks; tests pass their own. */
export interface Terminal {
  readonly language: 'zh' | 'en'
  /** Standard output: results. */
  out(text: string): void
  /** Standard error: what happened. */
  err(text: string): void
  /** Raw bytes to standard output; resolves when they are taken. */
  write(bytes: Uint8Array): Promise<void>
  readonly isInteractive: boolean
  /** Whether results are looked at in colours; absent = not. */
  readonly hasColours?: boolean
  /** A line typed by the person, or the first line of standard input when there is no terminal. */
  ask(question: string, options?: { readonly hidden?: boolean }): Promise<string>
}

/** The real terminal. */
export function processTerminal(language: 'zh' | 'en'): Terminal {
  return {
    language,
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    write: (bytes) =>
      new Promise((resolve, reject) => process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()))),
    isInteractive: process.stdin.isTTY === true,
    // Asks the terminal, and NO_COLOR and FORCE_COLOR.
    hasColours: process.stdout.isTTY === true && process.stdout.hasColors(),
    async ask(question, { hidden = false } = {}) {
      if (!process.stdin.isTTY) return (await readStandardInput()).split(/\r?\n/)[0] ?? ''
      process.stderr.write(question)
      const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
      const reader = createInterface({ input: process.stdin, output: hidden ? silent : process.stderr, terminal: true })
      try {
        return await reader.question('')
      } finally {
        reader.close()
        if (hidden) process.stderr.write('\n')
      }
    },
  }
}

/** Everything piped into the command. */
export async function readStandardInput(): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of process.stdin) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

/** Prints rows as a table, or as JSON lines of the same rows with --json. */
export function printRows<Row>(
  terminal: Terminal,
  json: boolean,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): void {
  if (json) terminal.out(JSON.stringify(rows, null, 2))
  else if (rows.length === 0) terminal.err(terminal.language === 'zh' ? '（没有）' : '(none)')
  else for (const line of formatTable(columns, rows)) terminal.out(line)
}
