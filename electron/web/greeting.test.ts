import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { greet } from './greeting'

let lines: string[] = []
beforeEach(() => {
  lines = []
})
const say = (line: string): void => void lines.push(line)
const door = { issueEntry: () => 'http://127.0.0.1:1/open#code' }
const END = 'Ctrl+C here ends it, with every tunnel and shell.'

test('where no browser is wanted, or none can be opened, a person is told to open the address', async () => {
  for (const noOpen of [true, false]) await greet({ door, env: { PATH: '/nowhere' }, platform: 'linux', noOpen, say })
  expect(lines).toEqual([
    'Culvert is at the address above: open it in a browser on this computer.',
    END,
    'No browser can be opened from here: open the address above in a browser on this computer.',
    END,
  ])
})

test.skipIf(process.platform === 'win32')(
  'the opener is given a file that leads to the one-time address, and the file goes with its use or at the end',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'culvert-greeting-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const given = path.join(folder, 'given')
    writeFileSync(
      path.join(folder, 'xdg-open'),
      `#!/bin/sh\nprintf %s "$1" > ${given}.part && mv ${given}.part ${given}\n`,
    )
    chmodSync(path.join(folder, 'xdg-open'), 0o755)
    const env = { PATH: `${folder}:/usr/bin:/bin`, DISPLAY: ':0' }
    let use = (): void => undefined
    const issueEntry = (used: () => void): string => {
      use = used
      return door.issueEntry()
    }
    for (const end of ['use', 'dispose'] as const) {
      rmSync(given, { force: true })
      const greeting = await greet({ door: { issueEntry }, env, platform: 'linux', noOpen: false, say })
      await vi.waitFor(() => expect(existsSync(given)).toBe(true))
      const file = readFileSync(given, 'utf8')
      expect(readFileSync(file, 'utf8')).toContain('http://127.0.0.1:1/open#code')
      if (end === 'use') use()
      else greeting[Symbol.dispose]()
      expect(existsSync(file)).toBe(false)
      greeting[Symbol.dispose]()
    }
    expect(lines.slice(0, 2)).toEqual([
      'Culvert opens in your browser. If it does not, open the address above on this computer.',
      END,
    ])
  },
)

test('an address that cannot be made is told, and Culvert goes on', async () => {
  const issueEntry = (): string => {
    throw new Error('not now')
  }
  const greeting = await greet({ door: { issueEntry }, env: {}, platform: 'darwin', noOpen: false, say })
  greeting[Symbol.dispose]()
  expect(lines).toEqual(['No browser could be opened (not now): open the address above.', END])
})
