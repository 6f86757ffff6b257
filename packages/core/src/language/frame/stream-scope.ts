import type { Stream } from '../document.js'
import type { StreamScope } from './scope.js'

/** The rows a stream has, without looking names up. */
export function streamScopeOf(stream: Stream, each: string | undefined): StreamScope {
  if (stream === 'any') return { kind: 'events', names: 'any', each: each ?? null }
  if (typeof stream === 'string') return { kind: 'events', names: [stream], each: each ?? null }
  if (Array.isArray(stream)) return { kind: 'events', names: stream, each: each ?? null }
  const [of, id] = Object.entries(stream.changes)[0] as ['attr' | 'tag' | 'segment' | 'list' | 'relation', string]
  return { kind: 'changes', of, id }
}
