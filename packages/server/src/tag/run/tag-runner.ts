import { AppError } from '@tagtree/core/kernel/app-error'
import { type RunTagsDeps, type RunTagsRequest, type RunTagsResult, runTags } from './run-tags.js'

/** Finds what runs of a workspace need; its database is looked up anew for each run. */
export type RunDepsOf = (workspaceId: number) => Promise<RunTagsDeps>

export interface TagRunner {
  /**
   * Says that what tags are computed from has changed: data, or (`definitions`) what they mean. A pass that computes old
   * definitions is ended at once, because its result would not be published.
   */
  noteChange(workspaceId: number, what: 'data' | 'definitions'): void
  /** Runs everything until no change came while it ran. One run of a workspace at a time; others wait. */
  runUntilCurrent(
    request: Omit<RunTagsRequest, 'ids' | 'asOf' | 'refit' | 'now'>,
    now: () => number,
  ): Promise<RunTagsResult>
  /** Runs what is asked for once. */
  runOnce(request: RunTagsRequest): Promise<RunTagsResult>
}

interface WorkspaceRuns {
  changes: number
  /** Ends the automatic pass under way. */
  pass: AbortController | null
  /** The run before, so that runs of one workspace follow each other. */
  last: Promise<unknown>
}

/** Runs of tags, one at a time per workspace. */
export function makeTagRunner(depsOf: RunDepsOf): TagRunner {
  const workspaces = new Map<number, WorkspaceRuns>()
  const stateOf = (workspaceId: number): WorkspaceRuns => {
    const known = workspaces.get(workspaceId)
    if (known) return known
    const fresh: WorkspaceRuns = { changes: 0, pass: null, last: Promise.resolve() }
    workspaces.set(workspaceId, fresh)
    return fresh
  }
  const inTurn = <T>(workspaceId: number, work: () => Promise<T>): Promise<T> => {
    const state = stateOf(workspaceId)
    const turn = state.last.then(work, work)
    state.last = turn.catch(() => undefined)
    return turn
  }

  return {
    noteChange(workspaceId, what) {
      const state = stateOf(workspaceId)
      state.changes += 1
      if (what === 'definitions') state.pass?.abort(new AppError('RUN_SUPERSEDED'))
    },
    runUntilCurrent: (request, now) =>
      inTurn(request.workspaceId, async () => {
        const state = stateOf(request.workspaceId)
        for (;;) {
          const seen = state.changes
          const pass = new AbortController()
          state.pass = pass
          try {
            const result = await runTags(await depsOf(request.workspaceId), {
              ...request,
              now: now(),
              refit: false,
              signal: AbortSignal.any([request.signal, pass.signal]),
            })
            if (state.changes === seen) return result
          } catch (error) {
            request.signal.throwIfAborted()
            if (!pass.signal.aborted) throw error
          } finally {
            state.pass = null
          }
        }
      }),
    runOnce: (request) => inTurn(request.workspaceId, async () => runTags(await depsOf(request.workspaceId), request)),
  }
}
