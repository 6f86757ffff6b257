import { z } from 'zod'
import type { Code, Stream, Value } from '../document.js'
import { rule } from '../frame/checked.js'
import { say } from '../frame/message.js'
import { catalogueName, code, number, oneOf } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import { resolveNumber } from './parameters.js'

interface SurveyScale {
  did: Stream
  /** The property that names the question; default question. */
  question?: string
  /** Questions that count together; without them every answer counts. */
  of?: string[]
  /** The property that holds the answer as a number; default score. */
  score?: string
  /** The last answer or the average of all; default last. */
  get?: 'last' | 'avg'
  /** Rising. */
  at: number[]
  /** Lowest first, one more than `at`. */
  values: Code[]
}

/** Tiers of what somebody answered in a survey. */
export const surveyScale: RecipeModule<SurveyScale> = {
  kind: 'tag',
  schema: ({ stream }) =>
    z
      .strictObject({
        did: stream,
        question: catalogueName.exactOptional(),
        of: z.array(z.string().min(1).max(1000)).min(1).max(100).exactOptional(),
        score: catalogueName.exactOptional(),
        get: oneOf(['last', 'avg']).exactOptional(),
        at: z.array(number).min(1).max(99),
        values: z.array(code).min(2).max(100),
      })
      .check(
        rule(({ at, values }, report) => {
          if (at.some((point, index) => index > 0 && point <= at[index - 1]!)) {
            report(say('cuts rise, for example [2, 4]', '分界点须递增，例如 [2, 4]'), 'at')
          }
          if (values.length === at.length + 1) return
          report(
            say(
              `${at.length} cuts make ${at.length + 1} tiers, this names ${values.length}`,
              `${at.length} 个分界点分成 ${at.length + 1} 档，此处给出 ${values.length} 个名称`,
            ),
            'values',
          )
        }),
      ),
  expand: (parameters) => ({ assign: { cut: answerOf(parameters), at: parameters.at, values: parameters.values } }),
  resolve: (parameters, at, scope, resolving) => {
    const stream = resolving.stream(parameters.did, undefined, `${at}/did`, scope)
    if (parameters.of !== undefined) {
      resolving.prop(parameters.question ?? 'question', `${at}/question`, { ...scope, stream })
    }
    const type = resolving.prop(parameters.score ?? 'score', `${at}/score`, { ...scope, stream })
    if (type?.kind === 'number') resolveNumber(answerOf(parameters), at, scope, resolving)
    else if (type !== null) resolving.report(`${at}/score`, say('the answer must be a number', '答案须为数字'))
  },
}

function answerOf({ did, question = 'question', of, score = 'score', get = 'last' }: SurveyScale): Value {
  return {
    did,
    where: { all: [{ prop: score, known: true }, ...(of === undefined ? [] : [{ prop: question, in: of }])] },
    get: get === 'last' ? { last: score } : { avg: score },
  }
}
