import { type Random, weighted } from './random.js'

export type Gender = '男' | '女'

/** Surnames with their rough frequency among people in China. */
const SURNAMES = weighted<string>([
  ['王', 72],
  ['李', 71],
  ['张', 66],
  ['刘', 52],
  ['陈', 45],
  ['杨', 30],
  ['黄', 22],
  ['赵', 22],
  ['吴', 20],
  ['周', 20],
  ['徐', 15],
  ['孙', 15],
  ['马', 13],
  ['朱', 12],
  ['胡', 12],
  ['郭', 11],
  ['何', 11],
  ['林', 11],
  ['高', 10],
  ['罗', 10],
  ['郑', 10],
  ['梁', 9],
  ['谢', 8],
  ['宋', 8],
  ['唐', 7],
  ['许', 7],
  ['韩', 7],
  ['邓', 7],
  ['冯', 6],
  ['曹', 6],
  ['彭', 6],
  ['曾', 6],
  ['肖', 6],
  ['田', 5],
  ['董', 5],
  ['潘', 5],
  ['袁', 5],
  ['蔡', 5],
  ['蒋', 5],
  ['余', 5],
  ['于', 5],
  ['杜', 4],
  ['叶', 4],
  ['程', 4],
  ['魏', 4],
  ['苏', 4],
  ['吕', 4],
  ['丁', 4],
  ['任', 4],
  ['卢', 3],
  ['姚', 3],
  ['沈', 3],
  ['钟', 3],
  ['姜', 3],
  ['欧阳', 1],
  ['上官', 0.3],
])

/** Characters of given names in fashion before and after about 1985. */
const GIVEN: Readonly<Record<Gender, { readonly older: string; readonly younger: string }>> = {
  男: {
    older: '建国军伟强勇平志华明德文永福生海林东宏光新民刚峰杰斌辉',
    younger: '浩宇轩泽睿博俊晨昊然铭子航逸凡嘉诚奕辰鹏飞思远承翰',
  },
  女: {
    older: '秀英丽芳娟敏静霞燕玲桂兰红梅玉珍华萍莉艳琴云霞',
    younger: '欣怡雨涵诗婷梓萱思琪佳悦可馨雅晴若曦语桐依诺心妍',
  },
}

/** A full Chinese name that fits gender and year of birth. */
export function makeName(random: Random, gender: Gender, birthYear: number): string {
  const characters = birthYear < 1985 ? GIVEN[gender].older : GIVEN[gender].younger
  const first = characters[random.below(characters.length)] as string
  const single = random.chance(birthYear < 1985 ? 0.35 : 0.15)
  return random.pick(SURNAMES) + first + (single ? '' : (characters[random.below(characters.length)] as string))
}
