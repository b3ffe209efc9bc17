// The list of keys in the settings: the keys of the whole page from keys.ts, and the keys of rows and terminals.

import type { Platform } from '../frame/platform'
import { chordsOf, keysOf, type KeyAction } from '../keys'

/** One line of the list. `keys`: one chord, or several alternatives. */
interface KeyLine {
  readonly text: string
  readonly keys: readonly (readonly string[])[]
}

/** A group of related lines. */
export interface KeyGroup {
  readonly title: string
  readonly lines: readonly KeyLine[]
}

/** All keys, grouped by where they work. */
export function keyGroups(platform: Platform): readonly KeyGroup[] {
  /** A line for one action with all of its chords, or for several actions with one chord each. */
  const line = (text: string, action: KeyAction, ...more: readonly KeyAction[]): KeyLine => ({
    text,
    keys: more.length === 0 ? chordsOf(action, platform) : [action, ...more].map((each) => keysOf(each, platform)),
  })
  const isMac = platform === 'mac'
  const command = isMac ? '⌘' : 'Ctrl'
  return [
    {
      title: 'Everywhere',
      lines: [
        line('Search or run a command', 'palette'),
        line('New forward', 'new-forward'),
        line('Settings', 'settings'),
        {
          text: 'Go to Instances, Forwards, Sessions, Recordings, Activity',
          keys: [
            ['G', 'I'],
            ['G', 'F'],
            ['G', 'S'],
            ['G', 'R'],
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
        { text: 'Ephemeral session like the service', keys: [['E']] },
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
        { text: 'Delete', keys: [[isMac ? '⌫' : 'Del']] },
      ],
    },
    {
      title: 'Recordings',
      lines: [
        { text: 'Play', keys: [['Enter']] },
        { text: 'Export', keys: [['E']] },
        { text: 'Delete', keys: [['Del']] },
        { text: 'Play, pause', keys: [['Space']] },
        { text: '5 s back, on', keys: [['←'], ['→']] },
        {
          text: 'A tenth back, on',
          keys: [
            ['Shift', '←'],
            ['Shift', '→'],
          ],
        },
        { text: 'Previous marker, next marker', keys: [['['], [']']] },
      ],
    },
    {
      title: 'Terminals',
      lines: [
        line('Show or hide terminals', 'dock'),
        line('New terminal, close it', 'new-terminal', 'close-terminal'),
        line('Reopen closed terminal', 'reopen-terminal'),
        line('Next tab, previous tab', 'next-tab', 'previous-tab'),
        line('First tab to the ninth', 'tab-1', 'tab-9'),
        line('Move the tab left, right', 'tab-left', 'tab-right'),
        { text: 'Rename the tab', keys: [['F2']] },
        line('Split right, down', 'split-right', 'split-down'),
        line('Go to the pane on the left, on the right', 'pane-left', 'pane-right'),
        line('Go to the pane above, below', 'pane-up', 'pane-down'),
        line('Record, stop recording', 'record-terminal'),
        line('Find', 'find'),
        { text: 'Next match, previous match', keys: [['Enter'], ['Shift', 'Enter']] },
        {
          text: 'Copy, paste',
          keys: isMac
            ? [
                ['⌘', 'C'],
                ['⌘', 'V'],
              ]
            : [
                ['Ctrl', 'Shift', 'C'],
                ['Ctrl', 'Shift', 'V'],
              ],
        },
        { text: 'Menu', keys: [['Shift', 'F10']] },
        line('Larger text, smaller, as it was', 'font-larger', 'font-smaller', 'font-reset'),
        { text: 'Leave the terminal: Tab moves the focus', keys: [isMac ? ['⌃', '⇧', 'M'] : ['Ctrl', 'Shift', 'M']] },
        { text: 'Reconnect an ended terminal', keys: [['Enter']] },
      ],
    },
  ]
}
