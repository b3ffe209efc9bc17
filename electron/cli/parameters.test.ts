import { expect, test } from 'vitest'
import { parseParameters } from './parameters'

test.each([
  [['{"portNumber":["22"],"host":"db"}'], { portNumber: ['22'], host: ['db'] }],
  [['portNumber=22'], { portNumber: ['22'] }],
  [['a=1,2,x=3', 'b='], { a: ['1', '2', 'x=3'], b: [''] }],
  [['portNumber=["80"]', '{"b":"c"}', 'b=d'], { portNumber: ['80'], b: ['d'] }],
  [['command=echo a=b'], { command: ['echo a=b'] }],
  [[], {}],
])('%j is %j', (texts, parameters) => {
  expect(parseParameters(texts)).toEqual(parameters)
})

test.each(['', 'x', '=1', '{', '{"a":1}', '{"a":[1]}', 'a=[1]', 'a=[', '{"a":null}'])(
  '"%s" is a usage error',
  (text) => {
    expect(() => parseParameters([text])).toThrow(expect.objectContaining({ code: 'usage' }))
  },
)
