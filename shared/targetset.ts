// A target that is a set of hosts, one of which is chosen: how it is written, and which instances belong to it. Pure.
//
//   Name=web-*            instances by their Name; `*` stands for any text, in values only
//   tag:Role=db,Env=prod  by tags, all of them
//   asg:NAME              of an Auto Scaling group: the tag aws:autoscaling:groupName
//   i-0…,i-1…             these ids
//
// A backslash takes the meaning of `*`, `,`, `=` and `\` away. Keys and values are compared as AWS compares them: case counts.

import { AppError } from './errors'
import type { Instance, TagPair } from './model/instance'

/** How one host of a set is chosen: at random, the last one while it is good, or the one that was launched last. */
export type SetChoice = 'random' | 'sticky' | 'newest'

/** A set of hosts, as a person writes it, and how one of them is chosen. */
export interface TargetSet {
  /** See above. */
  readonly hosts: string
  readonly choice: SetChoice
}

/** The choices in display order. */
export const SET_CHOICES = ['random', 'sticky', 'newest'] as const satisfies readonly SetChoice[]

/** The longest text of a set, in UTF-16 units. */
export const MAX_SET_TEXT = 1_000

/** The most tags or ids of a set. */
const MAX_SET_TERMS = 50

/** The tag that EC2 Auto Scaling sets. Source: EC2 Auto Scaling user guide, "Tag Auto Scaling groups and instances". */
export const GROUP_TAG = 'aws:autoscaling:groupName'

/** A value with stars: the literal texts before, between and after them. One text: no star. */
type Pattern = readonly string[]

/** A set, parsed. */
export type HostSet =
  | { readonly kind: 'name'; readonly pattern: Pattern }
  | { readonly kind: 'tags'; readonly tags: readonly (readonly [key: string, value: Pattern])[] }
  | { readonly kind: 'group'; readonly name: Pattern }
  | { readonly kind: 'ids'; readonly ids: readonly string[] }

const NAME = 'Name='
/** ssh makes the name of a host lower case before it gives it to a ProxyCommand. */
const ANY_NAME = /^name=/i
const TAG = 'tag:'
const GROUP = 'asg:'
const FORMS = 'Name=web-*, tag:Role=db,Env=prod, asg:GROUP, or ids with commas between them'
const INSTANCE_ID = /^(i-[0-9a-f]{8}([0-9a-f]{9})?|mi-[0-9a-f]{17})$/

/** One character of a set. `at` counts from 1. A literal one stood after a backslash. */
interface Mark {
  readonly char: string
  readonly isLiteral: boolean
  readonly at: number
}

/** Whether a text is an instance id, of EC2 or of a hybrid node. */
export function isInstanceId(text: string): boolean {
  return INSTANCE_ID.test(text)
}

/** Whether a text is written as a set, well or not: with one of the three prefixes, or as ids with commas. One id alone is none. */
export function isPattern(text: string): boolean {
  if (ANY_NAME.test(text) || text.startsWith(TAG) || text.startsWith(GROUP)) return true
  const comma = text.indexOf(',')
  return comma !== -1 && isInstanceId(text.slice(0, comma).trim())
}

/** Parses a set. Throws `usage`, whose message says where the text is wrong and what to write. */
export function parseSet(text: string): HostSet {
  if (text.length > MAX_SET_TEXT) {
    throw problem(`A set has ${MAX_SET_TEXT} characters at most, and this one has ${text.length}. Name fewer hosts.`)
  }
  if (ANY_NAME.test(text)) return { kind: 'name', pattern: only(marksOf(text, NAME.length), 'Name', NAME) }
  if (text.startsWith(GROUP)) {
    return { kind: 'group', name: only(marksOf(text, GROUP.length), 'name of a group', GROUP) }
  }
  if (text.startsWith(TAG)) return { kind: 'tags', tags: terms(marksOf(text, TAG.length)).map((term) => tagOf(term)) }
  return { kind: 'ids', ids: idsOf(text) }
}

/** Why a text is no set, as a sentence; undefined if it is one. */
export function setProblem(text: string): string | undefined {
  try {
    parseSet(text)
    return undefined
  } catch (error) {
    if (error instanceof AppError) return error.message
    throw error
  }
}

/** Writes a set so that `parseSet` reads the same. */
export function formatSet(set: HostSet): string {
  switch (set.kind) {
    case 'name':
      return `${NAME}${formatPattern(set.pattern)}`
    case 'group':
      return `${GROUP}${formatPattern(set.name)}`
    case 'tags':
      return `${TAG}${set.tags.map(([key, value]) => `${escaped(key)}=${formatPattern(value)}`).join(',')}`
    case 'ids':
      return set.ids.join(',')
  }
}

/** Whether an instance belongs to a set, in whatever state it is. */
export function matches(set: HostSet, instance: Pick<Instance, 'id' | 'name' | 'tags'>): boolean {
  switch (set.kind) {
    case 'name':
      return fits(set.pattern, instance.name)
    case 'group':
      return bears(instance, GROUP_TAG, set.name)
    case 'tags':
      return set.tags.every(([key, value]) => bears(instance, key, value))
    case 'ids':
      return set.ids.includes(instance.id)
  }
}

/** The instances of a set that is given as text; none for a malformed text. */
export function membersOf<T extends Pick<Instance, 'id' | 'name' | 'tags'>>(
  hosts: string,
  instances: readonly T[],
): readonly T[] {
  if (setProblem(hosts) !== undefined) return []
  const set = parseSet(hosts)
  return instances.filter((instance) => matches(set, instance))
}

