/**
 * The process in which the embedded ClickHouse lives: loads libchdb and runs its `clickhouse-local` on the main thread
 * until its standard input closes. Plain JavaScript outside src/, so that the same file serves sources and build.
 *
 * Arguments: the path of the library, then the arguments of clickhouse-local (without the word `local`: with it the
 * library returns at once).
 */
import { writeFileSync } from 'node:fs'
import { DataType, load, open } from 'ffi-rs'

// When memory runs out, the system should take this process, which is restarted, rather than the server.
try {
  writeFileSync('/proc/self/oom_score_adj', '500')
} catch {
  // not Linux, or not allowed: the default order of victims stays
}

const [library, ...rest] = process.argv.slice(2)
const args = ['clickhouse', ...rest]
const call = (funcName, retType, paramsType, paramsValue) =>
  load({ library: 'chdb', funcName, retType, paramsType, paramsValue })

open({ library: 'chdb', path: library })
const result = call('chdb_query_cmdline', DataType.External, [DataType.I32, DataType.StringArray], [args.length, args])
const problem = call('chdb_result_error', DataType.String, [DataType.External], [result])
if (problem) {
  console.error(problem)
  process.exit(1)
}
process.exit(0)
