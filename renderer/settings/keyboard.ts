// The keys as the settings list them: those of the whole page from keys.ts, and those of rows and terminals.

import type { Platform } from '../frame/platform'
import { chordsOf, keysOf, type KeyAction } from '../keys'

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
  /** One action with all of its chords, or several of which each has its own. */
  const line = (text: string, action: KeyAction, ...more: readonly KeyAction[]): KeyLine => ({
    text,
    keys: more.length === 0 ? chordsOf(action, platform) : [action, ...more].map((each) => keysOf(each, platform)),
  })
  const command = platform === 'mac' ? '⌘' : 'Ctrl'
  const leave = platform === 'mac' ? ['⌃', '⇧', 'M'] : ['Ctrl', 'Shift', 'M']
  return [
    {
      title: 'Everywhere',
      lines: [
        line('Search or run a command', 'palette'),
        line('New forward', 'new-forward'),
        line('Settings', 'settings'),
        {
          text: 'Go to Instances, Forwards, Activity',
          keys: [
            ['G', 'I'],
            ['G', 'F'],
            ['G', 'A'],
          ],
        },
        line('Filter the view', 'filter'),
        line('Next region, previous region', 'next-region', 'previous-region'),
        { text: 'Close the panel, menu or dialog', keys: [['Esc']] },
      ],
    },
    {
      title: 'Instances',
      lines: [
        { text: 'Connect', keys: [['Enter']] },
        { text: 'New forward through the instance', keys: [['F']] },
        { text: 'Show or hide details', keys: [['Space']] },
        { text: 'Refresh the list', keys: [['R']] },
        { text: 'Fold or unfold a group', keys: [['←'], ['→'], ['Enter']] },
        { text: 'Choose a column, sort by it', keys: [['←'], ['→'], ['Enter']] },
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
        line('New terminal, close terminal', 'new-terminal', 'close-terminal'),
        line('Next tab, previous tab', 'next-tab', 'previous-tab'),
        line('Tab 1 to tab 9', 'tab-1', 'tab-9'),
        { text: 'Let Tab move the focus, or go to the shell again', keys: [leave] },
        { text: 'Reconnect a terminal that has ended', keys: [['Enter']] },
      ],
    },
  ]
}
