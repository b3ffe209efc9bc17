import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findOpener, startOpener, writeRedirect } from './opener'

/** A folder with an executable `name`. */
function folderWith(name: string, script = '#!/bin/sh\n'): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'culvert-opener-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(path.join(folder, name), script)
  chmodSync(path.join(folder, name), 0o755)
  return folder
}

describe('the opener', () => {
  test.skipIf(process.platform === 'win32')(
    'on Linux is xdg-open, where there is a display and it is installed',
    () => {
      const folder = folderWith('xdg-open')
      const found = { program: path.join(folder, 'xdg-open'), args: [] }
      const PATH = ['/nowhere', folder].join(path.delimiter)
      expect(findOpener({ PATH, DISPLAY: ':0' }, 'linux')).toEqual(found)
      expect(findOpener({ PATH, WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toEqual(found)
      expect(findOpener({ PATH, DISPLAY: '' }, 'linux')).toBeUndefined()
      expect(findOpener({ PATH: '/nowhere', DISPLAY: ':0' }, 'linux')).toBeUndefined()
      // What lies in the folder that one happens to be in is not the system's.
      expect(findOpener({ PATH: '.:', DISPLAY: ':0' }, 'linux')).toBeUndefined()
    },
  )

  test('elsewhere is a program of the system; over SSH a Mac shows nothing', () => {
    expect(findOpener({}, 'darwin')).toEqual({ program: '/usr/bin/open', args: [] })
    expect(findOpener({ SSH_CONNECTION: '1.2.3.4 1 5.6.7.8 22' }, 'darwin')).toBeUndefined()
    expect(findOpener({ SystemRoot: 'D:\\Windows' }, 'win32')).toEqual({
      program: path.join('D:\\Windows', 'System32', 'rundll32.exe'),
      args: ['url.dll,FileProtocolHandler'],
    })
  })

  test.skipIf(process.platform === 'win32')('that opens nothing, or is none, says why', async () => {
    const program = path.join(folderWith('fails', '#!/bin/sh\nexit 3\n'), 'fails')
    const why = await new Promise((resolve) => startOpener({ program, args: [] }, '/x', resolve))
    expect(why).toBe('fails ended with 3')
    const gone = { program: path.join(tmpdir(), 'no-such-opener'), args: [] }
    expect(await new Promise((resolve) => startOpener(gone, '/x', resolve))).toContain('ENOENT')
  })
})

test.skipIf(process.platform === 'win32')('the file that leads on is its owner’s alone, and goes', async () => {
  const address = 'http://127.0.0.1:1/open#code_-'
  const redirect = await writeRedirect(address)
  const { file } = redirect
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700)
  expect(await readFile(file, 'utf8')).toContain(`content="0; url=${address}"`)
  redirect[Symbol.dispose]()
  redirect[Symbol.dispose]()
  await expect(stat(path.dirname(file))).rejects.toMatchObject({ code: 'ENOENT' })
})

test.skipIf(process.platform === 'win32')(
  'an address with signs that mean something in HTML leads on whole',
  async () => {
    using redirect = await writeRedirect('https://a.example/?b=1&c="<')
    expect(await readFile(redirect.file, 'utf8')).toContain('content="0; url=https://a.example/?b=1&amp;c=&quot;&lt;"')
  },
)
