import { AppError } from '@tagtree/core/kernel/app-error'
import { ENGINE_TITLES } from './engine-process.js'
import type { EngineName, EngineState, EngineStateChange } from './engines.js'

/** Knows how both engines are and tells whoever wants to know. External ones count as up. */
export class StateBoard {
  readonly #states: Record<EngineName, EngineState> = { postgres: 'up', clickhouse: 'up' }
  readonly #listeners = new Set<(change: EngineStateChange) => void>()
  #failure: AppError | undefined

  state(): Readonly<Record<EngineName, EngineState>> {
    return { ...this.#states }
  }

  /** Returns the function that stops telling. */
  onState(listener: (change: EngineStateChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  change(engine: EngineName, state: EngineState, error?: AppError): void {
    this.#states[engine] = state
    this.#failure ??= error
    for (const listener of this.#listeners) listener({ engine, state, ...(error && { error }) })
  }

  /** @throws AppError ENGINE_FAILED at once when one was given up, ENGINE_UNAVAILABLE after `timeoutMs` */
  whenUp(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): boolean => {
        const down = this.#firstDown()
        if (down === undefined) resolve()
        else if (this.#failure !== undefined) reject(this.#failure)
        else return false
        clearTimeout(patience)
        leave()
        return true
      }
      const leave = this.onState(settle)
      const patience = setTimeout(() => {
        leave()
        const engine = ENGINE_TITLES[this.#firstDown() ?? 'postgres']
        reject(new AppError('ENGINE_UNAVAILABLE', { words: { engine }, retryAfterSeconds: 1 }))
      }, timeoutMs)
      settle()
    })
  }

  #firstDown(): EngineName | undefined {
    return (['postgres', 'clickhouse'] as const).find((engine) => this.#states[engine] !== 'up')
  }
}
