/** A text in both languages. */
interface ReasonText {
  readonly en: string
  readonly zh: string
}

/** Why a whole fact was set aside or dropped behind the log. */
export const FACT_REASONS = {
  malformed: { en: 'The fact does not have the expected form.', zh: '数据格式不符合要求。' },
  event_name_invalid: { en: 'The event has no usable name.', zh: '事件名不可用。' },
  event_blocked: { en: 'The event is blocked in the catalogue.', zh: '该事件已在事件目录中停用。' },
  time_invalid: { en: 'The time does not lie between 1970 and 2299.', zh: '时间不在 1970 至 2299 年之间。' },
  time_too_old: { en: 'The fact is older than streams may be.', zh: '数据早于实时采集允许的时间。' },
  no_identity: { en: 'No usable identity is left.', zh: '没有可用的身份。' },
  subject_unknown: { en: 'The kind of subject is not known.', zh: '未知的主体类型。' },
  too_many_subjects: { en: 'The fact names more than 10 subjects.', zh: '一条数据最多涉及 10 个主体。' },
  too_many_lines: { en: 'The order has more than 5,000 lines.', zh: '订单明细超过 5,000 行。' },
  too_many_changes: { en: 'The fact changes more than 500 attributes.', zh: '一次修改的画像属性超过 500 个。' },
  unplanned_event: { en: 'The event is not planned.', zh: '事件未登记。' },
  unplanned_property: { en: 'The event has a property that is not planned.', zh: '事件含有未登记的属性。' },
  unplanned_attribute: { en: 'The attribute is not planned.', zh: '画像属性未登记。' },
  attribute_invalid: { en: 'No attribute of the fact could be used.', zh: '没有可用的画像属性。' },
  relation_mismatch: {
    en: 'The relation joins other kinds of subjects.',
    zh: '该关系连接的主体类型不同。',
  },
  rate_unknown: {
    en: 'There is no exchange rate for the currency on that day.',
    zh: '没有该币种当日的汇率。',
  },
  item_invalid: { en: 'The item has no number or catalogue.', zh: '商品缺少编号或所属目录。' },
  import_undone: { en: 'The import was undone before this fact was stored.', zh: '该数据入库前导入已被撤销。' },
} as const satisfies Record<string, ReasonText>
export type FactReason = keyof typeof FACT_REASONS

/** Why one value or identity of a fact was left out while the fact itself was taken. */
export const LEFT_OUT_REASONS = {
  not_a_number: { en: 'The value is no number that can be stored.', zh: '值不是可存储的数字。' },
  not_a_date: { en: 'The value is no date between 1900 and 2299.', zh: '值不是 1900 至 2299 年之间的日期。' },
  not_a_bool: { en: 'The value is neither true nor false.', zh: '值既不是真也不是假。' },
  not_a_text: { en: 'The value is no text.', zh: '值不是文本。' },
  not_a_list: { en: 'The value is no list of texts.', zh: '值不是文本列表。' },
  text_too_long: { en: 'The text is longer than 65,536 characters.', zh: '文本超过 65,536 个字符。' },
  list_too_long: { en: 'The list has more than 1,000 elements.', zh: '列表超过 1,000 个元素。' },
  name_invalid: { en: 'The name cannot be used.', zh: '名称不可用。' },
  name_twice: { en: 'The name is given twice.', zh: '同一名称出现两次。' },
  too_deep: { en: 'Objects are nested too deep.', zh: '对象嵌套过深。' },
  too_many: { en: 'The event has more than 500 properties.', zh: '事件的属性超过 500 个。' },
  no_room: { en: 'The workspace holds no more names.', zh: '工作区的名称数量已达上限。' },
  property_not_planned: { en: 'The property is not planned.', zh: '属性未登记。' },
  attribute_not_planned: { en: 'The attribute is not planned.', zh: '画像属性未登记。' },
  lines_not_objects: { en: 'The order lines are not a list of objects.', zh: '订单明细不是对象列表。' },
  time_in_future: {
    en: 'The time lay in the future; the moment of arrival was taken.',
    zh: '时间晚于当前，已改为接收时间。',
  },
  identity_kind_unknown: { en: 'The kind of identity is not known.', zh: '未知的身份类型。' },
  identity_of_other_subject: { en: 'The identity belongs to another kind of subject.', zh: '该身份属于其他主体类型。' },
  identity_empty: { en: 'The identity is empty.', zh: '身份为空。' },
  identity_too_long: { en: 'The identity is longer than 255 characters.', zh: '身份超过 255 个字符。' },
  identity_not_a_phone: { en: 'The identity is no phone number.', zh: '身份不是手机号。' },
  identity_not_an_email: { en: 'The identity is no e-mail address.', zh: '身份不是电子邮箱。' },
  identity_blocked: { en: 'The identity is a placeholder.', zh: '身份是占位值。' },
  limit: { en: 'The profile would hold too many identities of this kind.', zh: '该档案同类身份将超过上限。' },
  weak_bridge: { en: 'A shared identity does not join two known profiles.', zh: '共用身份不会合并两个已知档案。' },
  subject: { en: 'Two kinds of subjects are not joined.', zh: '不同类型的主体不会合并。' },
  late_login: { en: 'The login is older than what is known of the device.', zh: '登录时间早于该设备已知的归属。' },
  shared_by_many: { en: 'The device is shared by too many.', zh: '该设备被过多的人共用。' },
} as const satisfies Record<string, ReasonText>
export type LeftOutReason = keyof typeof LEFT_OUT_REASONS

/** Says a reason in one language; an unknown code is said as it is. */
export function sayFactReason(code: string, language: 'zh' | 'en'): string {
  const texts: Readonly<Record<string, ReasonText>> = { ...FACT_REASONS, ...LEFT_OUT_REASONS }
  return texts[code]?.[language] ?? code
}
