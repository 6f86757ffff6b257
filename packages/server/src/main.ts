import { setFlagsFromString } from 'node:v8'
import { AppError } from '@tagtree/core/kernel/app-error'
import { type Config, productVersion, readConfig, terminalLanguage } from './config.js'
import type { FirstStepContext } from './first-run/first-step.js'
import { describeError } from './http/log.js'
import { type RunningServer, type Say, startServer } from './start-server.js'

// A batch lives for seconds, so nearly all that grows old is garbage soon. Collecting it after half as much again, not
// after three times as much, kept a large import at 60 % of the memory.
setFlagsFromString('--heap-growing-percent=50')

/** The process: starts the server, says in the terminal what it is doing, and stops cleanly when it is told to. */
async function main(): Promise<void> {
  const stop = new AbortController()
  let running: RunningServer | undefined
  let config: Config
  try {
    config = readConfig()
  } catch (error) {
    return fail(error, terminalLanguage())
  }
  const say: Say = (zh, en) => console.log(config.language === 'zh' ? zh : en)

  const told = (name: string) => {
    if (stop.signal.aborted) {
      // Told twice: the person does not want to wait.
      if (name === 'SIGINT') process.exit(130)
      return
    }
    say('正在停止 …', 'stopping …')
    stop.abort()
    if (running) void end(running, say, 0)
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => told(name))
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      running?.log.fatal({ err: error }, event)
      console.error(JSON.stringify(describeError(error)))
      if (stop.signal.aborted) return
      stop.abort()
      if (running) void end(running, say, 1)
      else process.exit(1)
    })
  }

  try {
    say(
      `Tagtree ${productVersion()} · 数据目录 ${config.dataDirectory}`,
      `Tagtree ${productVersion()} · data in ${config.dataDirectory}`,
    )
    for (const { name, meant } of config.unknown) {
      const hint =
        meant === undefined ? { zh: '', en: '' } : { zh: `，是否想写 ${meant}？`, en: `; did you mean ${meant}?` }
      say(`没有名为 ${name} 的设置${hint.zh}`, `there is no setting ${name}${hint.en}`)
    }
    running = await startServer(config, say, stop.signal)
    await firstSteps(running, say, stop.signal)
    if (stop.signal.aborted) return
    greet(running, say)
  } catch (error) {
    // Told to stop while starting: what was open is closed, nothing to report.
    if (stop.signal.aborted) {
      if (!running) process.exit(0)
      return
    }
    if (running) {
      running.log.error({ err: error }, 'the first steps failed')
      await running.stop()
    }
    fail(error, config.language)
  }
}

async function firstSteps(running: RunningServer, say: Say, signal: AbortSignal): Promise<void> {
  const context: FirstStepContext = { address: running.address, token: running.token, say, signal }
  for (const step of running.flow.afterStart) {
    if (signal.aborted) return
    if (step.title) say(`${step.title.zh} …`, `${step.title.en} …`)
    await step.run(context)
  }
}

/** The last lines: the password once, then, last of all, the address. */
function greet(running: RunningServer, say: Say): void {
  if (running.firstPassword !== null) {
    say(
      `首次启动已创建用户 admin，密码只显示这一次：${running.firstPassword}`,
      `first start: made the user admin; the password is shown only this once: ${running.firstPassword}`,
    )
  }
  say(`Tagtree 已就绪：${running.address}`, `Tagtree is ready: ${running.address}`)
}

async function end(running: RunningServer, say: Say, code: number): Promise<void> {
  try {
    await running.stop()
    say('已停止', 'stopped')
    process.exit(code)
  } catch (error) {
    console.error(JSON.stringify(describeError(error)))
    process.exit(1)
  }
}

function fail(error: unknown, language: 'zh' | 'en'): void {
  if (error instanceof AppError) {
    const { message, action } = error.say(language)
    console.error(`${error.code}: ${message}\n${action}`)
    if (error.code === 'INTERNAL') console.error(JSON.stringify(describeError(error.cause)))
  } else console.error(JSON.stringify(describeError(error)))
  process.exitCode = 1
  // Whatever still holds the process (a half-open handle) must not keep a failed start alive.
  setTimeout(() => process.exit(1), 1_000).unref()
}

await main()
