import { expect, it } from 'vitest'
import { menuTemplate, type MenuEntry } from './menu'

function entriesOf(template: readonly MenuEntry[]): MenuEntry[] {
  return template.flatMap((entry) => [entry, ...entriesOf(entry.submenu ?? [])])
}

it('offers to reload and to look inside in development only', () => {
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    const roles = (isDevelopment: boolean): unknown[] =>
      entriesOf(menuTemplate(platform, isDevelopment)).map(({ role }) => role)
    for (const role of ['reload', 'toggleDevTools']) {
      expect(roles(true)).toContain(role)
      expect(roles(false)).not.toContain(role)
    }
    // What terminals and text fields need where the system takes these keys from the menu.
    expect(roles(false)).toEqual(expect.arrayContaining(['copy', 'paste', 'selectAll', 'quit']))
  }
})

it('has the menus of the system on macOS', () => {
  expect(menuTemplate('darwin', false).map(({ label }) => label)).toEqual(['Culvert', 'Edit', 'View', 'Window'])
  expect(menuTemplate('linux', false).map(({ label }) => label)).toEqual(['File', 'Edit', 'View'])
})
