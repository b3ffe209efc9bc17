import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatSet, isPattern, literalTags, matches, membersOf, parseSet, setProblem, type HostSet } from './targetset'

const [ID, OTHER, NODE] = ['i-0123456789abcdef0', 'i-01234567', 'mi-0123456789abcdef0']

function host(name: string, tags: Readonly<Record<string, string>> = {}, id = ID) {
  return { id, name, tags }
}

test('each form is parsed as it is written', () => {
  expect(parseSet('Name=web-*')).toEqual({ kind: 'name', pattern: ['web-', ''] })
  expect(parseSet('tag:Role=db,Env=*prod*')).toEqual({
    kind: 'tags',
    tags: [
      ['Role', ['db']],
      ['Env', ['', 'prod', '']],
    ],
  })
  expect(parseSet('name=Web')).toEqual({ kind: 'name', pattern: ['Web'] })
  expect(parseSet('asg:web')).toEqual({ kind: 'group', name: ['web'] })
  expect(parseSet(`${ID}, ${OTHER},${NODE},${ID}`)).toEqual({ kind: 'ids', ids: [ID, OTHER, NODE] })
  expect(parseSet('tag:Empty=')).toEqual({ kind: 'tags', tags: [['Empty', ['']]] })
})

test('a backslash takes the meaning of a sign away', () => {
  expect(parseSet(String.raw`Name=a\*b\,c\\`)).toEqual({ kind: 'name', pattern: [String.raw`a*b,c` + '\\'] })
  expect(parseSet(String.raw`tag:a\=b=c=d,e\,f=g`)).toEqual({
    kind: 'tags',
    tags: [
      ['a=b', ['c=d']],
      ['e,f', ['g']],
    ],
  })
})

test('a malformed set says where it is wrong and what to write', () => {
  const problems = {
    '': 'A set is written as Name=web-*',
    'web-1': '"web-1" is no set of hosts.',
    'Name=': 'The Name is missing. Write Name=web-*',
    'asg:': 'The name of a group is missing. Write asg:web-*',
    'Name=a,b': 'A comma (character 7) can stand between tags or ids only. Write \\, for a comma in a Name',
    'Name=a\\': 'The \\ at the end (character 7) has nothing behind it.',
    'tag:': 'A tag is missing',
    'tag:a=b,': 'A tag is missing',
    'tag:a=b,Role': 'The tag "Role" (character 9) has no value. Write Role=VALUE, or Role=* for any value.',
    'tag:=b': 'The tag at character 5 has no key.',
    'tag:Ro*e=b': 'A * (character 7) can stand in a value only.',
    [`${ID},web,1`]: '"web" (2 of the list) is no instance id. Write i-…,i-…, or Name=web for a Name.',
    [`${ID},`]: 'Id 2 of the list is missing.',
    [`Name=${'a'.repeat(996)}`]: 'A set has 1000 characters at most, and this one has 1001.',
    [`tag:${Array.from({ length: 51 }, () => 'a=b').join(',')}`]: 'A set has 50 tags at most, and this one has 51.',
  }
  for (const [text, start] of Object.entries(problems)) expect(setProblem(text), text).toMatch(startOf(start))
})

function startOf(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`)
}

test('only what is written as a set is a pattern', () => {
  for (const text of ['Name=a', 'tag:', 'asg:x', `${ID},x`]) expect(isPattern(text), text).toBe(true)
  for (const text of ['web-*', 'name', ID, 'a,b', `ecs:c_${ID},`, 'target:Name=x']) {
    expect(isPattern(text), text).toBe(false)
  }
})

test('a Name, a group, tags and ids have the hosts that fit them wholly', () => {
  const hosts = [
    host('web-1', { Role: 'web', Env: 'prod', 'aws:autoscaling:groupName': 'web' }),
    host('web-2', { Role: 'web', Env: 'test' }, OTHER),
    host('my-web-1', { Role: 'db' }, NODE),
  ]
  const names = (text: string): string[] => membersOf(text, hosts).map(({ name }) => name)
  expect(names('Name=web-*')).toEqual(['web-1', 'web-2'])
  expect(names('Name=web-1')).toEqual(['web-1'])
  expect(names('Name=*-1')).toEqual(['web-1', 'my-web-1'])
  expect(names('Name=Web-1')).toEqual([])
  expect(names('tag:Role=web,Env=prod')).toEqual(['web-1'])
  expect(names('tag:Env=*')).toEqual(['web-1', 'web-2'])
  expect(names('tag:toString=*')).toEqual([])
  expect(names('asg:web')).toEqual(['web-1'])
  expect(names(`${NODE},${OTHER}`)).toEqual(['web-2', 'my-web-1'])
  expect(names('Name=')).toEqual([])
})

test('the parts of a pattern do not overlap', () => {
  const fits = (text: string, name: string): boolean => matches(parseSet(`Name=${text}`), host(name))
  expect(fits('ab*ba', 'aba')).toBe(false)
  expect(fits('ab*ba', 'abba')).toBe(true)
  expect(fits('a*b*b', 'ab')).toBe(false)
  expect(fits('a*b*c', 'axbxbxc')).toBe(true)
  expect(fits('*', '')).toBe(true)
})

test('only tags with one value can filter a listing', () => {
  expect(literalTags(parseSet('tag:Role=db,Env=p*'))).toEqual([['Role', 'db']])
  expect(literalTags(parseSet('asg:web'))).toEqual([['aws:autoscaling:groupName', 'web']])
  expect(literalTags(parseSet('Name=web'))).toEqual([])
})

const word = fc.string({ maxLength: 6 })
const filled = fc.string({ minLength: 1, maxLength: 6 })
/** Inner texts are filled, because two stars in a row are one. */
const pattern = fc.oneof(
  filled.map((text) => [text]),
  fc.tuple(word, fc.array(filled, { maxLength: 3 }), word).map(([first, inner, last]) => [first, ...inner, last]),
)
const ids = fc.uniqueArray(fc.constantFrom(ID, OTHER, NODE), { minLength: 1 })
const anySet: fc.Arbitrary<HostSet> = fc.oneof(
  pattern.map((text) => ({ kind: 'name' as const, pattern: text })),
  pattern.map((name) => ({ kind: 'group' as const, name })),
  fc.array(fc.tuple(filled, pattern), { minLength: 1, maxLength: 5 }).map((tags) => ({ kind: 'tags' as const, tags })),
  ids.map((list) => ({ kind: 'ids' as const, ids: list })),
)

test('what is formatted is parsed as the same set', () => {
  fc.assert(
    fc.property(anySet, (set) => {
      expect(parseSet(formatSet(set))).toEqual(set)
    }),
  )
})

test('a text is a set or has a problem, and a set has a form of its own', () => {
  const texts = fc.tuple(fc.constantFrom('Name=', 'tag:', 'asg:', ''), fc.string()).map((parts) => parts.join(''))
  fc.assert(
    fc.property(texts, (text) => {
      if (setProblem(text) !== undefined) return
      const set = parseSet(text)
      expect(parseSet(formatSet(set))).toEqual(set)
    }),
  )
})

test('a pattern matches what it was made from, with any text at its stars', () => {
  fc.assert(
    fc.property(pattern, word, (texts, between) => {
      const set: HostSet = { kind: 'name', pattern: texts }
      expect(matches(set, host(texts.join(between)))).toBe(true)
    }),
  )
})
