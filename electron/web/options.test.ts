import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasAwsSetup, parseDoorOptions } from './options'

let folder: string
let nowhere: NodeJS.ProcessEnv

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'culvert-options-'))
  nowhere = {
    AWS_CONFIG_FILE: path.join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials'),
  }
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('the environment that a door opens', () => {
  it('is the Demo where nothing speaks of AWS, and the account where anything does', () => {
    expect(hasAwsSetup(nowhere)).toBe(false)
    expect(parseDoorOptions([], nowhere).demo).toBe(true)
    expect(parseDoorOptions([], { ...nowhere, AWS_PROFILE: 'work' }).demo).toBe(false)
    writeFileSync(path.join(folder, 'config'), '')
    expect(parseDoorOptions([], nowhere).demo).toBe(false)
  })

  it('is the one that was named, whatever is set up', () => {
    expect(parseDoorOptions(['--profile', 'p'], nowhere)).toEqual({ port: 0, profile: 'p', demo: false })
    expect(parseDoorOptions(['--demo', '--port', '8123'], { ...nowhere, AWS_PROFILE: 'work' })).toEqual({
      port: 8_123,
      demo: true,
    })
  })

  it('is refused with a usage error where the words are off', () => {
    for (const words of [['--prot', '1'], ['--port', 'x'], ['--port', '70000'], ['extra']]) {
      expect(() => parseDoorOptions(words, nowhere)).toThrow(expect.objectContaining({ code: 'usage' }))
    }
  })
})
