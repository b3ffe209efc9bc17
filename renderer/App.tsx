// The window: top bar, rail, the current view, the dock of terminals, and the dialogs, menus and toasts above them.

import { lazy, Suspense, type ReactNode } from 'react'
import { shownSentence } from '../shared/foreigntext'
import { usePageState } from './context'
import { DemoStrip } from './demo/Strip'
import { ForwardEditor } from './forwards/editor/Editor'
import { Forwards } from './forwards/Forwards'
import { TurnOffQuestion } from './forwards/TurnOff'
import { useAppearance } from './frame/appearance'
import { Boundary } from './frame/Boundary'
import { Docked } from './frame/Dock'
import { useGoneHost } from './frame/gonehost'
import { useFocusMemory } from './frame/focusmemory'
import { Notices } from './frame/Notices'
import { Rail } from './frame/Rail'
import { Refused } from './frame/Refused'
import { useShortcuts } from './frame/shortcuts'
import { TopBar } from './frame/TopBar'
import { Instances } from './instances/Instances'
import { FullText } from './parts/text/FullText'
import { Toasts } from './parts/floats/Toasts'
import { TooltipRoom } from './parts/floats/Tooltip'
import { Questions } from './questions/Questions'
import type { View as ViewName } from './store/state'
import { Terminals } from './terminals/Terminals'

// Loaded as separate chunks, so that parts that are not visible at first do not delay the first paint.
const Palette = lazy(async () => ({ default: (await import('./palette/Palette')).Palette }))
const Activity = lazy(async () => ({ default: (await import('./activity/Activity')).Activity }))
const Doctor = lazy(async () => ({ default: (await import('./doctor/Doctor')).Doctor }))
const Targets = lazy(async () => ({ default: (await import('./targets/Targets')).Targets }))
const Sessions = lazy(async () => ({ default: (await import('./sessions/Sessions')).Sessions }))
const ContainerDialogs = lazy(async () => ({ default: (await import('./ephemeral/Dialogs')).ContainerDialogs }))
const Recordings = lazy(async () => ({ default: (await import('./recordings/Recordings')).Recordings }))
const Settings = lazy(async () => ({ default: (await import('./settings/Settings')).Settings }))

function View({ view }: { readonly view: ViewName }): ReactNode {
  switch (view) {
    case 'instances':
      return <Instances />
    case 'forwards':
      return <Forwards />
    case 'sessions':
      return <Sessions />
    case 'recordings':
      return <Recordings />
    case 'activity':
      return <Activity />
    case 'settings':
      return <Settings />
  }
}

/** The doctor's dialog, loaded when it is first opened. */
function OpenDoctor(): ReactNode {
  const subject = usePageState((state) => state.doctor)
  return subject === undefined ? null : <Doctor subject={subject} />
}

/** The dialogs about saved targets, loaded when one is first opened. */
function OpenTargets(): ReactNode {
  const isOpen = usePageState((state) => state.targetDialog.kind !== 'closed')
  return isOpen ? <Targets /> : null
}

/** The dialogs about containers and ephemeral sessions, loaded when one is first opened. */
function OpenContainerDialog(): ReactNode {
  const isOpen = usePageState((state) => state.containerDialog.kind !== 'closed')
  return isOpen ? <ContainerDialogs /> : null
}

/** The live regions. They are empty at first, so that screen readers read out each later sentence. */
function Voice(): ReactNode {
  const announcement = usePageState((state) => state.announcement)
  const alarm = usePageState((state) => state.alarm)
  return (
    <>
      <div className="hidden" aria-live="polite">
        <span key={announcement.count}>{shownSentence(announcement.text)}</span>
      </div>
      <div className="hidden" aria-live="assertive">
        <span key={alarm.count}>{shownSentence(alarm.text)}</span>
      </div>
    </>
  )
}

function Shortcuts(): ReactNode {
  useShortcuts()
  return null
}

function Window(): ReactNode {
  useFocusMemory()
  const view = usePageState((state) => state.view)
  const isBeside = usePageState((state) => state.dock === 'right')
  const isGone = useGoneHost()
  return (
    <div className={`app ${isBeside ? 'beside' : ''} ${isGone ? 'gone' : ''}`}>
      {!isGone && <Shortcuts />}
      {/* Without its host the page can do nothing: every control is disabled, and all text stays. */}
      <fieldset disabled={isGone}>
        <TopBar />
        <Rail />
        <div className="stage">
          <Notices />
          <DemoStrip />
          <Docked
            view={
              <Boundary key={view}>
                <Suspense>
                  <View view={view} />
                </Suspense>
              </Boundary>
            }
            dock={(splitter) => <Terminals splitter={splitter} />}
          />
        </div>
      </fieldset>
    </div>
  )
}

/** The whole page. */
export function App(): ReactNode {
  useAppearance()
  const connection = usePageState((state) => state.connection)
  if (connection === 'refused' || connection === 'tokenless') return <Refused connection={connection} />
  return (
    <TooltipRoom>
      <Window />
      <ForwardEditor />
      <TurnOffQuestion />
      <Questions />
      <Suspense>
        <Palette />
        <OpenDoctor />
        <OpenTargets />
        <OpenContainerDialog />
      </Suspense>
      <Toasts />
      <FullText />
      <Voice />
    </TooltipRoom>
  )
}
