import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The whole process, as `npm start` runs it, on engines of its own. */
export class ServerProcess {
  /** Everything it has said so far. */
  output = ''
  readonly #child: ChildProcess
  /** Its exit code. */
  readonly ended: Promise<number | null>

  constructor(dataDirectory: string, environment: Record<string, string> = {}) {
    const main = fileURLToPath(new URL('../main.ts', import.meta.url))
    this.#child = spawn(process.execPath, ['--conditions=source', '--import', import.meta.resolve('tsx'), main], {
      env: {
        ...cleanEnvironment(),
        TAGTREE_DATA_DIR: dataDirectory,
        TAGTREE_DEMO: 'off',
        LANG: 'zh_CN.UTF-8',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.on('data', (part: Buffer) => {
        this.output += part.toString()
      })
    }
    this.ended = new Promise((resolve) => this.#child.once('exit', resolve))
  }

  /** The address, once it is printed. */
  async address(): Promise<string> {
    let over = false
    void this.ended.then(() => {
      over = true
    })
    for (;;) {
      const found = /(http:\/\/127\.0\.0\.1:\d+)\s*$/.exec(this.output)
      if (found) return found[1]!
      if (over) throw new Error(`it ended:\n${this.output}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}

function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(TAGTREE_|LC_|LANG|DATABASE_URL|CLICKHOUSE_URL|NODE_OPTIONS|VITEST)/.test(name),
  )
  return Object.fromEntries(kept) as Record<string, string>
}
