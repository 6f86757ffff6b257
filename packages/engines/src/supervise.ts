import { AppError } from '@tagtree/core/kernel/app-error'
import { reasonOf } from './data-directory.js'
import { ENGINE_TITLES, type EngineProcess } from './engine-process.js'
import type { EngineLog, EngineName, EngineState } from './engines.js'

export interface Supervision {
  state(): EngineState
  /** Ends the engine and the watching; a restart under way is waited for. */
  stop(): Promise<void>
}

export interface Supervised {
  readonly engine: EngineName
  readonly logFile: string
  /** Starts the engine and resolves when it is ready and was found to be closed to strangers. */
  launch(): Promise<EngineProcess>
  /** Ends a running engine in its own proper way. */
  shutDown(running: EngineProcess): Promise<void>
  onState(state: EngineState, error?: AppError): void
  readonly log: EngineLog
}

const CRASHES_ALLOWED = 5
const CRASH_WINDOW_SECONDS = 60
/** Wait before the n-th restart within the window: the first is at once. */
const BACK_OFF_MS = [0, 250, 1000, 2000]

/**
 * Starts an engine and starts it again each time it ends by itself. The fifth end within 60 s makes it `failed`.
 * @throws AppError of the first launch; later ones count as crashes
 */
export async function supervise(subject: Supervised): Promise<Supervision> {
  const supervisor = new Supervisor(subject)
  await supervisor.start()
  return supervisor
}

class Supervisor implements Supervision {
  readonly #subject: Supervised
  #state: EngineState = 'up'
  #stopping = false
  #running: EngineProcess | undefined
  #wakeFromBackOff: (() => void) | undefined
  #watching: Promise<void> = Promise.resolve()
  /** When it ended by itself, milliseconds of the process clock. */
  #crashes: number[] = []

  constructor(subject: Supervised) {
    this.#subject = subject
  }

  async start(): Promise<void> {
    this.#running = await this.#subject.launch()
    this.#watching = this.#watch(this.#running)
  }

  state(): EngineState {
    return this.#state
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#wakeFromBackOff?.()
    if (this.#running !== undefined) await this.#subject.shutDown(this.#running)
    await this.#watching
  }

  async #watch(first: EngineProcess): Promise<void> {
    let running: EngineProcess | undefined = first
    let how = ''
    for (;;) {
      if (running !== undefined) how = await running.ended
      this.#running = undefined
      if (this.#stopping) return
      const crashes = this.#countCrash()
      if (crashes >= CRASHES_ALLOWED) return this.#giveUp(crashes, how)
      this.#change('restarting')
      this.#tell('warn', { how, crashes }, `ended by itself (${how}) and is started again`)
      await this.#backOff(crashes)
      if (this.#stopping) return
      try {
        running = await this.#subject.launch()
      } catch (cause) {
        running = undefined
        how = reasonOf(cause)
        continue
      }
      this.#running = running
      if (this.#stopping) return this.#subject.shutDown(running)
      this.#change('up')
      this.#tell('info', { pid: running.pid }, 'is up again')
    }
  }

  #countCrash(): number {
    const now = performance.now()
    this.#crashes = [...this.#crashes.filter((at) => now - at < CRASH_WINDOW_SECONDS * 1000), now]
    return this.#crashes.length
  }

  #backOff(crashes: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeFromBackOff = resolve
      setTimeout(resolve, BACK_OFF_MS[crashes - 1] ?? BACK_OFF_MS.at(-1))
    })
  }

  #giveUp(count: number, reason: string): void {
    const { engine, logFile } = this.#subject
    const error = new AppError('ENGINE_FAILED', {
      words: { engine: ENGINE_TITLES[engine], count, seconds: CRASH_WINDOW_SECONDS, reason, logFile },
    })
    this.#subject.log.error({ engine, code: error.code }, error.message)
    this.#change('failed', error)
  }

  #change(state: EngineState, error?: AppError): void {
    if (state === this.#state) return
    this.#state = state
    this.#subject.onState(state, error)
  }

  #tell(level: 'info' | 'warn', fields: object, what: string): void {
    const { engine, log } = this.#subject
    log[level]({ engine, ...fields }, `${ENGINE_TITLES[engine]} ${what}`)
  }
}
