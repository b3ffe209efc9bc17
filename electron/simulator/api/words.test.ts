import { expect, test } from 'vitest'
import { splitWords } from './words'

test.each([
  ['sh -c "echo out; echo err >&2; exit 3"', ['sh', '-c', 'echo out; echo err >&2; exit 3']],
  ["printf '%s\\n' 'a b'", ['printf', '%s\\n', 'a b']],
  ['echo a\\ b "c\\"d" e\\\\f', ['echo', 'a b', 'c"d', 'e\\f']],
  ['echo "a\\nb"', ['echo', 'a\\nb']],
  ["echo '' x", ['echo', '', 'x']],
  ['  spaced\t out \n', ['spaced', 'out']],
  ['a\'b\'"c"', ['abc']],
  ['echo $HOME | cat', ['echo', '$HOME', '|', 'cat']],
  ['', []],
])('%j splits into words without expanding anything', (line, words) => {
  expect(splitWords(line)).toEqual(words)
})

test.each(['echo "open', "echo 'open", 'echo \\'])('%j has an open quote', (line) => {
  expect(splitWords(line)).toBeUndefined()
})
