import { expect, test } from 'vitest'
import { parseCommandLine } from './arguments'
import { parseParameters } from './parameters'

/** Reads the parameters of a command line. */
function parsed(texts: readonly string[]): Record<string, string[]> {
  const words = texts.flatMap((text) => [`--parameters=${text}`])
  const invocation = parseCommandLine(['forward', 'web-1', ...words])
  if (invocation.kind !== 'run') throw new Error('no command')
  return parseParameters(invocation.args)
}

test.each([
  [['{"portNumber":["22"],"host":"db"}'], { portNumber: ['22'], host: ['db'] }],
  [['portNumber=22'], { portNumber: ['22'] }],
  [['a=1,2,x=3', 'b='], { a: ['1', '2', 'x=3'], b: [''] }],
  [['portNumber=["80"]', '{"b":"c"}', 'b=d'], { portNumber: ['80'], b: ['d'] }],
  [['command=echo a=b'], { command: ['echo a=b'] }],
  [[], {}],
])('%j is %j', (texts, parameters) => {
  expect(parsed(texts)).toEqual(parameters)
})

test.each(['', 'x', '=1', '{', '{"a":1}', '{"a":[1]}', 'a=[1]', 'a=[', '{"a":null}'])(
  '"%s" is a usage error',
  (text) => {
    expect(() => parsed([text])).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining('See: culvert forward --help') }),
    )
  },
)
