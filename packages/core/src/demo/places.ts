import { weighted } from './random.js'

export interface City {
  readonly name: string
  readonly province: string
  /** Sales region, `large/small` so that a condition can ask for everything under the large one. */
  readonly region: string
  /** 1 is the largest; income and prices paid fall with it. */
  readonly tier: 1 | 2 | 3 | 4
}

const city = (name: string, province: string, region: string, tier: City['tier'], weight: number): [City, number] => [
  { name, province, region, tier },
  weight,
]

/** Cities the shop delivers to, weighted by its customers. */
export const CITIES = weighted<City>([
  city('上海', '上海市', '华东/长三角', 1, 120),
  city('北京', '北京市', '华北/京津冀', 1, 105),
  city('深圳', '广东省', '华南/珠三角', 1, 85),
  city('广州', '广东省', '华南/珠三角', 1, 80),
  city('杭州', '浙江省', '华东/长三角', 2, 95),
  city('成都', '四川省', '西南/成渝', 2, 70),
  city('重庆', '重庆市', '西南/成渝', 2, 55),
  city('南京', '江苏省', '华东/长三角', 2, 52),
  city('苏州', '江苏省', '华东/长三角', 2, 52),
  city('武汉', '湖北省', '华中/长江中游', 2, 50),
  city('西安', '陕西省', '西北/关中', 2, 40),
  city('天津', '天津市', '华北/京津冀', 2, 34),
  city('长沙', '湖南省', '华中/长江中游', 2, 34),
  city('宁波', '浙江省', '华东/长三角', 2, 34),
  city('青岛', '山东省', '华东/山东半岛', 2, 30),
  city('郑州', '河南省', '华中/中原', 2, 30),
  city('佛山', '广东省', '华南/珠三角', 2, 26),
  city('东莞', '广东省', '华南/珠三角', 2, 26),
  city('合肥', '安徽省', '华东/长三角', 2, 25),
  city('沈阳', '辽宁省', '东北/辽中南', 2, 22),
  city('济南', '山东省', '华东/山东半岛', 2, 20),
  city('厦门', '福建省', '华东/海西', 2, 20),
  city('福州', '福建省', '华东/海西', 2, 18),
  city('昆明', '云南省', '西南/滇中', 2, 17),
  city('无锡', '江苏省', '华东/长三角', 2, 20),
  city('大连', '辽宁省', '东北/辽中南', 2, 15),
  city('哈尔滨', '黑龙江省', '东北/哈长', 3, 14),
  city('长春', '吉林省', '东北/哈长', 3, 11),
  city('南昌', '江西省', '华中/长江中游', 3, 13),
  city('贵阳', '贵州省', '西南/黔中', 3, 12),
  city('南宁', '广西壮族自治区', '华南/北部湾', 3, 12),
  city('石家庄', '河北省', '华北/京津冀', 3, 12),
  city('太原', '山西省', '华北/晋中', 3, 11),
  city('绍兴', '浙江省', '华东/长三角', 3, 14),
  city('嘉兴', '浙江省', '华东/长三角', 3, 13),
  city('温州', '浙江省', '华东/海西', 3, 13),
  city('泉州', '福建省', '华东/海西', 3, 11),
  city('洛阳', '河南省', '华中/中原', 3, 9),
  city('兰州', '甘肃省', '西北/兰西', 3, 8),
  city('乌鲁木齐', '新疆维吾尔自治区', '西北/天山北坡', 3, 7),
  city('呼和浩特', '内蒙古自治区', '华北/呼包鄂', 3, 6),
  city('海口', '海南省', '华南/海南', 3, 7),
  city('芜湖', '安徽省', '华东/长三角', 4, 8),
  city('赣州', '江西省', '华中/赣南', 4, 6),
  city('襄阳', '湖北省', '华中/长江中游', 4, 6),
  city('绵阳', '四川省', '西南/成渝', 4, 6),
  city('遵义', '贵州省', '西南/黔中', 4, 5),
  city('湛江', '广东省', '华南/北部湾', 4, 5),
  city('衡阳', '湖南省', '华中/长江中游', 4, 5),
  city('临沂', '山东省', '华东/山东半岛', 4, 6),
])

export interface Store {
  readonly code: string
  readonly name: string
  readonly city: string
}

/** The shop's own stores; people of other cities order online or by phone. */
export const STORES: readonly Store[] = [
  { code: 'S01', name: '上海南京西路店', city: '上海' },
  { code: 'S02', name: '上海五角场店', city: '上海' },
  { code: 'S03', name: '杭州湖滨店', city: '杭州' },
  { code: 'S04', name: '杭州滨江店', city: '杭州' },
  { code: 'S05', name: '北京朝阳店', city: '北京' },
  { code: 'S06', name: '北京中关村店', city: '北京' },
  { code: 'S07', name: '深圳福田店', city: '深圳' },
  { code: 'S08', name: '广州天河店', city: '广州' },
  { code: 'S09', name: '成都春熙路店', city: '成都' },
  { code: 'S10', name: '南京新街口店', city: '南京' },
  { code: 'S11', name: '苏州园区店', city: '苏州' },
  { code: 'S12', name: '武汉楚河店', city: '武汉' },
]

/** Cities that have a store. */
export const STORE_CITIES: ReadonlySet<string> = new Set(STORES.map((store) => store.city))
