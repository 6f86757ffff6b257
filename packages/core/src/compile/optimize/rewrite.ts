import type { Plan } from '../plan/plan.js'

/** Rebuilds a plan from the leaves up, each node after its inputs. */
export function rewrite(plan: Plan, change: (plan: Plan) => Plan): Plan {
  switch (plan.kind) {
    case 'scan':
      return change(plan)
    case 'filter':
      return change({
        ...plan,
        input: rewrite(plan.input, change),
        without: plan.without === null ? null : rewrite(plan.without, change),
      })
    case 'unfold':
    case 'aggregate':
    case 'project':
      return change({ ...plan, input: rewrite(plan.input, change) })
    case 'beside':
      return change({ ...plan, input: rewrite(plan.input, change), outer: rewrite(plan.outer, change) })
    case 'union':
      return change({ ...plan, inputs: plan.inputs.map((one) => rewrite(one, change)) })
    case 'join':
      return change({
        ...plan,
        left: rewrite(plan.left, change),
        others: plan.others.map((one) => rewrite(one, change)),
      })
  }
}
