import { describe, expect, it } from 'vitest'
import { resolve } from './resolve.js'
import { MemoryWorld } from './testing/memory-world.js'

describe('taking facts in log order', () => {
  it('joins an anonymous history to the first login', () => {
    const world = new MemoryWorld()
    const view = world.take(['anonymous_id:a1'], 10)!
    const login = world.take(['anonymous_id:a1', 'user_id:u1'], 20)!
    expect(world.profileOf('user_id:u1')).toBe(view.node.id)
    expect(login.merged).toEqual([{ winner: 1, loser: 2 }])
  })

  it('gives a shared device a new tenure for each person and never merges them', () => {
    const world = new MemoryWorld()
    world.take(['device_id:till'], 1)
    world.take(['device_id:till', 'user_id:ana'], 10)
    world.take(['device_id:till', 'user_id:ben'], 20)
    const between = world.take(['device_id:till'], 15)!
    const after = world.take(['device_id:till'], 25)!
    const before = world.take(['device_id:till'], 2)!
    const profile = (id: number): number => world.profiles().get(id)!
    expect(profile(between.node.id)).toBe(world.profileOf('user_id:ana'))
    expect(profile(before.node.id)).toBe(world.profileOf('user_id:ana'))
    expect(profile(after.node.id)).toBe(world.profileOf('user_id:ben'))
    expect(world.profileOf('user_id:ana')).not.toBe(world.profileOf('user_id:ben'))
  })

  it('leaves the device out of a login that is older than what is known of its owner', () => {
    const world = new MemoryWorld()
    world.take(['device_id:d', 'user_id:ana'], 100)
    const late = world.take(['device_id:d', 'user_id:ben'], 50)!
    expect(late.leftOut.map((one) => one.reason)).toEqual(['late_login'])
    expect(world.profileOf('device_id:d', 50)).toBe(world.profileOf('user_id:ana'))
  })

  it('leaves out the lower priority identity when a limit would be exceeded', () => {
    const world = new MemoryWorld()
    world.take(['user_id:ana', 'phone:13901234567'])
    const taken = world.take(['user_id:ben', 'phone:13901234567', 'email:ben@example.com'])!
    expect(taken.leftOut.map((one) => [one.identity.entry.key, one.reason])).toEqual([['phone', 'limit']])
    expect(world.profileOf('user_id:ben')).toBe(world.profileOf('email:ben@example.com'))
    expect(world.profileOf('phone:13901234567')).toBe(world.profileOf('user_id:ana'))
  })

  it('holds three phones on one profile and refuses the fourth', () => {
    const world = new MemoryWorld()
    const phones = ['13900000011', '13900000012', '13900000013', '13900000014']
    const leftOut = phones.map((phone) => world.take(['user_id:ana', `phone:${phone}`])!.leftOut.length)
    expect(leftOut).toEqual([0, 0, 0, 1])
  })

  it('counts a kind of one app or system by itself', () => {
    const world = new MemoryWorld()
    const taken = world.take(['unionid:o1', 'openid.wxa:1', 'openid.wxb:2', 'openid.wxb:3'])!
    expect(taken.leftOut.map((one) => one.identity.key)).toEqual(['openid.wxb:3'])
  })

  it('does not glue two known people together by an anonymous id', () => {
    const world = new MemoryWorld()
    world.take(['phone:13900000011', 'anonymous_id:a'], 1)
    world.take(['phone:13900000012', 'device_id:d'], 2)
    const bridge = world.take(['anonymous_id:a', 'device_id:d'], 3)!
    expect(bridge.leftOut.map((one) => one.reason)).toEqual(['weak_bridge'])
  })

  it('finds out in replay what it would have found without the undone evidence', () => {
    const world = new MemoryWorld()
    world.take(['user_id:ana', 'phone:13901234567'])
    world.take(['user_id:ben', 'phone:13901234567'])
    expect(world.profileOf('phone:13901234567')).toBe(world.profileOf('user_id:ana'))
    const { profileOf, outcomes } = resolve(world.nodes, world.evidence.slice(1))
    expect(outcomes).toEqual([null])
    expect(profileOf.get(2)).toBe(profileOf.get(3))
    expect(profileOf.get(1)).toBe(1)
  })
})
