// What a command in a container is wrapped into, run by a real sh, and what is said where its status never came.

import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { makeSentinel, wrapInContainer } from '../quoting'
import { SentinelFilter } from '../sentinel'
import { containerEnd } from './execcontainer'

/** Runs words as the agent does, but with sh to split the line; the agent's own splitting is tested in quoting.test.ts. */
function run(words: readonly string[], input = '') {
  const sentinel = makeSentinel()
  const filter = new SentinelFilter(sentinel)
  const { stdout } = spawnSync('sh', ['-c', wrapInContainer(words, sentinel)], { input })
  return { output: filter.push(stdout).toString(), status: filter.status }
}

test('the words run with a pipe for their output and without input, and their status is told', () => {
  expect(run(['printf', '%s|', 'a b', "it's", '$HOME'])).toEqual({ output: "a b|it's|$HOME|", status: 0 })
  expect(run(['sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({ output: 'out\nerr\n', status: 7 })
  expect(run(['cat'], 'typed')).toEqual({ output: '', status: 0 })
  expect(run(['test', '-t', '1']).status).toBe(1)
  expect(run(['/no/such/program']).status).toBe(127)
})

test('an image without sh is told as that, any other end with what was said', () => {
  const gone = 'OCI runtime exec failed: exec: "sh": executable file not found in $PATH: unknown'
  expect(containerEnd(gone, 'web/app')).toMatchObject({
    code: 'exec-blocked',
    message: expect.stringContaining('The image of web/app has no sh'),
  })
  expect(containerEnd('killed', 'web/app')).toMatchObject({
    code: 'session-ended',
    message: expect.stringContaining('(killed)'),
  })
})
