import { expect, test } from 'vitest'
import { directoryError } from './failure'

const withCode = (code: string): Error => Object.assign(new Error('no'), { code })

test.each([
  ['ENOSPC', 'free some space on its disk.'],
  ['EDQUOT', 'free some space on its disk.'],
  ['EACCES', 'give your user the right to it, or set CULVERT_DATA_DIR to another directory.'],
  ['EMFILE', 'too many files are open, so close other programs and try again.'],
  ['EISDIR', 'move what is in the way, or set CULVERT_DATA_DIR to another directory.'],
])('a file that cannot be written because of %s is named with what to do', (code, advice) => {
  const cause = withCode(code)
  expect(directoryError('/d/x.json', 'written', cause)).toMatchObject({
    code: 'data-directory',
    message: `/d/x.json cannot be written (${code}): ${advice}`,
    cause,
  })
})

test('what has no code is quoted', () => {
  expect(directoryError('/d', 'read', new Error('odd')).message).toContain('/d cannot be read (Error: odd): move')
})
