import { expect, test } from 'vitest'
import { noProgramError } from './noprogram'

const START = 'The session was ended on the other side: Unable to start command: Failed to start pty: '

test('a command that the image does not have is told as that, with what to do', () => {
  for (const why of [
    'fork/exec /bin/sh: no such file or directory',
    'exec: "/bin/sh": executable file not found in $PATH',
  ]) {
    expect(noProgramError(`${START}${why}`, '/bin/sh -l', 'web/app')).toMatchObject({
      code: 'exec-blocked',
      message: 'The image of web/app has no /bin/sh: name a program of the image with --command.',
    })
  }
})

test('any other end is none of that, whatever a program has printed', () => {
  expect(noProgramError('', '/bin/sh', 'web/app')).toBeUndefined()
  expect(noProgramError('cat: x: no such file or directory', '/bin/sh', 'web/app')).toBeUndefined()
  expect(noProgramError(`${START}permission denied`, '/bin/sh', 'web/app')).toBeUndefined()
})
