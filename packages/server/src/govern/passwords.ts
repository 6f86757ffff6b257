import { randomInt } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'

/** argon2id with the library's parameters (19 MiB, 2 passes): about 25 ms. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'))
}

/** Whether the password is the one that was hashed. */
export function isPassword(passwordHash: string, password: string): Promise<boolean> {
  return verify(passwordHash, password.normalize('NFKC'))
}

/** Compared against when there is no such person, so that both refusals take the same time. */
let nobody: Promise<string> | undefined
export async function spendTimeOnNobody(password: string): Promise<void> {
  nobody ??= hashPassword('nobody has this password')
  await isPassword(await nobody, password)
}

const letters = 'abcdefghjkmnpqrstuvwxyz23456789'

/** A password that can be read aloud and typed: four groups of four, about 79 bits. */
export function readablePassword(): string {
  const group = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}
