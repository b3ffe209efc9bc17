import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Diagnose } from '../../shared/diagnostics'
import { openDiagnosed } from './diagnosed'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-diagnosed-'))
})
afterEach(() => rm(folder, { recursive: true }))

interface Options {
  readonly dataDirectory: string
  readonly door: string
  readonly env: NodeJS.ProcessEnv
  readonly diagnose?: Diagnose
}

const noted: unknown[] = []

/** What is opened: says at its end that it has resumed a session. */
function open(options: Options) {
  noted.length = 0
  return Promise.resolve({
    options,
    note: (trouble: unknown) => noted.push(trouble),
    [Symbol.asyncDispose]: () => {
      options.diagnose?.({ kind: 'resume', sessionId: 's', pausedMs: 1, attempts: 1 })
      return Promise.resolve()
    },
  })
}

const asked = (env: NodeJS.ProcessEnv): Options => ({ dataDirectory: folder, door: 'window', env })

test('without CULVERT_LOG nothing is added and nothing made', async () => {
  const core = await openDiagnosed(asked({}), open)
  expect(core.options).toEqual(asked({}))
  await core[Symbol.asyncDispose]()
  expect([await readdir(folder), noted]).toEqual([[], []])
})

test('with it, the log takes entries until the core has ended', async () => {
  const core = await openDiagnosed(asked({ CULVERT_LOG: '1' }), open)
  await core[Symbol.asyncDispose]()
  expect(await readFile(join(folder, 'culvert.log'), 'utf8')).toMatch(/"door":"window".*"msg":"resume"}\n$/)
  expect(noted).toEqual([])
})

test('a log that cannot be written is told in the journal, and the core opens', async () => {
  await mkdir(join(folder, 'culvert.log'))
  const core = await openDiagnosed(asked({ CULVERT_LOG: '1' }), open)
  await core[Symbol.asyncDispose]()
  expect(noted).toEqual([
    {
      text: 'The diagnostic log cannot be written. Culvert runs without it.',
      error: { code: 'data-directory', message: expect.stringContaining('cannot be written (EISDIR)') },
    },
  ])
})

test('a core that does not open rejects as it does without a log', async () => {
  const fails = (): Promise<never> => Promise.reject(new Error('locked'))
  await expect(openDiagnosed(asked({ CULVERT_LOG: '1' }), fails)).rejects.toThrow('locked')
})
