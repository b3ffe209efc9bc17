// The header of a pane in a tab with several panes: its instance, and the actions on the pane.

import { Columns2, Download, Ellipsis, Eraser, Rows2, Search, X } from 'lucide-react'
import { useRef, type ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { Tone } from '../../shared/status'
import { taskOf } from '../containers/Place'
import { shortTask } from '../containers/words'
import { usePage, usePageState } from '../context'
import { platform } from '../frame/platform'
import { keysOf } from '../keys'
import { EnvironmentHue } from '../parts/EnvironmentHue'
import { ForeignName } from '../parts/text/Foreign'
import { Glyph } from '../parts/Glyph'
import { IconButton } from '../parts/controls/IconButton'
import { Menu } from '../parts/floats/Menu'
import { RecordingDot } from '../recordings/Mark'
import { recordEntry } from '../recordings/record'
import { sessionEntry, showTerminalSession } from '../sessions/links'
import { viewOf } from '../store/panes'
import type { Pane } from '../store/state'
import { fileNameOf, saveText } from './screen/savetext'
import type { Screen } from './screen/screen'

/** The props of the head. */
export interface PaneHeadProps {
  readonly tabKey: string
  readonly pane: Pane
  /** The name of its instance. */
  readonly label: string
  readonly tone: Tone
  /** Undefined until it is loaded. */
  readonly screen: Screen | undefined
  readonly onFind: () => void
}

/** A pane's header. */
export function PaneHead({ tabKey, pane, label, tone, screen, onFind }: PaneHeadProps): ReactNode {
  const page = usePage()
  const view = usePageState(({ snapshot }) => viewOf(pane, snapshot?.terminals ?? []))
  const isFocusGiven = useRef(false)
  /** Runs an action that moves the focus itself. */
  const focusing = (run: () => void) => (): void => {
    isFocusGiven.current = true
    run()
  }
  const split = (direction: 'right' | 'down'): (() => void) =>
    focusing(() => page.splitPane(tabKey, pane.key, direction))
  const { id } = pane.instance
  const task = taskOf(view)
  return (
    <div className="pane-head">
      <Glyph tone={tone} />
      {view?.recording !== undefined && <RecordingDot label="Recorded" />}
      <EnvironmentHue name={pane.environmentName} kind={pane.environment.kind} />
      <span className="name cut-off">
        <ForeignName text={label} />
      </span>
      {task !== undefined && <span className="id mono">{shortTask(task)}</span>}
      {task === undefined && label !== id && !label.endsWith(id.slice(-4)) && (
        <span className="id mono">
          <ForeignName text={`…${id.slice(-4)}`} />
        </span>
      )}
      <span className="space" />
      <Menu
        align="end"
        trigger={<IconButton size="small" icon={Ellipsis} label={`Menu of the pane ${shownName(label)}`} />}
        onOpen={() => {
          isFocusGiven.current = false
        }}
        onClosed={() => {
          if (!isFocusGiven.current) screen?.focus()
        }}
        items={[
          { label: 'Split right', icon: Columns2, keys: keysOf('split-right', platform), onSelect: split('right') },
          { label: 'Split down', icon: Rows2, keys: keysOf('split-down', platform), onSelect: split('down') },
          { line: true },
          { label: 'Find', icon: Search, keys: keysOf('find', platform), onSelect: focusing(onFind) },
          recordEntry(page, view),
          { ...sessionEntry(view), onSelect: focusing(() => showTerminalSession(page, view)) },
          { label: 'Clear', icon: Eraser, onSelect: () => screen?.clear() },
          {
            label: 'Save as text',
            icon: Download,
            onSelect: () => screen !== undefined && saveText(screen.text(), fileNameOf(label, Date.now())),
          },
        ]}
      />
      <IconButton
        size="small"
        icon={X}
        label={`Close pane ${shownName(label)}`}
        keys={keysOf('close-terminal', platform)}
        onClick={() => page.askToCloseTab(tabKey, pane.key)}
      />
    </div>
  )
}
