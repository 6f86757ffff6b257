import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { DemoOptions } from '@tagtree/core/demo/shop'
import type { WrittenFile } from '../collect/demo/write-demo.js'

const program = fileURLToPath(new URL('./write-demo-program.js', import.meta.url))

/** Writes the demo's files in a process of its own, so that the server does not keep the memory of making them. */
export async function writeDemoApart(
  directory: string,
  options: DemoOptions,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, directory, JSON.stringify(options)], {
    signal,
    maxBuffer: 16 * 1024 * 1024,
  })
  return JSON.parse(stdout) as WrittenFile[]
}
