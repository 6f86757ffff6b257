/** The files the shop's systems write, in the order in which they are best imported. */
export const DEMO_FILE_NAMES = [
  'goods.csv',
  'customers.xlsx',
  'orders.csv',
  'pos-orders.csv',
  'web-events.ndjson',
  'returns.csv',
  'coupons.csv',
  'service.csv',
  'surveys.csv',
  'companies.xlsx',
  'contacts.csv',
] as const
export type DemoFileName = (typeof DEMO_FILE_NAMES)[number]

/** A Date is a cell that a spreadsheet shows as a day: midnight UTC of the local day. */
export type DemoCell = string | number | Date | null

export type DemoFile =
  | { readonly format: 'csv'; readonly encoding: 'utf8' | 'gb18030'; readonly columns: readonly string[] }
  | { readonly format: 'xlsx'; readonly sheet: string; readonly columns: readonly string[] }
  | { readonly format: 'ndjson' }

/** A line of a table (cells in the order of the file's columns) or of a log. */
export type DemoRow =
  | { readonly file: DemoFileName; readonly cells: readonly DemoCell[] }
  | { readonly file: DemoFileName; readonly record: Readonly<Record<string, string | number>> }

/** How each file is written. */
export const DEMO_FILES: Readonly<Record<DemoFileName, DemoFile>> = {
  'goods.csv': {
    format: 'csv',
    encoding: 'utf8',
    columns: ['商品编码', '商品名称', '品牌', '品类', '价格带', '吊牌价'],
  },
  'customers.xlsx': {
    format: 'xlsx',
    sheet: '会员资料',
    columns: [
      '会员号',
      '姓名',
      '性别',
      '生日',
      '手机号',
      '邮箱',
      '微信UnionID',
      '省份',
      '城市',
      '大区',
      '注册时间',
      '会员等级',
      '积分',
      '余额',
      '职业',
      '月收入',
      '学历',
      '兴趣',
      '常去门店',
      '接受短信',
      '接受邮件',
      '更新时间',
    ],
  },
  'orders.csv': {
    format: 'csv',
    encoding: 'utf8',
    columns: [
      '订单号',
      '行号',
      '付款时间',
      '渠道',
      '门店',
      '会员号',
      '手机号',
      '商品编码',
      '商品名称',
      '品类',
      '数量',
      '吊牌价',
      '单价',
      '优惠金额',
      '券类型',
      '支付方式',
      '收货城市',
    ],
  },
  'pos-orders.csv': {
    format: 'csv',
    encoding: 'gb18030',
    columns: [
      '小票号',
      '序号',
      '交易时间',
      '门店编码',
      '门店名称',
      '会员卡号',
      '顾客手机',
      '货号',
      '品名',
      '类别',
      '件数',
      '吊牌价',
      '实收',
      '券',
      '付款方式',
    ],
  },
  'web-events.ndjson': { format: 'ndjson' },
  'returns.csv': {
    format: 'csv',
    encoding: 'utf8',
    columns: [
      '退货单号',
      '申请时间',
      '订单号',
      '会员号',
      '手机号',
      '商品编码',
      '数量',
      '退款金额',
      '原因',
      '状态',
      '退款时间',
    ],
  },
  'coupons.csv': {
    format: 'csv',
    encoding: 'utf8',
    columns: ['券码', '券类型', '面额', '会员号', '领取渠道', '领取时间', '有效期至', '使用时间', '使用订单号'],
  },
  'service.csv': {
    format: 'csv',
    encoding: 'utf8',
    columns: ['工单号', '受理时间', '会员号', '手机号', '类型', '主题', '优先级'],
  },
  'surveys.csv': {
    format: 'csv',
    encoding: 'utf8',
    columns: ['答卷号', '提交时间', '问卷', '题目', '答案', '分值', '会员号', '手机号'],
  },
  'companies.xlsx': {
    format: 'xlsx',
    sheet: '企业客户',
    columns: [
      '企业编码',
      '企业名称',
      '行业',
      '员工人数',
      '规模',
      '省份',
      '城市',
      '大区',
      '信用分',
      '信用等级',
      '成立日期',
      '注册资本',
    ],
  },
  'contacts.csv': {
    format: 'csv',
    encoding: 'utf8',
    columns: ['企业编码', '企业名称', '姓名', '手机号', '角色', '任职开始', '任职结束'],
  },
}
