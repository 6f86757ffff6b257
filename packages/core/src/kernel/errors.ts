import { type ErrorEntry, entry } from './error-entry.js'
import { HTTP_ERRORS } from './http-errors.js'

/** Everything the product can refuse, in one table; docs/errors.md is generated from it. */
export const ERRORS = {
  ...HTTP_ERRORS,
  INTERNAL: entry(
    500,
    'Something went wrong inside Tagtree.',
    '系统内部出错。',
    'Try again; if it stays, look up the request id in the log.',
    '请重试；若仍出现，请用请求编号查日志。',
  ),
  NOT_FOUND: entry(
    404,
    'There is no {what} "{name}".',
    '没有{what}“{name}”。',
    'Check the name; list what exists.',
    '请核对名称，或列出已有对象。',
  ),
  REQUEST_INVALID: entry(
    400,
    'The request does not have the expected form.',
    '请求格式不符合要求。',
    'Correct the places listed in issues and send it again.',
    '请按 issues 中的位置修改后重新发送。',
  ),
  DEFINITION_INVALID: entry(
    422,
    'The definition cannot be used: {count} problem(s).',
    '定义不可用：有 {count} 处问题。',
    'Correct the places listed in issues.',
    '请按 issues 中列出的位置修改。',
  ),
  ENGINE_UNAVAILABLE: entry(
    503,
    'The {engine} engine is restarting.',
    '{engine} 引擎正在重启。',
    'Wait for the seconds in Retry-After and send the same request again.',
    '请等待 Retry-After 指出的秒数后重发同一请求。',
  ),
  ENGINE_FAILED: entry(
    503,
    'The {engine} engine ended {count} times within {seconds} s and was given up: {reason}.',
    '{engine} 引擎在 {seconds} 秒内退出了 {count} 次，已停止重启：{reason}。',
    'Read {logFile} for the cause, remove it, then start Tagtree again.',
    '请查看 {logFile} 找到原因并排除，然后重新启动 Tagtree。',
  ),
  ENGINE_START_FAILED: entry(
    503,
    'The {engine} engine did not start: {reason}',
    '{engine} 引擎未能启动：{reason}',
    'Correct what it says (details are in {logFile}), then start Tagtree again.',
    '请按提示处理（详情见 {logFile}），然后重新启动 Tagtree。',
  ),
  ENGINE_UNREACHABLE: entry(
    503,
    'The {engine} engine at {address} does not answer as expected: {reason}',
    '位于 {address} 的 {engine} 引擎没有正常应答：{reason}',
    'Check that it runs, and check the address, user and password in {setting}.',
    '请确认它正在运行，并核对 {setting} 中的地址、用户名和密码。',
  ),
  ENGINE_OPEN: entry(
    503,
    'The {engine} engine lets {who} in; Tagtree does not work on an open engine.',
    '{engine} 引擎允许{who}进入；Tagtree 不会在未受保护的引擎上运行。',
    'Require the password for every login of this engine, then start Tagtree again.',
    '请让该引擎的每个登录都必须验证密码，然后重新启动 Tagtree。',
  ),
  ENGINE_LOGIN_UNSAFE: entry(
    503,
    'The PostgreSQL login "{login}" cannot be used: {problem}.',
    'PostgreSQL 登录“{login}”不可用：{problem}。',
    'Run this as an administrator of the database, then use that login in DATABASE_URL:\n{sql}',
    '请以数据库管理员身份执行以下语句，再把该登录写入 DATABASE_URL：\n{sql}',
  ),
  ENGINE_UNSUPPORTED: entry(
    503,
    'There is no embedded {engine} for {platform}.',
    '没有适用于 {platform} 的内置 {engine}。',
    'Use Linux (glibc) or macOS on x64 or arm64 (Windows: WSL2), or point {setting} at a running server.',
    '请使用 x64 或 arm64 的 Linux（glibc）或 macOS（Windows 请用 WSL2），或用 {setting} 指向已运行的服务。',
  ),
  ENGINE_USER_UNAVAILABLE: entry(
    503,
    'PostgreSQL refuses to run as root, and no other operating system user could be used: {reason}',
    'PostgreSQL 拒绝以 root 运行，且没有可用的其他系统用户：{reason}',
    'Start Tagtree as an ordinary user, or make one as root with: {command}',
    '请以普通用户启动 Tagtree，或以 root 执行：{command}',
  ),
  ENGINE_PATH_BLOCKED: entry(
    503,
    'PostgreSQL runs as the operating system user "{user}", which may not enter the folder {folder}.',
    'PostgreSQL 以系统用户“{user}”运行，但该用户无权进入目录 {folder}。',
    'Start Tagtree as an ordinary user, or run: chmod o+x {folder}, or move {what} to a folder that everybody may enter.',
    '请以普通用户启动 Tagtree，或执行：chmod o+x {folder}，或把{what}移到所有用户都能进入的目录。',
  ),
  DATA_DIRECTORY_IN_USE: entry(
    409,
    'The data directory {path} is in use by another Tagtree (process {pid}){address}.',
    '数据目录 {path} 正被另一个 Tagtree 使用（进程 {pid}）{address}。',
    'Use that one, or stop it first, or choose another folder with TAGTREE_DATA_DIR.',
    '请使用正在运行的那个，或先停止它，或用 TAGTREE_DATA_DIR 指定其他目录。',
  ),
  DATA_DIRECTORY_UNUSABLE: entry(
    503,
    'The data directory {path} cannot be used: {reason}',
    '数据目录 {path} 不可用：{reason}',
    'Give Tagtree a folder it may write to (TAGTREE_DATA_DIR) and start it again.',
    '请用 TAGTREE_DATA_DIR 指定一个可写的目录，然后重新启动。',
  ),
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS
