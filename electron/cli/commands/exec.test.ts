import { expect, test } from 'vitest'
import { unknownEnd } from './exec'

test('a command on macOS that tells no status is told with what the document needs, and how to look', () => {
  expect(unknownEnd('gone', 'linux', 'AWS-StartNonInteractiveCommand').message).toBe(
    "The session ended without the command's exit status (gone): the output may be incomplete, so run it again.",
  )
  expect(unknownEnd('', 'macos', 'AWS-StartNonInteractiveCommand')).toMatchObject({
    code: 'session-ended',
    message: expect.stringMatching(/^The session ended without the command's exit status: on macOS only a document/),
    command: 'aws ssm describe-document --name AWS-StartNonInteractiveCommand --query Document.PlatformTypes',
  })
})
