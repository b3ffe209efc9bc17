import { beforeEach, expect, test } from 'vitest'
import { Notices } from './notices'

let changes = 0
let notices: Notices
beforeEach(() => {
  changes = 0
  notices = new Notices(() => (changes += 1))
})

const titles = (): string[] => notices.items.map(({ title, text }) => `${title} ${text}`)

test('a notice that says the same is shown once, until it is dismissed', () => {
  notices.add({ tone: 'idle', title: 'A', text: '1' })
  notices.add({ tone: 'idle', title: 'A', text: '1' })
  notices.add({ tone: 'idle', title: 'A', text: '2' })
  expect([titles(), changes]).toEqual([['A 1', 'A 2'], 2])
  notices.dismiss(notices.items[0]!.id)
  expect(titles()).toEqual(['A 2'])
})

test('a problem is shown in place of the one before of its subject, and goes with it', () => {
  notices.standProblem('journal', 'J', 'full')
  notices.standProblem('profiles', 'P', 'broken')
  notices.standProblem('journal', 'J', 'locked')
  expect(titles()).toEqual(['P broken', 'J locked'])
  notices.standProblem('journal', 'J', undefined)
  expect(titles()).toEqual(['P broken'])
  notices.standProblem('journal', 'J', undefined)
  expect(changes).toBe(4)
})

test('a problem that was dismissed comes back when it is another one, and not before', () => {
  notices.standProblem('journal', 'J', 'full')
  notices.dismiss(notices.items[0]!.id)
  notices.standProblem('journal', 'J', 'full')
  expect(titles()).toEqual([])
  notices.standProblem('journal', 'J', 'locked')
  expect(titles()).toEqual(['J locked'])
})

test('a file that was put aside is told with its path, and one that was read is not', () => {
  notices.addKeptAside('settings', undefined)
  expect(titles()).toEqual([])
  notices.addKeptAside('settings', '/data/settings.1.json')
  expect(titles()).toEqual([
    'The file of settings could not be read. Culvert starts without it and kept it, unchanged, as /data/settings.1.json.',
  ])
})
