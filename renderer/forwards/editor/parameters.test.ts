import { expect, test } from 'vitest'
import { parametersText, readParameters, valueIn, withValue } from './parameters'

test('a line and JSON are read, and what was read is written back', () => {
  expect(readParameters(' site = orders ; zone=eu;zone=us; ')).toEqual({ site: ['orders'], zone: ['eu', 'us'] })
  expect(readParameters('{"site":"orders","zone":["eu","us"]}')).toEqual({ site: ['orders'], zone: ['eu', 'us'] })
  expect(readParameters('query=a=b')).toEqual({ query: ['a=b'] })
  expect(readParameters('')).toEqual({})
  for (const parameters of [{ site: ['orders'], zone: ['eu', 'us'] }, { line: ['a;b', ' c'] }, {}]) {
    expect(readParameters(parametersText(parameters))).toEqual(parameters)
  }
  for (const wrong of ['site', '=x', '{', '{"a":1}', '{"a":[]}', '{"a":[1]}']) {
    expect(readParameters(wrong), wrong).toBeUndefined()
  }
})

test('one value is changed, and the others stay', () => {
  const text = 'site=orders; zone=eu; zone=us'
  expect(valueIn(text, 'zone')).toBe('eu,us')
  expect(valueIn(text, 'constructor')).toBe('')
  expect(withValue(text, 'zone', { text: '', isList: true })).toBe('site=orders')
  expect(withValue(text, 'zone', { text: 'a,b', isList: true })).toBe('site=orders; zone=a; zone=b')
  expect(withValue('site=x', 'line', { text: 'a,b;c', isList: false })).toBe('{"site":["x"],"line":["a,b;c"]}')
})