/** Whether a host can be chosen: it runs, and its agent is online. */
export function isGoodHost({ state, agent }: Pick<Instance, 'state' | 'agent'>): boolean {
  return state === 'running' && agent.kind === 'online'
}

/** The tags of a set that name one value: a listing may be filtered by them. */
export function literalTags(set: HostSet): readonly TagPair[] {
  const pairs = set.kind === 'tags' ? set.tags : set.kind === 'group' ? [[GROUP_TAG, set.name] as const] : []
  return pairs.flatMap(([key, value]): TagPair[] => {
    const [first, ...more] = value
    return first === undefined || more.length > 0 ? [] : [[key, first]]
  })
}

function problem(message: string): AppError {
  return new AppError('usage', message)
}

function bears({ tags }: Pick<Instance, 'tags'>, key: string, pattern: Pattern): boolean {
  const value = Object.hasOwn(tags, key) ? tags[key] : undefined
  return value !== undefined && fits(pattern, value)
}

/** Whether a text fits a pattern. Takes the first place for each literal text, so the time is bounded by both lengths. */
function fits(pattern: Pattern, text: string): boolean {
  const [first = '', ...rest] = pattern
  const last = rest.pop()
  if (last === undefined) return text === first
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  const end = text.length - last.length
  let from = first.length
  for (const part of rest) {
    const found = text.indexOf(part, from)
    if (found === -1 || found + part.length > end) return false
    from = found + part.length
  }
  return true
}

/** The characters after a prefix, each with whether a backslash stood before it. */
function marksOf(text: string, prefix: number): Mark[] {
  const marks: Mark[] = []
  for (let index = prefix; index < text.length; index += 1) {
    const at = index + 1
    const isLiteral = text.charAt(index) === '\\'
    if (isLiteral) index += 1
    if (index === text.length) {
      throw problem(`The \\ at the end (character ${at}) has nothing behind it. Write \\\\ for a backslash.`)
    }
    marks.push({ char: text.charAt(index), isLiteral, at })
  }
  return marks
}

function is({ char, isLiteral }: Mark, sign: string): boolean {
  return char === sign && !isLiteral
}

/** The parts between the commas. */
function terms(marks: readonly Mark[]): Mark[][] {
  const found: Mark[][] = [[]]
  for (const mark of marks) {
    if (is(mark, ',')) found.push([])
    else found.at(-1)?.push(mark)
  }
  checkCount(found.length, 'tags')
  return found
}

function checkCount(count: number, what: string): void {
  if (count > MAX_SET_TERMS) {
    throw problem(`A set has ${MAX_SET_TERMS} ${what} at most, and this one has ${count}. Name fewer.`)
  }
}

function tagOf(term: readonly Mark[]): readonly [key: string, value: Pattern] {
  const equals = term.findIndex((mark) => is(mark, '='))
  const key = term.slice(0, equals === -1 ? term.length : equals)
  const text = literal(key)
  const [start] = term
  if (start === undefined) throw problem('A tag is missing at a comma or behind tag:. Write tag:Role=db,Env=prod.')
  if (equals === -1) {
    const where = `"${text}" (character ${start.at})`
    throw problem(`The tag ${where} has no value. Write ${text}=VALUE, or ${text}=* for any value.`)
  }
  if (text === '') throw problem(`The tag at character ${start.at} has no key. Write KEY=VALUE.`)
  const star = key.find((mark) => is(mark, '*'))
  if (star !== undefined) {
    throw problem(`A * (character ${star.at}) can stand in a value only. Write \\* for a * in the key of a tag.`)
  }
  return [text, patternOf(term.slice(equals + 1))]
}

/** The only value of `Name=` or `asg:`. */
function only(marks: readonly Mark[], what: string, prefix: string): Pattern {
  if (marks.length === 0) throw problem(`The ${what} is missing. Write ${prefix}web-*, where * stands for any text.`)
  const comma = marks.find((mark) => is(mark, ','))
  if (comma !== undefined) {
    throw problem(
      `A comma (character ${comma.at}) can stand between tags or ids only. ` +
        `Write \\, for a comma in a ${what}, or tag:KEY=VALUE,KEY=VALUE for several tags.`,
    )
  }
  return patternOf(marks)
}

function patternOf(marks: readonly Mark[]): Pattern {
  const texts = ['']
  let isAfterStar = false
  for (const mark of marks) {
    const isStar = is(mark, '*')
    // Two stars in a row mean the same as one.
    if (isStar && !isAfterStar) texts.push('')
    if (!isStar) texts.push(`${texts.pop() ?? ''}${mark.char}`)
    isAfterStar = isStar
  }
  return texts
}

function literal(marks: readonly Mark[]): string {
  return marks.map(({ char }) => char).join('')
}

function idsOf(text: string): readonly string[] {
  if (text.trim() === '') throw problem(`A set is written as ${FORMS}.`)
  const ids = text.split(',').map((id) => id.trim())
  checkCount(ids.length, 'ids')
  const wrong = ids.findIndex((id) => !isInstanceId(id))
  const id = ids[wrong]
  if (id === undefined) return [...new Set(ids)]
  if (ids.length === 1) throw problem(`"${id}" is no set of hosts. A set is written as ${FORMS}.`)
  if (id === '') throw problem(`Id ${wrong + 1} of the list is missing. Write i-…,i-… without a comma at the end.`)
  throw problem(
    `"${id}" (${wrong + 1} of the list) is no instance id. Write i-…,i-…, or ${NAME}${escaped(id)} for a Name.`,
  )
}

function escaped(text: string): string {
  return text.replace(/[\\*,=]/g, (sign) => `\\${sign}`)
}

function formatPattern(pattern: Pattern): string {
  return pattern.map((text) => escaped(text)).join('*')
}
