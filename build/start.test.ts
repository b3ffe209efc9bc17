// Which Electron is given up for the web host: the rule, and npm start itself with an Electron that is a shell script.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { isStillborn } from './tests/stillborn.mjs'

const died = { code: null, signal: null, ranMs: 100, isTold: false }

test.each(['SIGTRAP', 'SIGABRT', 'SIGSEGV', 'SIGILL'] as const)(
  'an Electron that ends itself by %s at once gives way to the web host, one that ran does not',
  (signal) => {
    expect(isStillborn({ ...died, signal })).toBe(true)
    expect(isStillborn({ ...died, signal, ranMs: 5_000 })).toBe(false)
  },
)

test('an early exit gives way if it tells of an error, a signal of a person never', () => {
  expect(isStillborn({ ...died, code: 127 })).toBe(true)
  expect(isStillborn({ ...died, code: 0 })).toBe(false)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const) {
    expect(isStillborn({ ...died, signal })).toBe(false)
  }
})

test('nothing is started once npm start was told to end', () => {
  expect(isStillborn({ ...died, code: 1, isTold: true })).toBe(false)
  expect(isStillborn({ ...died, signal: 'SIGTRAP', isTold: true })).toBe(false)
})

/** npm start with `script` for Electron; resolves with what it does and its first word, or its end without one. */
async function begin(script: string): Promise<{ line: string | undefined; status: number | null }> {
  const dist = await mkdtemp(join(tmpdir(), 'culvert-start-'))
  onTestFinished(() => rm(dist, { recursive: true, force: true }))
  await writeFile(join(dist, 'electron'), `#!/bin/sh\n${script}\n`)
  await chmod(join(dist, 'electron'), 0o755)
  const { CI: _ci, CULVERT_HOST: _host, APP_HOST: _old, ...env } = process.env
  const child = spawn(process.execPath, ['build/start.mjs'], {
    env: { ...env, DISPLAY: ':99', ELECTRON_OVERRIDE_DIST_PATH: dist, CULVERT_DATA_DIR: join(dist, 'data') },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const closed = once(child, 'close') as Promise<[number | null]>
  let line: string | undefined
  createInterface({ input: child.stderr }).on('line', (said) => {
    line ??= said
    // The web host that follows is not looked at.
    child.kill('SIGTERM')
  })
  const [status] = await closed
  return { line, status }
}

// The stand-in is a shell script in the place of Linux's binary.
test.runIf(process.platform === 'linux')(
  'npm start gives up an Electron that traps, and says how it died',
  async () => {
    expect((await begin('kill -TRAP $$')).line).toBe('Electron did not start (SIGTRAP): starting the web host.')
  },
)

test.runIf(process.platform === 'linux')('npm start ends with an Electron that was ended from outside', async () => {
  expect(await begin('kill -TERM $$')).toEqual({ line: undefined, status: 128 + constants.signals.SIGTERM })
})
