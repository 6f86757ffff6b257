import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** Waits until the server of `child` has written its address and is ready. Throws when it ends before. */
export async function makeFirstContact(
  addressFile: string,
  child: ChildProcess,
): Promise<{ address: string; token: string }> {
  for (let waited = 0; waited < 120_000; waited += 20) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`)
    const contact = readContact(addressFile, child.pid)
    if (contact && (await isReady(contact.address))) return contact
    await pause(20)
  }
  throw new Error('the server was not ready within two minutes')
}

function readContact(file: string, pid: number | undefined): { address: string; token: string } | null {
  try {
    const contact = JSON.parse(readFileSync(file, 'utf8')) as { address: string; token: string; pid: number }
    // The file of an earlier server may still lie there.
    return contact.pid === pid ? contact : null
  } catch {
    return null
  }
}

async function isReady(address: string): Promise<boolean> {
  return fetch(`${address}/ready`).then(
    (response) => response.ok,
    () => false,
  )
}
