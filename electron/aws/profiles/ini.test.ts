import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseKnownFiles } from '@smithy/shared-ini-file-loader'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../../../e2e/kit/random'
import { BrokenText, configSections, decodeText, mergeSections, parseIni } from './ini'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-ini-'))
})
afterAll(() => rm(folder, { recursive: true }))

const LINES = [
  '[default]',
  '[profile a]',
  '[profile a.b]',
  '[profile "q"]',
  "[profile 'q']",
  '[profile with space]',
  '[profile default]',
  '[a]',
  ' [b]',
  '[b] # ours',
  '[sso-session s]',
  '[sso-session.t]',
  '[services v]',
  '[plugins x]',
  'region = eu-central-1',
  'region=us-east-1 ; here',
  'region: nowhere',
  'output=a=b',
  'key=#no comment',
  's3 =',
  '  max_queue_size = 10',
  '\tregion = indented',
  '  just more of a value',
  '# a comment',
  '; another',
  '',
  '   ',
]

test('files that are not broken are read as the SDK reads them', async () => {
  const next = seededRandom(8)
  const make = (): string => {
    const lines = Array.from({ length: Math.floor(next() * 14) }, () => LINES[Math.floor(next() * LINES.length)] ?? '')
    return lines.join(next() < 0.2 ? '\r\n' : '\n')
  }
  let compared = 0
  for (let round = 0; round < 400; round += 1) {
    const [config, credentials] = [make(), make()]
    let ours
    try {
      ours = mergeSections(configSections(parseIni(config)), parseIni(credentials))
    } catch (error) {
      expect(error).toBeInstanceOf(BrokenText)
      continue
    }
    const [configFilepath, filepath] = [join(folder, 'config'), join(folder, 'credentials')]
    await writeFile(configFilepath, config)
    await writeFile(filepath, credentials)
    const theirs = await parseKnownFiles({ configFilepath, filepath, ignoreCache: true })
    expect([config, credentials, Object.fromEntries(ours)]).toEqual([config, credentials, theirs])
    compared += 1
  }
  expect(compared).toBeGreaterThan(50)
})

test('nothing but BrokenText escapes from random bytes, and it never quotes them', () => {
  const next = seededRandom(31)
  for (let round = 0; round < 2_000; round += 1) {
    const bytes = Uint8Array.from({ length: Math.floor(next() * 60) }, () =>
      next() < 0.5 ? Math.floor(next() * 256) : ('[]=#;: \n\tprofile '.charCodeAt(Math.floor(next() * 18)) ?? 0),
    )
    try {
      parseIni(decodeText(bytes))
    } catch (error) {
      expect(error).toBeInstanceOf(BrokenText)
      expect((error as Error).message).toMatch(
        /^is (broken at line \d+ \([a-z "=[\]]+\)|saved as UTF-16, which no tool)/,
      )
    }
  }
})
