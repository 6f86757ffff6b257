import { existsSync, readFileSync } from 'node:fs'
import { AppError } from '@tagtree/core/kernel/app-error'
import { parse } from 'yaml'

/** Whether a word names a document on the disk rather than a saved one. */
export function isDocumentFile(word: string): boolean {
  return /\.(json|ya?ml)$/i.test(word) || (word.includes('/') && existsSync(word))
}

/** Reads a JSON or YAML document (YAML 1.2 core, no repeated keys, no aliases). @throws AppError COMMAND_INVALID */
export function readDocument(file: string): Record<string, unknown> {
  try {
    return parseDocument(readFileSync(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw unusable(file, error instanceof Error ? error.message : String(error))
  }
}

/** The same of a text; `name` is what refusals call it. @throws AppError COMMAND_INVALID */
export function parseDocument(text: string, name: string): Record<string, unknown> {
  let document: unknown
  try {
    document = /\.json$/i.test(name)
      ? JSON.parse(text)
      : parse(text, { version: '1.2', schema: 'core', uniqueKeys: true, maxAliasCount: 0 })
  } catch (error) {
    throw unusable(name, error instanceof Error ? error.message : String(error))
  }
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
    return document as Record<string, unknown>
  }
  throw unusable(name, 'this is no object')
}

function unusable(name: string, reason: string): AppError {
  return new AppError('COMMAND_INVALID', { words: { reason: `${name}: ${reason.split('\n')[0]}` } })
}
