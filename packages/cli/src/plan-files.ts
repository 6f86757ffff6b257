import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { PlanFile } from '@tagtree/core/plan/plan'
import { LARGEST_PLAN } from '@tagtree/core/plan/read-plan'
import { readStandardInput, type Terminal } from './terminal.js'
import { writeTo } from './write-to.js'

const isPlanName = (name: string): boolean => /\.(ya?ml|json)$/i.test(name)

/** Whether the path is meant as one file; any other is a folder. */
export function isOneFile(path: string): boolean {
  return path === '-' || isPlanName(path)
}

/**
 * The files of a plan: one file, all YAML and JSON files of a folder and the folders in it, or standard input (-).
 * @throws AppError COMMAND_INVALID | PLAN_TOO_LARGE before anything is sent
 */
export async function readPlanFiles(path: string): Promise<PlanFile[]> {
  if (path === '-') return [{ name: 'stdin', text: await readStandardInput() }]
  if (!existsSync(path)) throw unusable(`${path}: ENOENT`)
  const isFolder = statSync(path).isDirectory()
  const names = isFolder ? namesIn(path) : [basename(path)]
  if (names.length === 0) throw unusable(`${path}: *.yaml`)
  const folder = isFolder ? path : dirname(path)
  const size = names.reduce((total, name) => total + statSync(join(folder, name)).size, 0)
  // A character has at most four bytes.
  if (size > LARGEST_PLAN * 4) throw new AppError('PLAN_TOO_LARGE', { words: { size, limit: LARGEST_PLAN } })
  return names.map((name) => ({ name, text: readText(join(folder, name)) }))
}

/** Writes the files of a plan; each appears only when it is whole. */
export async function writePlanFiles(path: string, files: readonly PlanFile[], terminal: Terminal): Promise<string[]> {
  if (path === '-') {
    for (const { text } of files) await terminal.write(Buffer.from(text))
    return []
  }
  const folder = isOneFile(path) ? dirname(path) : path
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new AppError('FILE_NOT_WRITABLE', { words: { file: folder, reason: String(error) }, cause: error })
  }
  const written: string[] = []
  for (const { name, text } of files) {
    const file = isOneFile(path) ? path : join(path, name)
    await writeTo(file, bytesOf(text))
    written.push(file)
  }
  return written
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

function namesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => isPlanName(name) && statSync(join(folder, name)).isFile())
    .sort()
}

function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file))
  } catch (error) {
    throw unusable(`${file}: ${error instanceof TypeError ? 'UTF-8' : String(error)}`)
  }
}

function unusable(reason: string): AppError {
  return new AppError('COMMAND_INVALID', { words: { reason } })
}
