// The keys as the settings list them: those of the whole page from keys.ts, and those of rows.

import type { Platform } from '../frame/platform'
import { keysOf, type KeyAction } from '../keys'

/** One line of the list. `keys`: one chord, or several of which each does it. */
interface KeyLine {
  readonly text: string
  readonly keys: readonly (readonly string[])[]
}

/** The lines that belong together. */
export interface KeyGroup {
  readonly title: string
  readonly lines: readonly KeyLine[]
}

/** Every key that does something, by where it does it. */
export function keyGroups(platform: Platform): readonly KeyGroup[] {
  const line = (text: string, ...actions: readonly KeyAction[]): KeyLine => ({
    text,
    keys: actions.map((action) => keysOf(action, platform)),
  })
  const command = platform === 'mac' ? '⌘' : 'Ctrl'
  return [
    {
      title: 'Everywhere',
      lines: [
        line('Search or run a command', 'palette'),
        line('New forward', 'new-forward'),
        line('Settings', 'settings'),
        {
          text: 'Instances, Forwards, Activity',
          keys: [
            ['G', 'I'],
            ['G', 'F'],
            ['G', 'A'],
          ],
        },
        line('Filter the view', 'filter'),
        line('Next region, previous region', 'next-region', 'previous-region'),
      ],
    },
    {
      title: 'Forwards',
      lines: [
        { text: 'Turn on or off', keys: [['Space']] },
        { text: 'Show details', keys: [['Enter']] },
        { text: 'Edit', keys: [['E']] },
        { text: 'Copy the address', keys: [[command, 'C']] },
        { text: 'Open in the browser', keys: [['O']] },
        { text: 'Try again', keys: [['R']] },
        { text: 'Delete', keys: [[platform === 'mac' ? '⌫' : 'Del']] },
      ],
    },
    {
      title: 'Terminals',
      lines: [
        line('Show or hide terminals', 'dock'),
        line('New terminal, close it', 'new-terminal', 'close-terminal'),
        line('Next tab, previous tab', 'next-tab', 'previous-tab'),
        line('First tab to the ninth', 'tab-1', 'tab-9'),
      ],
    },
  ]
}
