import type { DemoOptions } from '@tagtree/core/demo/shop'
import { writeDemo } from '../collect/demo/write-demo.js'

/** The program behind `writeDemoApart`: directory and options in, the list of files as JSON out. */
const [directory = '', options = '{}'] = process.argv.slice(2)
const { files } = await writeDemo(directory, JSON.parse(options) as DemoOptions)
process.stdout.write(JSON.stringify(files))
