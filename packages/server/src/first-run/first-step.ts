import { type Client, makeClient } from '@tagtree/core/contract/client'

/** Something to do once the server answers, before the address is shown: fill the demo, print the tree. */
export interface FirstStep {
  /** Said in the terminal while it runs; null says nothing. */
  readonly title: { readonly zh: string; readonly en: string } | null
  run(context: FirstStepContext): Promise<void>
}
export interface FirstStepContext {
  readonly address: string
  /** A session of the first administrator, for steps that work through the API as a user would. */
  readonly token: string
  /** Prints lines in the terminal's language. */
  say(zh: string, en: string): void
  /** Aborted when the server is told to stop. */
  readonly signal: AbortSignal
}

/** A client of this server with the first administrator's rights. */
export function clientOf(context: FirstStepContext, workspace?: string): Client {
  return makeClient({
    address: context.address,
    token: context.token,
    workspace,
    language: 'zh',
    signal: context.signal,
    fetch: (url, init) => fetch(url, init as RequestInit),
  })
}
