// What the tests of resets share: programs that may die, faults that no code caught in this process, and attacks on any HTTP server.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { httpText, UPGRADE, type Attack } from '../programs/attack'
import { bundlePrograms, type Program, type Programs } from '../programs/programs'

/** To bundle and to start programs, however loaded the machine is. */
const START_MS = 180_000

/** The programs under attack, bundled. */
export let programs: Programs

/** A folder for the whole file. */
export let scratch: string

/** The exceptions and rejections of this process that no code has caught. */
export const faults: unknown[] = []
const note = (error: unknown): unknown => faults.push(error)

/** Of a program that was asked to end: it did so in order. */
export async function ended(program: Program): Promise<void> {
  expect([await program.stop(), program.told]).toEqual([0, ''])
}

/** What may die. */
export interface Mortal extends AsyncDisposable {
  hasDied(): boolean
}

/** Gives each test a victim that lives: one that has died fails the test that killed it, and is replaced for the others. */
export function victimOf<V extends Mortal>(start: () => Promise<V>): () => V {
  let victim: V | undefined
  beforeEach(async () => {
    faults.length = 0
    if (victim?.hasDied() === true) victim = undefined
    victim ??= await start()
  }, START_MS)
  afterAll(async () => {
    await victim?.[Symbol.asyncDispose]()
  })
  return () => victim!
}

/** The beginning of a TLS greeting, which is no HTTP. */
export const GARBAGE = Buffer.from('\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001', 'latin1')

/** What a stranger can send to any HTTP server. */
export function attacksOn(host: string): Attack[] {
  return [
    { name: 'nothing', bytes: '', moments: ['at once'] },
    { name: 'half a request line', bytes: 'GET /index', moments: ['at once'] },
    { name: 'half a head', bytes: `GET / HTTP/1.1\r\nhost: ${host}\r\nx-a: b`, moments: ['at once'] },
    { name: 'garbage', bytes: GARBAGE },
    { name: 'a head of 20 KiB', bytes: httpText('GET /', { host, 'x-long': 'a'.repeat(20_480) }) },
    { name: 'a foreign Host', bytes: httpText('GET /', { host: 'evil.example' }) },
    { name: 'an HTTP version that is none', bytes: `GET / HTTP/9.9\r\nhost: ${host}\r\n\r\n` },
    { name: 'CONNECT', bytes: httpText('CONNECT evil.example:443', { host }) },
    { name: 'an expectation', bytes: httpText('POST /', { host, expect: 'the-unexpected', 'content-length': '4' }) },
    {
      name: 'a body that does not come',
      bytes: httpText('POST /', { host, 'content-length': '1000' }, 'abc'),
      moments: ['at once'],
    },
    { name: 'a chunk that is none', bytes: httpText('POST /', { host, 'transfer-encoding': 'chunked' }, 'zz\r\n') },
    {
      name: 'an upgrade to another protocol',
      bytes: httpText('GET /', { host, connection: 'Upgrade', upgrade: 'h2c' }),
    },
    { name: 'an upgrade with a foreign Host', bytes: httpText('GET /link', { host: 'evil.example', ...UPGRADE }) },
    {
      name: 'an upgrade with a foreign Origin',
      bytes: httpText('GET /link', { host, origin: 'http://evil.example', ...UPGRADE }),
    },
    { name: 'an upgrade of another path', bytes: httpText('GET /other', { host, ...UPGRADE }) },
    {
      name: 'two requests, the second an upgrade that is refused',
      bytes: httpText('GET /large.js', { host }) + httpText('GET /other', { host, ...UPGRADE }),
    },
  ]
}

/** Bundles the programs for the file and records faults of this process; call it at the top of a test file. */
export function stageVictims(): void {
  beforeAll(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), 'culvert-resets-'))
    programs = await bundlePrograms()
    process.on('uncaughtException', note)
  }, START_MS)
  afterAll(() => {
    process.off('uncaughtException', note)
    programs[Symbol.dispose]()
    rmSync(scratch, { recursive: true, force: true })
  })
}
