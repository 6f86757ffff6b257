import { Random, type Weighted, weighted } from './random.js'

/** One article of the shop. Prices are in fen (1/100 yuan) so that sums stay exact. */
export interface Article {
  readonly sku: string
  readonly name: string
  readonly brand: string
  readonly category: string
  /** 平价, 中档 or 高端 within its category. */
  readonly priceBand: string
  readonly listPriceFen: number
}

interface CategoryPlan {
  readonly name: string
  readonly prefix: string
  readonly brands: readonly string[]
  readonly things: readonly string[]
  readonly variants: readonly string[]
  /** Cheapest and dearest list price in yuan. */
  readonly price: readonly [number, number]
  /** Share of all shopping. */
  readonly weight: number
}

/** Brands are invented. */
const CATEGORIES: readonly CategoryPlan[] = [
  {
    name: '护肤',
    prefix: 'HF',
    brands: ['云岚本草', '澄月', '山茶集'],
    things: ['保湿面霜', '修护精华', '氨基酸洁面', '玻尿酸面膜', '防晒乳', '爽肤水', '眼霜'],
    variants: ['清爽型', '滋润型', '家庭装'],
    price: [49, 459],
    weight: 17,
  },
  {
    name: '彩妆',
    prefix: 'CZ',
    brands: ['绛唇', '澄月', '未眠色'],
    things: ['哑光口红', '气垫粉底', '眼影盘', '腮红', '眉笔', '定妆喷雾'],
    variants: ['经典色', '限定色'],
    price: [39, 329],
    weight: 10,
  },
  {
    name: '个护清洁',
    prefix: 'GH',
    brands: ['白榆', '云岚优选', '轻禾'],
    things: ['洗衣液', '沐浴露', '洗发水', '抽纸整箱', '牙膏套装', '洗碗块'],
    variants: ['2瓶装', '家庭装', '旅行装'],
    price: [15, 129],
    weight: 14,
  },
  {
    name: '母婴',
    prefix: 'MY',
    brands: ['小荷苗', '抱抱熊家', '云岚优选'],
    things: ['婴儿纸尿裤', '宝宝湿巾', '奶瓶', '儿童面霜', '辅食米粉', '安抚玩具'],
    variants: ['S码', 'M码', 'L码'],
    price: [29, 359],
    weight: 11,
  },
  {
    name: '食品饮料',
    prefix: 'SP',
    brands: ['山野里', '晨麦', '云岚优选'],
    things: ['龙井茶', '坚果礼盒', '冻干咖啡', '牛肉干', '燕麦片', '有机杂粮', '蜂蜜'],
    variants: ['100克', '500克', '整箱'],
    price: [19, 269],
    weight: 18,
  },
  {
    name: '家居',
    prefix: 'JJ',
    brands: ['木曜', '素壤', '云岚优选'],
    things: ['四件套', '乳胶枕', '收纳箱', '马克杯', '台灯', '地毯', '香薰'],
    variants: ['浅灰', '米白', '雾蓝'],
    price: [29, 599],
    weight: 9,
  },
  {
    name: '服饰',
    prefix: 'FS',
    brands: ['织云', '北渡', '素壤'],
    things: ['纯棉T恤', '羊毛衫', '休闲裤', '连衣裙', '轻薄羽绒服', '运动袜'],
    variants: ['黑色', '白色', '藏青'],
    price: [39, 699],
    weight: 10,
  },
  {
    name: '数码配件',
    prefix: 'SM',
    brands: ['极屿', '鹿点', '云岚优选'],
    things: ['无线耳机', '快充充电器', '移动电源', '机械键盘', '智能手环', '平板支架'],
    variants: ['标准版', '升级版'],
    price: [49, 899],
    weight: 6,
  },
  {
    name: '运动户外',
    prefix: 'YD',
    brands: ['北渡', '越野客'],
    things: ['瑜伽垫', '跑步鞋', '保温壶', '露营折叠椅', '筋膜枪', '速干衣'],
    variants: ['标准款', '专业款'],
    price: [45, 799],
    weight: 4,
  },
  {
    name: '图书文具',
    prefix: 'TS',
    brands: ['知汀', '墨间'],
    things: ['儿童绘本', '手账本', '钢笔礼盒', '编程入门', '考研词汇', '小说精选'],
    variants: ['单册', '套装'],
    price: [19, 199],
    weight: 4,
  },
  {
    name: '家电',
    prefix: 'JD',
    brands: ['木曜', '极屿'],
    things: ['空气炸锅', '电饭煲', '扫地机器人', '加湿器', '吹风机', '电动牙刷'],
    variants: ['标准版', '尊享版'],
    price: [99, 2599],
    weight: 3,
  },
]

