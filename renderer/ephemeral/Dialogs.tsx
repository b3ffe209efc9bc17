// The dialogs about containers and ephemeral sessions, one at a time.

import './ephemeral.css'
import { useRef, type ReactNode } from 'react'
import type { EnvironmentRef } from '../../shared/model/environment'
import { RunDialog } from '../containers/RunDialog'
import { usePage, usePageState } from '../context'
import { Button } from '../parts/controls/Button'
import { Dialog } from '../parts/floats/Dialog'
import { ForeignName } from '../parts/text/Foreign'
import type { ContainerDialog } from '../store/containerdialog'
import { OpenSessions } from './Open'
import { StartDialog } from './StartDialog'
import { useSessions } from './useSessions'

/** Asks before something is started; the safe button has the focus. */
function StartQuestion(props: {
  readonly title: ReactNode
  /** The label of the confirming button, a verb. */
  readonly confirm: string
  readonly onConfirm: () => void
  /** What is started, in the body of the dialog. */
  readonly children: ReactNode
}): ReactNode {
  const { title, confirm, onConfirm, children } = props
  const page = usePage()
  const keep = useRef<HTMLButtonElement>(null)
  const close = (): void => page.arrange({ containerDialog: { kind: 'closed' } })
  return (
    <Dialog isNarrow title={title} onClose={close} firstFocus={keep}>
      {children}
      <footer>
        <Button size="large" ref={keep} onClick={close}>
          Not now
        </Button>
        <Button
          size="large"
          variant="primary"
          onClick={() => {
            close()
            onConfirm()
          }}
        >
          {confirm}
        </Button>
      </footer>
    </Dialog>
  )
}

/** Asks whether a definition of Culvert's own may be registered, and says what becomes of it. */
function DeriveDialog({ terminalId }: { readonly terminalId: string }): ReactNode {
  const page = usePage()
  const view = usePageState((state) => state.snapshot?.terminals.find(({ id }) => id === terminalId))
  const offer = view?.ephemeral?.offer
  if (view === undefined || offer === undefined) return null
  return (
    <StartQuestion
      title="Register a definition for this session?"
      confirm="Register and start"
      onConfirm={() => void page.ask('ephemeral.derive', { terminalId, ...view.size })}
    >
      <div className="body derive">
        <p>
          The image ignores the command that Culvert gives it, and would start a second app. Its task was stopped. ECS
          cannot replace an entry point for one task, so this needs a task definition without it.
        </p>
        <dl>
          <dt>Registered now</dt>
          <dd>
            <span className="mono">
              <ForeignName text={offer.family} />
            </span>
            , a copy of the service’s definition whose container starts with Culvert’s watcher. It is tagged with this
            operation.
          </dd>
          <dt>Deregistered</dt>
          <dd>once the session has ended. After a crash Culvert does it at its next start.</dd>
          <dt>Needed</dt>
          <dd>
            <span className="mono">ecs:RegisterTaskDefinition</span>,{' '}
            <span className="mono">ecs:DeregisterTaskDefinition</span>, and <span className="mono">iam:PassRole</span>{' '}
            on the roles of the task.
          </dd>
        </dl>
      </div>
    </StartQuestion>
  )
}

type Again = Extract<ContainerDialog, { readonly kind: 'again' }>

/** Asks before a key starts a task: Enter restarts every other terminal at once. */
function AgainDialog({ asked }: { readonly asked: Again }): ReactNode {
  const page = usePage()
  return (
    <StartQuestion
      title={
        <>
          Start another task like <ForeignName text={asked.service} />?
        </>
      }
      confirm="Start another task"
      onConfirm={() => void page.restartTerminal(asked.paneKey, asked.size)}
    >
      <div className="body">
        <p>
          The session has ended, and its container with it. Another task is started with the same command, size and time
          limit. What was written in the last one is not there.
        </p>
      </div>
    </StartQuestion>
  )
}

/** The open sessions of an environment. */
function SessionsDialog({ environment }: { readonly environment: EnvironmentRef }): ReactNode {
  const page = usePage()
  const sessions = useSessions(environment)
  const { listing } = sessions
  const close = (): void => page.arrange({ containerDialog: { kind: 'closed' } })
  return (
    <Dialog title="Open ephemeral sessions" onClose={close}>
      <div className="body">
        <p className="faint" role="status">
          {listing === undefined
            ? 'Asking AWS…'
            : `${listing.sessions.length} of ${listing.limit} are open. AWS may take a minute to notice that one has ended.`}
        </p>
        <OpenSessions sessions={sessions} />
      </div>
      <footer>
        <Button size="large" onClick={close}>
          Close
        </Button>
      </footer>
    </Dialog>
  )
}

/** The dialog that is open; renders nothing while none is. */
export function ContainerDialogs(): ReactNode {
  const dialog = usePageState((state) => state.containerDialog)
  switch (dialog.kind) {
    case 'closed':
      return null
    case 'run':
      return <RunDialog asked={dialog} />
    case 'ephemeral':
      return <StartDialog fields={dialog.fields} />
    case 'derive':
      return <DeriveDialog terminalId={dialog.terminalId} />
    case 'again':
      return <AgainDialog asked={dialog} />
    case 'sessions':
      return <SessionsDialog environment={dialog.environment} />
  }
}
