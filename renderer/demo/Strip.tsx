// The Demo's strip above every view: which parts of the Demo are real, the outages to try, and the outage in progress.
//
// One line high; text that does not fit is behind "More". Owns whether "More" is open. The page's state holds whether the
// strip was dismissed.

import './demo.css'
import { ChevronDown, ChevronUp, FlaskConical, X } from 'lucide-react'
import { useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import type { DemoOutage } from '../../shared/model/environment'
import type { Snapshot } from '../../shared/model/snapshot'
import { usePage, usePageState } from '../context'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/controls/Button'
import { IconButton } from '../parts/controls/IconButton'
import { Menu } from '../parts/floats/Menu'
import { OUTAGES, endOutage, isAnythingOn, outageWords, tryOutage } from './outages'

/** What is real and what is simulated. On Windows and in the packed app the Demo has no real shells to offer. */
function truthOf(hasRealShells: boolean): { readonly brief: string; readonly real: string; readonly madeUp: string } {
  return hasRealShells
    ? {
        brief: 'The instances are made up; shells and ports are real and stay on this computer.',
        real: 'Shells on Linux instances are shells of this computer and can reach your files. Forwards listen on its real ports.',
        madeUp:
          'The instances, shells on Windows instances, and the services that forwards lead to. Nothing is sent to AWS.',
      }
    : {
        brief: 'The instances and their shells are made up; ports are real and stay on this computer.',
        real: 'Forwards listen on real ports of this computer.',
        madeUp: 'The instances, their shells, and the services that forwards lead to. Nothing is sent to AWS.',
      }
}

function More({ snapshot, id }: { readonly snapshot: Snapshot; readonly id: string }): ReactNode {
  const { environment, profiles } = snapshot
  const { real, madeUp } = truthOf(environment.hasRealShells ?? true)
  return (
    <dl className="more" id={id}>
      <dt>Real</dt>
      <dd>{real}</dd>
      <dt>Made up</dt>
      <dd>{madeUp}</dd>
      <dt>To try</dt>
      <dd>Turn on demo-page in Forwards, open it in a browser, then try an outage and load it again.</dd>
      <dt>Your own</dt>
      <dd>
        {profiles.length > 0
          ? 'Choose one of your profiles in the menu at the top left.'
          : 'Set up a profile with aws configure sso. It then appears in the menu at the top left.'}
      </dd>
    </dl>
  )
}

function Hint({ snapshot }: { readonly snapshot: Snapshot }): ReactNode {
  const page = usePage()
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  return (
    <>
      <div className="banner idle">
        <FlaskConical size={14} strokeWidth={1.75} aria-hidden="true" />
        <p role="status">
          <strong>This is the Demo.</strong> {truthOf(snapshot.environment.hasRealShells ?? true).brief}
        </p>
        <div className="actions">
          <Menu
            align="end"
            trigger={
              <Button size="small">
                Try an outage <ChevronDown size={12} strokeWidth={2} aria-hidden="true" />
              </Button>
            }
            items={OUTAGES.map(({ kind, label, detail, icon }) => ({
              label,
              detail,
              icon,
              onSelect: () => void tryOutage(page, kind),
            }))}
          />
          <Button
            size="small"
            variant="quiet"
            icon={isOpen ? ChevronUp : ChevronDown}
            aria-expanded={isOpen}
            {...(isOpen ? { 'aria-controls': id } : {})}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? 'Less' : 'More'}
          </Button>
          <IconButton size="small" icon={X} label="Dismiss: This is the Demo" onClick={() => page.dismissDemoHint()} />
        </div>
      </div>
      {isOpen && <More id={id} snapshot={snapshot} />}
    </>
  )
}

function Outage({ outage, snapshot }: { readonly outage: DemoOutage; readonly snapshot: Snapshot }): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const { title, text, button } = outageWords(outage, isAnythingOn(snapshot))
  const endsAt = outage.kind === 'network' ? outage.endsAt : undefined
  return (
    <Banner
      tone={outage.kind === 'keys' ? 'waiting' : 'working'}
      title={title}
      action={
        <>
          {endsAt !== undefined && (
            <span className="left">{Math.max(0, Math.ceil((endsAt - nowAt) / 1_000))} s left</span>
          )}
          <Button size="small" onClick={() => void endOutage(page, outage)}>
            {button}
          </Button>
        </>
      }
    >
      {text}
    </Banner>
  )
}

/** The strip. Renders nothing outside the Demo, and nothing once it was dismissed, unless an outage is in progress. */
export function DemoStrip(): ReactNode {
  const snapshot = usePageState((state) => state.snapshot)
  const isDismissed = usePageState((state) => state.isDemoHintDismissed)
  const strip = useRef<HTMLDivElement>(null)
  const outage = snapshot?.environment.outage
  const kind = outage?.kind
  const before = useRef(kind)
  useLayoutEffect(() => {
    // The pressed button was removed along with its text: the focus moves to its replacement.
    const isChanged = before.current !== kind
    before.current = kind
    if (isChanged && document.activeElement === document.body) strip.current?.querySelector('button')?.focus()
  }, [kind])
  if (snapshot === undefined) return null
  const { ref, state } = snapshot.environment
  if (ref.kind !== 'demo' || state.kind !== 'open' || (isDismissed && outage === undefined)) return null
  return (
    <div className="demo-strip" role="region" aria-label="Demo" ref={strip}>
      {outage === undefined ? <Hint snapshot={snapshot} /> : <Outage outage={outage} snapshot={snapshot} />}
    </div>
  )
}