/** Services and extras sold beside goods; they show needs beyond the basic one. */
const EXTRAS: readonly Article[] = [
  extra('FW001', '延保一年', '延保', 4900),
  extra('FW002', '延保三年', '延保', 12900),
  extra('FW003', '上门安装', '安装', 8000),
  extra('FW004', '礼盒包装', '礼盒', 1500),
  extra('FW005', '节日礼盒', '礼盒', 19900),
  extra('FW006', '刻字定制', '定制', 3000),
]

function extra(sku: string, name: string, category: string, listPriceFen: number): Article {
  return { sku, name, brand: '云岚服务', category, priceBand: '中档', listPriceFen }
}

export interface Goods {
  readonly articles: readonly Article[]
  /** Categories of goods with the share of shopping each has. */
  readonly categories: Weighted<string>
  /** Articles of one category by popularity, for a buyer of taste 0 (cheap), 1 (middle) or 2 (dear). */
  popular(category: string, taste: number): Weighted<Article>
  readonly extras: readonly Article[]
}

/** The shop's assortment: about 350 articles in 11 categories and 6 extras; depends only on `seed`. */
export function makeGoods(seed: number): Goods {
  const articles: Article[] = []
  const popular = new Map<string, Weighted<Article>[]>()
  for (const [number, plan] of CATEGORIES.entries()) {
    const random = new Random(seed, 1, number)
    const shelf = plan.things.flatMap((thing) =>
      plan.variants.map((variant) => ({ thing, variant, brand: random.one(plan.brands) })),
    )
    const made = shelf.map(({ thing, variant, brand }, i): Article => {
      const [low, high] = plan.price
      // Prices are log-uniform, as assortments are: many cheap articles, few dear ones.
      const position = random.unit() ** 1.4
      const yuan = Math.round(low * Math.exp(position * Math.log(high / low)))
      const priceBand = position < 0.33 ? '平价' : position < 0.7 ? '中档' : '高端'
      const sku = `${plan.prefix}${String(i + 1).padStart(3, '0')}`
      return {
        sku,
        name: `${brand}${thing} ${variant}`,
        brand,
        category: plan.name,
        priceBand,
        listPriceFen: yuan * 100 - 10,
      }
    })
    articles.push(...made)
    popular.set(
      plan.name,
      [0, 1, 2].map((taste) => byTaste(made, taste, random)),
    )
  }
  return {
    articles: [...articles, ...EXTRAS],
    categories: weighted(CATEGORIES.map((plan) => [plan.name, plan.weight] as const)),
    popular: (category, taste) => popular.get(category)?.[taste] as Weighted<Article>,
    extras: EXTRAS,
  }
}

const TASTE = [
  { 平价: 3, 中档: 1, 高端: 0.15 },
  { 平价: 1.2, 中档: 2, 高端: 0.6 },
  { 平价: 0.4, 中档: 1.4, 高端: 2.4 },
] as const satisfies readonly Record<string, number>[]

/** Zipf popularity times the pull of the price band on this taste. */
function byTaste(articles: readonly Article[], taste: number, random: Random): Weighted<Article> {
  const pull = TASTE[taste] as Record<string, number>
  return weighted(
    articles.map(
      (article, i) => [article, ((pull[article.priceBand] ?? 1) * (0.6 + random.unit())) / Math.sqrt(i + 1)] as const,
    ),
  )
}
