// The context menu of a terminal's screen: opened by the secondary mouse button, the menu key or Shift+F10.
//
// A program that uses the mouse does not receive the secondary button: otherwise it could open its own menu below this one.
// The keys are handled before xterm.js, which would send Shift+F10 to the shell.

import { ClipboardPaste, Copy, Download, Eraser, Search } from 'lucide-react'
import { useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import { usePage } from '../context'
import { platform } from '../frame/platform'
import { keysOf } from '../keys'
import { ContextMenu } from '../parts/floats/Menu'
import { fileNameOf, saveText } from './screen/savetext'
import type { TerminalView } from '../../shared/model/terminal'
import { recordEntry } from '../recordings/record'
import type { Screen } from './screen/screen'

const isMac = platform === 'mac'
const COPY_KEYS = isMac ? ['⌘', 'C'] : ['Ctrl', 'Shift', 'C']
const PASTE_KEYS = isMac ? ['⌘', 'V'] : ['Ctrl', 'Shift', 'V']

/** The props of the menu. */
export interface ScreenMenuProps {
  /** The label of the terminal's instance. */
  readonly label: string
  /** Undefined until it is loaded. */
  readonly screen: Screen | undefined
  /** The terminal, once it is listed. */
  readonly view: TerminalView | undefined
  /** Whether its session has ended. */
  readonly isOver: boolean
  readonly onFind: () => void
  /** The element around the screen; it takes a ref and the properties of a trigger. */
  readonly children: ReactNode
}

function hush(event: MouseEvent): void {
  if (event.button === 2) event.stopPropagation()
}

/** Opens the menu at the cursor. */
function openByKey(event: KeyboardEvent<HTMLElement>): void {
  const isKey = event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)
  if (!isKey || event.ctrlKey || event.altKey || event.metaKey) return
  event.preventDefault()
  event.stopPropagation()
  const { target } = event
  if (!(target instanceof HTMLElement)) return
  const { left, bottom } = target.getBoundingClientRect()
  const place = { clientX: Math.round(left), clientY: Math.round(bottom) }
  target.dispatchEvent(new window.MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...place }))
}

/** Adds the context menu of a terminal to its child. */
export function ScreenMenu({ label, screen, view, isOver, onFind, children }: ScreenMenuProps): ReactNode {
  const page = usePage()
  const [isSelected, setSelected] = useState(false)
  const isFinding = useRef(false)
  const copy = (): void => {
    navigator.clipboard.writeText(screen?.selection ?? '').then(
      () => page.announce('Copied.'),
      () => page.toast({ tone: 'failed', title: 'Not copied.', text: 'The browser keeps the clipboard to itself.' }),
    )
  }
  const paste = (): void => {
    navigator.clipboard.readText().then(
      (text) => screen?.paste(text),
      () =>
        page.toast({
          tone: 'failed',
          title: 'Not pasted.',
          text: `The browser does not let this page read the clipboard. Press ${PASTE_KEYS.join(isMac ? '' : '+')}.`,
        }),
    )
  }
  const save = (): void => {
    if (screen !== undefined) saveText(screen.text(), fileNameOf(label, Date.now()))
  }
  return (
    <ContextMenu
      label={`Menu of the terminal ${shownName(label)}`}
      onOpen={() => {
        isFinding.current = false
        setSelected(screen?.selection !== undefined && screen.selection !== '')
      }}
      onClosed={() => {
        if (!isFinding.current) screen?.focus()
      }}
      items={[
        {
          label: 'Copy',
          icon: Copy,
          keys: COPY_KEYS,
          reason: isSelected ? undefined : 'select text first',
          onSelect: copy,
        },
        {
          label: 'Paste',
          icon: ClipboardPaste,
          keys: PASTE_KEYS,
          reason: isOver ? 'the session has ended' : undefined,
          onSelect: paste,
        },
        { line: true },
        {
          label: 'Find',
          icon: Search,
          keys: keysOf('find', platform),
          onSelect: () => {
            isFinding.current = true
            onFind()
          },
        },
        { label: 'Clear', icon: Eraser, onSelect: () => screen?.clear() },
        { label: 'Save as text', icon: Download, onSelect: save },
        recordEntry(page, view),
      ]}
    >
      {/* The element only intercepts events of the screen and is no control itself: the screen in it has the focus. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div className="screen-menu" onMouseDownCapture={hush} onMouseUpCapture={hush} onKeyDownCapture={openByKey}>
        {children}
      </div>
    </ContextMenu>
  )
}
