import { existsSync, readFileSync } from 'node:fs'
import { AppError } from '@tagtree/core/kernel/app-error'
import { parse } from 'yaml'

/** Whether a word names a document on the disk rather than a saved one. */
export function isDocumentFile(word: string): boolean {
  return /\.(json|ya?ml)$/i.test(word) || (word.includes('/') && existsSync(word))
}

/** Reads a JSON or YAML document (YAML 1.2 core, no repeated keys, no aliases). @throws AppError COMMAND_INVALID */
export function readDocument(file: string): Record<string, unknown> {
  let document: unknown
  try {
    const text = readFileSync(file, 'utf8')
    document = /\.json$/i.test(file)
      ? JSON.parse(text)
      : parse(text, { version: '1.2', schema: 'core', uniqueKeys: true, maxAliasCount: 0 })
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    throw new AppError('COMMAND_INVALID', { words: { reason: `${file}: ${reason}` } })
  }
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
    return document as Record<string, unknown>
  }
  throw new AppError('COMMAND_INVALID', { words: { reason: `${file}: this is no object` } })
}
