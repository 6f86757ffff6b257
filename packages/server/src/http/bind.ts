import type { EndpointSpec } from '@tagtree/core/contract/endpoint'
import type { BodyStream, Handler, WorkspaceContext } from './context.js'

/** Everything a bound handler may be given; which parts exist depends on the endpoint. */
export type AnyContext = WorkspaceContext & { readonly bodyStream?: BodyStream }

/** An endpoint and its handler, the types between them forgotten; `serve` has checked them by the endpoint's schemas. */
export interface Bound {
  readonly endpoint: EndpointSpec
  handle(input: { params: unknown; query: unknown; body: unknown }, context: AnyContext): Promise<unknown>
}

/** Joins an endpoint of the contract with the function that answers it. */
export function bind<const Spec extends EndpointSpec>(endpoint: Spec, handler: Handler<Spec>): Bound {
  return { endpoint, handle: handler as Bound['handle'] }
}
