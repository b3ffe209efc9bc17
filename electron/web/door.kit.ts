// What the tests of the web door share: a core on a simulator, the door before it, and a page’s side of a Link.

import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { createCore } from '../core/core'
import type { Core } from '../core/coreparts'
import { startSimulator, type Simulator } from '../simulator/simulator'
import { openWebDoor, type WebDoor } from './door'

/** The simulator of the file. */
export let simulator: Simulator
let core: Core

/** The door of the file. */
export let door: WebDoor

/** The door's clock, for what is good for a while only. */
export let nowAt = 1_000_000

/** The token of the door. */
export let token: string

/** Of this run alone: what lies beside the page must not meet another run's. */
let scratch: string
let directory: string

/** The data directory. */
let data: string

/** A raw GET: fetch would not let us name another Host. */
export function get(target: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: door.port, path: target, headers, method, setHost: true },
      (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => (body += text))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      },
    )
    sent.on('error', reject)
    sent.end()
  })
}

/** Our own Origin. */
export const own = (): string => `http://127.0.0.1:${door.port}`

/** Replaces `nowAt`. */
export function setNowAt(next: number): void {
  nowAt = next
}

/** Opens simulator, core and door for the file; call it at the top of a test file. */
export function stageDoor(): void {
  beforeAll(async () => {
    scratch = mkdtempSync(path.join(os.tmpdir(), 'culvert-door-'))
    directory = path.join(scratch, 'page')
    mkdirSync(path.join(directory, 'assets'), { recursive: true })
    writeFileSync(path.join(directory, 'index.html'), '<script nonce="CSP_NONCE"></script>')
    writeFileSync(path.join(directory, 'assets', 'a.js'), 'export {}')
    writeFileSync(path.join(directory, 'assets', 'a.js.map'), '{}')
    writeFileSync(path.join(scratch, 'culvert-secret.js'), 'secret')
    simulator = await startSimulator({ isPaced: false, shellDelayMs: 0 })
    const { endpointUrl, region, credentials } = simulator
    data = mkdtempSync(path.join(os.tmpdir(), 'culvert-data-'))
    core = await createCore({
      dataDirectory: data,
      door: 'test',
      demo: true,
      env: {},
      spawnDemo: () =>
        Promise.resolve({ endpointUrl, region, credentials, [Symbol.asyncDispose]: () => Promise.resolve() }),
    })
    door = await openWebDoor({ core, directory, port: 0, now: () => nowAt })
    token = new URL(door.url).hash.slice(1)
  })
  afterAll(async () => {
    await door[Symbol.asyncDispose]()
    await core[Symbol.asyncDispose]()
    await simulator[Symbol.asyncDispose]()
    rmSync(scratch, { recursive: true })
    rmSync(data, { recursive: true })
  })
}
