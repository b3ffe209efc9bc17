import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RespError, RespReader, array, bulk, failure } from './resp'

/** Everything that is read of `bytes`, cut into pieces of `size`. */
function read(bytes: Buffer, size: number): string[][] {
  const reader = new RespReader()
  const requests: string[][] = []
  for (let from = 0; from < bytes.length; from += size) {
    reader.add(bytes.subarray(from, from + size))
    for (let words = reader.next(); words !== undefined; words = reader.next()) {
      requests.push(words.map((word) => word.toString('latin1')))
    }
  }
  return requests
}

describe('a request', () => {
  test('is read whole, wherever its bytes are cut, with any bytes in it', () => {
    const word = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))
    const requests = fc.array(fc.array(word, { minLength: 1, maxLength: 5 }), { maxLength: 5 })
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 60 }), (sent, size) => {
        const bytes = Buffer.concat(sent.map((words) => array(words.map((each) => bulk(each)))))
        expect(read(bytes, size)).toEqual(sent.map((words) => words.map((each) => each.toString('latin1'))))
      }),
    )
  })

  test.each([
    ['PING\r\n', [['PING']]],
    [
      'SET greeting "hi \\"you\\"\\n"\nGET greeting\n',
      [
        ['SET', 'greeting', 'hi "you"\n'],
        ['GET', 'greeting'],
      ],
    ],
    ["echo 'a b' ''\r\n", [['echo', 'a b', '']]],
    ['\r\n*0\r\nPING\r\n', [[], [], ['PING']]],
  ])('may be a line of words: %j', (text, words) => {
    for (const size of [1, 3, 100]) expect(read(Buffer.from(text), size)).toEqual(words)
  })

  test.each([
    ['a negative number of words', '*-1\r\n'],
    ['more words than any command takes', '*1025\r\n'],
    ['a word that is no bulk string', '*1\r\n:1\r\n'],
    ['a word without its end', '*1\r\n$1\r\nab\r\n'],
    ['a word that is too long', '*1\r\n$131073\r\n'],
    ['words that are too long together', `*3\r\n$70000\r\n${'x'.repeat(70_000)}\r\n$70000\r\n`],
    ['a head without an end', `*${'1'.repeat(140_000)}`],
    ['a line without an end', 'x'.repeat(70_000)],
    ['a line that is too long', `${'x'.repeat(70_000)}\n`],
    ['a line of too many words', `${'x '.repeat(2_000)}\n`],
    ['an open quote', 'echo "a\r\n'],
  ])('is refused for %s', (_, text) => {
    expect(() => read(Buffer.from(text), 4_096)).toThrow(RespError)
  })

  test('may be any bytes: nothing but a protocol error comes of them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('', '*1\r\n', '*2\r\n$'), (bytes, head) => {
        try {
          read(Buffer.concat([Buffer.from(head), bytes]), 7)
        } catch (error) {
          expect(error).toBeInstanceOf(RespError)
        }
      }),
    )
  })
})

test('an error stays one line, whatever it quotes', () => {
  expect(failure('ERR a\r\n+OK').toString()).toBe('-ERR a +OK\r\n')
})
