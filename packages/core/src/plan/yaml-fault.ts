import type { YAMLParseError, YAMLWarning } from 'yaml'
import { type Message, say } from '../language/frame/message.js'

/** What the library found wrong with a text, in both languages; its own words may quote the text and are kept short. */
export function yamlFault({ code, message }: YAMLParseError | YAMLWarning): Message {
  const known = FAULTS[code]
  return known ?? say(message.split('\n')[0]!.slice(0, 200), `YAML 语法有误（${code}）`)
}

const FAULTS: Readonly<Record<string, Message>> = {
  TAG_RESOLVE_FAILED: say('tags of your own (!name) are not allowed', '不允许自定义标记（!name）'),
  BAD_COLLECTION_TYPE: say('tags of your own (!name) are not allowed', '不允许自定义标记（!name）'),
  BAD_ALIAS: say('anchors and aliases are not allowed: write it out', '不允许锚点与别名：请写出全文'),
  TAB_AS_INDENT: say('indent with spaces, not with tabs', '缩进请用空格，不要用制表符'),
  BAD_INDENT: say('the indentation does not fit the lines above', '缩进与上文不一致'),
  MISSING_CHAR: say(
    'something is missing here: a colon, a comma, a quote or a closing bracket',
    '此处缺少冒号、逗号、引号或右括号',
  ),
  UNEXPECTED_TOKEN: say('this does not belong here', '此处内容多余'),
  BAD_DQ_ESCAPE: say('an unknown escape in a quoted text', '引号内有无法识别的转义'),
  BAD_SCALAR_START: say('a text that begins so must be quoted', '以此字符开头的文本需要加引号'),
  BLOCK_IN_FLOW: say('inside { } and [ ] only { } and [ ] can stand', '{ } 与 [ ] 之内只能使用 { } 与 [ ]'),
  MULTILINE_IMPLICIT_KEY: say('a key stands on one line', '键不能跨行'),
  KEY_OVER_1024_CHARS: say('a key has at most 1,024 characters', '键最多 1,024 个字符'),
}
