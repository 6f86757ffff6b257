import { cancelJob, type Job, listJobs, showJob } from '@tagtree/core/contract/jobs'
import type { AddCommands } from '../cli.js'
import { printRows } from '../terminal.js'
import { jobFailure, waitForJob } from '../wait-for-job.js'

/** tagtree job list | show | cancel. */
export const addJobCommands: AddCommands = (program, cli) => {
  const { terminal, text } = cli
  const group = program.command('job').description(text('任务', 'jobs'))
  const columns = [
    { title: text('编号', 'id'), value: (job: Job) => job.id, right: true },
    { title: text('种类', 'kind'), value: (job: Job) => job.kind },
    { title: text('状态', 'state'), value: (job: Job) => job.state },
    { title: text('次数', 'attempts'), value: (job: Job) => job.attempts, right: true },
    { title: text('创建', 'created'), value: (job: Job) => job.createdAt },
    {
      title: text('进度或错误', 'progress or error'),
      value: (job: Job) => job.error?.message ?? JSON.stringify(job.progress),
    },
  ]
  const print = (jobs: readonly Job[]) => printRows(terminal, cli.options().json, columns, jobs)
  group
    .command('list')
    .description(text('列出任务，最新的在前', 'list the jobs, newest first'))
    .option('--limit <n>', text('最多几条', 'how many'), '20')
    .action(async ({ limit }: { limit: string }) =>
      print((await cli.client().call(listJobs, { query: { limit } })).items),
    )
  group
    .command('show <id>')
    .description(text('查看任务', 'show a job'))
    .option('--wait', text('等到结束', 'wait until it ends'))
    .action(async (id: string, { wait }: { wait?: true }) => {
      const client = cli.client()
      const job = wait ? await waitForJob(client, Number(id)) : await client.call(showJob, { params: { id } })
      if (cli.options().json) terminal.out(JSON.stringify(job, null, 2))
      else print([job])
      if (wait && job.state !== 'done') throw jobFailure(job)
    })
  group
    .command('cancel <id>')
    .description(text('取消任务', 'cancel a job'))
    .action(async (id: string) => print([await cli.client().call(cancelJob, { params: { id } })]))
}
