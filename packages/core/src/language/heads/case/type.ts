import type { CaseValue } from '../../document.js'
import { distinctCodes } from '../../frame/codes.js'
import type { FindType } from '../../frame/type-finder.js'

/** Text out of the branches' codes. */
export const caseType: FindType<CaseValue> = (value) => ({
  kind: 'text',
  codes: distinctCodes([...value.case.map((branch) => branch.value), value.otherwise]),
})
