import { expect, test } from 'vitest'
import { askRecording, CAPTURE_WARNING, captureSentence } from './capturewords'

test('what happens to the output is told with what it may hold', () => {
  expect(captureSentence(false, [])).toBeUndefined()
  expect(captureSentence(true, [])).toBe(`The output of this session is recorded. ${CAPTURE_WARNING}`)
  expect(captureSentence(true, ['a', 'b'])).toContain('is recorded and goes to a, b. What')
  expect(captureSentence(false, ['a'])).toContain('session goes to a. What')
  expect(askRecording('prod')).toContain('of prod?')
})
