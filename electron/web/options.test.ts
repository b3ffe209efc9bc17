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
  })

  it('is the Demo with AWS files that hold no profile, and the account with one', () => {
    const demoWith = (file: string, text: string): boolean => {
      writeFileSync(path.join(folder, 'config'), '')
      writeFileSync(path.join(folder, 'credentials'), '')
      writeFileSync(path.join(folder, file), text)
      return parseDoorOptions([], nowhere).demo
    }
    for (const text of ['', '# [default]', '[sso-session work]\nsso_region = eu-west-1', '[services local]']) {
      expect([text, demoWith('config', text)]).toEqual([text, true])
    }
    expect(demoWith('config', '[default]\nregion = eu-west-1')).toBe(false)
    expect(demoWith('config', 'x = 1\r\n [ profile work ]\r\n')).toBe(false)
    expect(demoWith('credentials', '[work]\naws_access_key_id = A')).toBe(false)
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
