import { readFileSync } from 'node:fs'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { AddCommands } from '../cli.js'
import { readStandardInput } from '../terminal.js'

/** tagtree api METHOD PATH: any request, for scripts and for looking around. */
export const addApiCommand: AddCommands = (program, cli) => {
  const { terminal, text } = cli
  program
    .command('api <method> <path>')
    .description(text('发送任意请求，例如：api GET me', 'send any request, for example: api GET me'))
    .option('-d, --data <json>', text('JSON 请求体；@文件 或 - 从文件、标准输入读取', 'JSON body; @file or - reads it'))
    .action(async (method: string, path: string, { data }: { data?: string }) => {
      const answer = await cli
        .client()
        .raw(method.toUpperCase(), path, data === undefined ? undefined : await bodyOf(data))
      terminal.out(pretty(answer.text))
      if (answer.status >= 400) throw new AppError('REQUEST_REFUSED', { words: { status: answer.status } })
    })
}

async function bodyOf(data: string): Promise<unknown> {
  const written = data === '-' ? await readStandardInput() : data.startsWith('@') ? readText(data.slice(1)) : data
  try {
    return JSON.parse(written)
  } catch (cause) {
    throw new AppError('COMMAND_INVALID', {
      words: { reason: { en: 'the body is not JSON', zh: '请求体不是 JSON' } },
      cause,
    })
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const reason = { en: `the file ${path} cannot be read`, zh: `无法读取文件 ${path}` }
    throw new AppError('COMMAND_INVALID', { words: { reason }, cause })
  }
}

function pretty(answer: string): string {
  try {
    return JSON.stringify(JSON.parse(answer), null, 2)
  } catch {
    return answer
  }
}
