import type { GivenAssign } from '../../document.js'
import type { SayWay } from '../../frame/say-way.js'

/** `由{来源}给出` · `given by {source}`. */
export const givenSentence: SayWay<GivenAssign> = ({ given, expires }, _tag, _scope, speaker) => {
  const source =
    given === 'manual'
      ? speaker.pick('人工', 'hand')
      : given === 'import'
        ? speaker.pick('文件导入', 'file')
        : 'sql' in given
          ? speaker.pick('SQL 查询', 'an SQL query')
          : speaker.pick(`模型“${given.model}”`, `the model "${given.model}"`)
  const until =
    expires === undefined ? '' : speaker.pick(`，${speaker.span(expires)}后失效`, `, for ${speaker.span(expires)}`)
  return speaker.pick(`由${source}给出${until}`, `given by ${source}${until}`)
}
