/** What stands in the catalogue, as refusals call it. */
export const KIND_WORDS = {
  category: { zh: '标签目录', en: 'category' },
  tag: { zh: '标签', en: 'tag' },
  segment: { zh: '人群', en: 'segment' },
  metric: { zh: '指标', en: 'metric' },
  tree: { zh: '树', en: 'tree' },
  list: { zh: '名单', en: 'list' },
  definition: { zh: '定义', en: 'definition' },
  version: { zh: '版本', en: 'version' },
  value: { zh: '取值', en: 'value' },
  change: { zh: '更改', en: 'change' },
} as const
