// The doctor's dialog: says what it will do, shows each line as it is found, and lets the report be copied.
//
// The core runs it; the lines come with the snapshot. Closing the dialog stops the run.

import './doctor.css'
import { Check, Copy, Stethoscope } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { toWireError } from '../../shared/errors'
import type { DoctorView } from '../../shared/model/doctor'
import { usePage, usePageState } from '../context'
import { Button } from '../parts/controls/Button'
import { useCopy } from '../parts/controls/clipboard'
import { Dialog } from '../parts/floats/Dialog'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { Glyph } from '../parts/Glyph'
import type { DoctorSubject } from '../store/state'
import { Lines } from './Lines'
import { outcomeOf } from './listing'

/** The tab index of the list: what scrolls has to be reached by keyboard. */
const REACHED = 0

function Intent({ subject }: { readonly subject: DoctorSubject }): ReactNode {
  const { target, port, host } = subject
  return (
    <div className="intent">
      <Stethoscope size={24} strokeWidth={1.5} aria-hidden="true" />
      <p>
        Checks AWS&apos;s configuration files, the way to each service, the clock, the credentials and the permissions,
        each once.
      </p>
      {target === undefined ? (
        <p>No session is opened. Run it from an instance to have one tried.</p>
      ) : (
        <p>
          Then opens a session to the instance, cuts and resumes it once
          {port !== undefined && (
            <>
              , tries port {port} of {host === undefined ? 'the instance' : <ForeignName text={host} />}
            </>
          )}{' '}
          and ends it. Nothing else is changed.
        </p>
      )}
    </div>
  )
}

function CopyReport({ report }: { readonly report: string | undefined }): ReactNode {
  const { isCopied, copy } = useCopy(report ?? '', 'the report')
  return (
    <Button
      size="large"
      icon={isCopied ? Check : Copy}
      reason={report === undefined ? 'There is a report once the doctor is done.' : undefined}
      onClick={copy}
    >
      {isCopied ? 'Copied' : 'Copy report'}
    </Button>
  )
}

/** The newest line stays in sight while the doctor works; the first failure once it is done. */
function Findings({ view }: { readonly view: DoctorView }): ReactNode {
  const list = useRef<HTMLDivElement>(null)
  const end = useRef<HTMLDivElement>(null)
  const { state, lines } = view
  const isWorking = state.kind === 'working'
  const outcome = outcomeOf(view)
  useEffect(() => {
    if (isWorking) end.current?.scrollIntoView({ block: 'nearest' })
    else {
      const failed = list.current?.querySelector('li.failed')
      if (failed === null || failed === undefined) list.current?.scrollTo({ top: 0 })
      else failed.scrollIntoView({ block: 'center' })
    }
  }, [isWorking, lines.length])
  return (
    <>
      {outcome !== undefined && (
        <p className={`outcome ${outcome.tone}`}>
          <Glyph tone={outcome.tone} />
          {outcome.text}
        </p>
      )}
      <div ref={list} className="lines" role="region" aria-label="Findings" tabIndex={REACHED}>
        <Lines lines={lines} />
        <div ref={end} className="step">
          {isWorking && (
            <>
              <Glyph tone="working" />
              <ForeignSentence text={state.step} />
            </>
          )}
        </div>
      </div>
    </>
  )
}

/** The dialog about one subject. */
export function Doctor({ subject }: { readonly subject: DoctorSubject }): ReactNode {
  const page = usePage()
  const button = useRef<HTMLButtonElement>(null)
  const [runId, setRunId] = useState<string>()
  const newest = usePageState((state) => state.snapshot?.doctor)
  const view = newest?.runId === runId ? newest : undefined
  const isWorking = view?.state.kind === 'working'
  const outcome = view === undefined ? undefined : outcomeOf(view)?.text

  useEffect(() => {
    if (outcome !== undefined) page.announce(outcome)
  }, [page, outcome])

  const stop = (): void => {
    if (runId !== undefined) void page.ask('doctor.stop', { runId })
  }
  const run = (): void => {
    const { name: _name, ...wanted } = subject
    page.request('doctor.run', wanted).then(
      (answer) => setRunId(answer.runId),
      (error: unknown) => page.toast({ tone: 'failed', title: toWireError(error).message }),
    )
  }
  const close = (): void => {
    if (isWorking) stop()
    page.askDoctor(undefined)
  }
  return (
    <Dialog
      title={
        <>
          Doctor: <ForeignName text={subject.name} />
        </>
      }
      onClose={close}
      firstFocus={button}
    >
      <div className="body doctor" aria-busy={isWorking}>
        {view === undefined ? <Intent subject={subject} /> : <Findings view={view} />}
      </div>
      <footer>
        {view !== undefined && <CopyReport report={view.report} />}
        {/* One button, so that it keeps the focus while its action changes. */}
        <Button
          ref={button}
          size="large"
          variant={isWorking ? 'secondary' : 'primary'}
          onClick={isWorking ? stop : run}
        >
          {isWorking ? 'Stop' : view === undefined ? 'Run doctor' : 'Run again'}
        </Button>
      </footer>
    </Dialog>
  )
}
