/** What a column is, by its name. */
export interface ColumnRole {
  readonly role:
    | { readonly identity: string; readonly subject: 'person' | 'organisation' }
    | { readonly order: 'key' | 'line' | 'time' | 'amount' | 'quantity' | 'price' }
    | { readonly item: string }
    | { readonly event: 'name' | 'id' }
    | { readonly attribute: string; readonly subject: 'person' | 'organisation' }
    | { readonly property: string }
  readonly zh: string
  readonly en: string
}

const identity = (kind: string, zh: string, en: string, subject: 'person' | 'organisation' = 'person'): ColumnRole => ({
  role: { identity: kind, subject },
  zh,
  en,
})
const order = (
  part: 'key' | 'line' | 'time' | 'amount' | 'quantity' | 'price',
  zh: string,
  en: string,
): ColumnRole => ({ role: { order: part }, zh, en })
const item = (name: string, zh: string, en: string): ColumnRole => ({ role: { item: name }, zh, en })
const attribute = (
  name: string,
  zh: string,
  en: string,
  subject: 'person' | 'organisation' = 'person',
): ColumnRole => ({
  role: { attribute: name, subject },
  zh,
  en,
})
const property = (name: string, zh: string, en: string): ColumnRole => ({ role: { property: name }, zh, en })

/** Names as `plainName` writes them, and what they mean. The first list that has a name decides. */
const ROLES: readonly (readonly [role: ColumnRole, names: string])[] = [
  [
    identity('user_id', '客户编号', 'customer number'),
    '会员号 会员编号 会员id 客户号 客户编号 客户id 用户id 用户编号 用户号 买家id 顾客编号 userid customerid custid customerno memberid memberno customer member user clientid sampleid',
  ],
  [identity('member_card', '会员卡号', 'member card'), '会员卡号 会员卡 卡号 membercard cardno cardnumber loyaltycard'],
  [
    identity('phone', '手机号', 'phone'),
    '手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 顾客手机 客户手机 收货电话 phone phonenumber mobile mobilephone tel telephone cellphone',
  ],
  [identity('email', '邮箱', 'e-mail'), '邮箱 邮件 电子邮箱 电子邮件 email emailaddress mail'],
  [identity('unionid', '微信 UnionID', 'WeChat union id'), '微信unionid unionid wxunionid'],
  [identity('device_id', '设备编号', 'device id'), '设备 设备号 设备编号 设备id device deviceid idfa oaid imei'],
  [
    identity('anonymous_id', '匿名编号', 'anonymous id'),
    '匿名id 访客id 访客编号 anonymousid cookie cookieid visitorid clientcookie',
  ],
  [
    identity('organisation_id', '企业编号', 'company number', 'organisation'),
    '企业编码 企业编号 公司编号 公司编码 统一社会信用代码 组织编号 companyid companyno orgid organisationid organizationid accountid',
  ],
  [
    order('key', '订单号', 'order number'),
    '订单号 订单编号 订单id 单号 小票号 交易号 交易单号 流水号 发票号 orderid orderno ordernumber order invoiceno invoice invoicenumber invoiceid basketid transactionid receiptno',
  ],
  [order('line', '订单行号', 'line of the order'), '行号 序号 明细号 lineno line linenumber itemno orderlineid'],
  [
    order('time', '发生时间', 'time'),
    '下单时间 付款时间 支付时间 交易时间 成交时间 购买时间 购买日期 订单时间 订单日期 下单日期 消费时间 时间 日期 发生时间 创建时间 提交时间 invoicedate orderdate ordertime paidat paytime createdat purchasedate transactiondate transactiontimestamp transactiontime timestamp time date datetime eventtime ts',
  ],
  [
    order('amount', '金额', 'amount'),
    '金额 实付 实付金额 实收 实收金额 支付金额 订单金额 应付金额 总价 总金额 销售额 amount total totalamount orderamount salesvalue sales paid revenue grandtotal',
  ],
  [order('quantity', '数量', 'quantity'), '数量 件数 购买数量 qty quantity count pieces units'],
  [order('price', '单价', 'price'), '单价 价格 售价 成交价 商品单价 unitprice price itemprice'],
  [
    item('sku', '商品编码', 'article number'),
    '商品编码 商品编号 商品id 货号 款号 sku skuid productid productno stockcode itemid itemcode goodsid',
  ],
  [
    item('name', '商品名称', 'article name'),
    '商品 商品名 商品名称 品名 产品 产品名称 description product productname itemname goodsname title',
  ],
  [item('category', '品类', 'category'), '品类 类别 分类 类目 商品分类 category productcategory department'],
  [item('brand', '品牌', 'brand'), '品牌 brand'],
  [item('list_price', '吊牌价', 'list price'), '吊牌价 原价 标价 listprice originalprice'],
  [property('discount', '优惠金额', 'discount'), '优惠 优惠金额 折扣 折扣金额 discount discountamount'],
  [property('channel', '渠道', 'channel'), '渠道 来源 channel source'],
  [property('store', '门店', 'store'), '门店 门店名称 店铺 store storename shop storeid'],
  [property('country', '国家', 'country'), '国家 country'],
  [
    { role: { event: 'name' }, zh: '事件名', en: 'name of the event' },
    '事件 事件名 事件名称 行为 event eventname action activity',
  ],
  [{ role: { event: 'id' }, zh: '事件编号', en: 'number of the event' }, '事件id 事件编号 消息id eventid messageid id'],
  [attribute('name', '姓名', 'name'), '姓名 名字 客户姓名 会员姓名 昵称 name fullname nickname customername'],
  [attribute('gender', '性别', 'gender'), '性别 gender sex'],
  [attribute('birthday', '生日', 'birthday'), '生日 出生日期 birthday birthdate dateofbirth dob'],
  [attribute('age', '年龄', 'age'), '年龄 age'],
  [attribute('province', '省份', 'province'), '省 省份 province state'],
  [attribute('city', '城市', 'city'), '城市 市 所在城市 city'],
  [
    attribute('registered_at', '注册时间', 'registered'),
    '注册时间 注册日期 入会时间 加入时间 registeredat registrationdate signupdate joindate',
  ],
  [attribute('level', '会员等级', 'level'), '等级 会员等级 级别 level memberlevel tier grade'],
  [attribute('points', '积分', 'points'), '积分 points'],
  [attribute('occupation', '职业', 'occupation'), '职业 occupation job'],
  [attribute('income', '收入', 'income'), '收入 月收入 年收入 income salary'],
  [attribute('education', '学历', 'education'), '学历 教育程度 education'],
  [attribute('interests', '兴趣', 'interests'), '兴趣 爱好 兴趣爱好 interests hobbies'],
  [
    attribute('name', '企业名称', 'company name', 'organisation'),
    '企业名称 公司 公司名称 单位 单位名称 company companyname organisation organization',
  ],
  [attribute('industry', '行业', 'industry', 'organisation'), '行业 所属行业 industry sector'],
  [attribute('employees', '员工人数', 'employees', 'organisation'), '员工人数 人数 员工数 employees headcount'],
]

const BY_NAME = new Map(ROLES.flatMap(([role, names]) => names.split(' ').map((name) => [name, role] as const)))

/** A column's name without case, blanks, signs and what stands in brackets. */
export function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[(（[【].*?[)）\]】]/g, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
}

/** What a column's name says it is; undefined when the name is not known. */
export function roleOf(name: string): ColumnRole | undefined {
  return BY_NAME.get(plainName(name))
}
