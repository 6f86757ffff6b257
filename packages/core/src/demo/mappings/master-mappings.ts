import type { Mapping } from '../../collect/mapping/mapping.js'
import { EMPLOYMENT } from '../../collect/mapping/suggest/employment.js'
import { CITIES } from '../places.js'
import { attributesOf, goodsOf } from './labelled.js'

/** `goods.csv`: the item catalogue. */
export const GOODS_MAPPING: Mapping = {
  version: 1,
  id: 'demo_goods',
  name: { zh: '商品目录', en: 'goods' },
  columns: { 商品编码: 'text', 商品名称: 'text', 品牌: 'text', 品类: 'text', 价格带: 'text', 吊牌价: 'money' },
  outputs: [
    {
      catalogue: 'goods',
      item: '商品编码',
      properties: goodsOf({
        name: '商品名称',
        brand: '品牌',
        category: '品类',
        price_band: '价格带',
        list_price: '吊牌价',
      }),
    },
  ],
  declare: { catalogues: { goods: { label: { zh: '商品', en: 'goods' } } } },
}

/** `customers.xlsx`: member master data. Spellings are made one here: 女 and F, 上海 and 上海市. */
export const CUSTOMERS_MAPPING: Mapping = {
  version: 1,
  id: 'demo_customers',
  name: { zh: '会员资料', en: 'member data' },
  timeZone: 'Asia/Shanghai',
  columns: {
    会员号: 'text',
    姓名: 'text',
    性别: 'text',
    生日: { type: 'date', missing: ['1900-01-01'] },
    手机号: 'text',
    邮箱: 'text',
    微信UnionID: 'text',
    省份: 'text',
    城市: 'text',
    大区: 'text',
    注册时间: 'date',
    会员等级: 'text',
    积分: 'number',
    余额: 'money',
    职业: 'text',
    月收入: 'money',
    学历: 'text',
    兴趣: { type: 'list', split: '、' },
    常去门店: 'text',
    接受短信: 'bool',
    接受邮件: 'bool',
    更新时间: 'date',
  },
  subjects: {
    member: { identities: { user_id: '会员号', phone: '手机号', email: '邮箱', unionid: '微信UnionID' } },
  },
  outputs: [
    {
      attributes: attributesOf('person', {
        name: '姓名',
        gender: {
          case: [
            { when: { prop: '性别', in: ['女', 'F'] }, value: '女' },
            { when: { prop: '性别', in: ['男', 'M'] }, value: '男' },
          ],
        },
        birthday: '生日',
        province: '省份',
        city: {
          case: CITIES.values.map(({ name }) => ({ when: { prop: '城市', in: [name, `${name}市`] }, value: name })),
        },
        region: '大区',
        registered_at: '注册时间',
        level: '会员等级',
        points: '积分',
        balance: '余额',
        occupation: '职业',
        income: '月收入',
        education: '学历',
        interests: '兴趣',
        store: '常去门店',
        sms_ok: '接受短信',
        email_ok: '接受邮件',
      }),
      time: '更新时间',
    },
  ],
}

/** `companies.xlsx`: company master data. */
export const COMPANIES_MAPPING: Mapping = {
  version: 1,
  id: 'demo_companies',
  name: { zh: '企业客户', en: 'companies' },
  timeZone: 'Asia/Shanghai',
  columns: {
    企业编码: 'text',
    企业名称: 'text',
    行业: 'text',
    员工人数: 'number',
    规模: 'text',
    省份: 'text',
    城市: 'text',
    大区: 'text',
    信用分: 'number',
    信用等级: 'text',
    成立日期: 'date',
    注册资本: 'money',
  },
  subjects: { company: { kind: 'organisation', identities: { organisation_id: '企业编码' } } },
  outputs: [
    {
      attributes: attributesOf('organisation', {
        name: '企业名称',
        industry: '行业',
        employees: '员工人数',
        size: '规模',
        province: '省份',
        city: '城市',
        region: '大区',
        credit_score: '信用分',
        credit_grade: '信用等级',
        'tag.credit_rating': '信用等级',
        founded_on: '成立日期',
        registered_capital: '注册资本',
      }),
    },
  ],
}

/** `contacts.csv`: who works where, in which role and since when. People are known there by their phone. */
export const CONTACTS_MAPPING: Mapping = {
  version: 1,
  id: 'demo_contacts',
  name: { zh: '企业联系人', en: 'contacts of companies' },
  timeZone: 'Asia/Shanghai',
  columns: {
    企业编码: 'text',
    姓名: 'text',
    手机号: 'text',
    角色: 'text',
    任职开始: 'date',
    任职结束: 'date',
  },
  subjects: {
    company: { kind: 'organisation', identities: { organisation_id: '企业编码' } },
    person: { identities: { phone: '手机号' } },
  },
  outputs: [
    { relation: 'employs', from: 'company', to: 'person', role: '角色', since: '任职开始', until: '任职结束' },
    {
      attributes: { name: { value: '姓名', operation: 'set_once', label: { zh: '姓名', en: 'name' } } },
      of: 'person',
      time: '任职开始',
    },
  ],
  declare: { relations: EMPLOYMENT },
}
