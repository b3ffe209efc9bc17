// The list of drains in the settings: what each one does now, and what a person can do with it.

import './drains.css'
import { CirclePlay, Pencil, Plus, RotateCw, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { toWireError, type WireError } from '../../shared/errors'
import { shownName } from '../../shared/foreigntext'
import type { Drain, DrainFields, DrainView } from '../../shared/model/drain'
import type { Snapshot } from '../../shared/model/snapshot'
import { clockWords } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { environmentWords } from '../forwards/listing'
import { compareNames } from '../order'
import { Banner } from '../parts/Banner'
import { Chip } from '../parts/Chip'
import { Button } from '../parts/controls/Button'
import { IconButton } from '../parts/controls/IconButton'
import { Toggle } from '../parts/controls/Toggle'
import { Question } from '../parts/floats/Dialog'
import { State } from '../parts/State'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { DrainEditor } from './DrainEditor'
import { destinationWords, drainWords, figuresOf, tookWords } from './words'

/** The last test of a drain. */
type Test =
  | { readonly kind: 'none' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'answered'; readonly tookMs: number }
  | { readonly kind: 'failed'; readonly error: WireError }

/** The dialog that is open. */
type Opened = { readonly kind: 'none' | 'new' } | { readonly kind: 'edit' | 'delete'; readonly drain: Drain }

function fieldsOf({ name, environment, destination, isRaw, isRequired, isEnabled }: Drain): DrainFields {
  return { name, environment, destination, isRaw, isRequired, isEnabled }
}

function TestNote({ test, onClose }: { readonly test: Test; readonly onClose: () => void }): ReactNode {
  const close = (
    <Button size="small" variant="quiet" onClick={onClose}>
      Close
    </Button>
  )
  switch (test.kind) {
    case 'none':
      return null
    case 'sending':
      return (
        <Banner tone="working" title="Sending a test record.">
          Waiting for the destination.
        </Banner>
      )
    case 'answered':
      return (
        <Banner tone="up" title="The test record was delivered." action={close}>
          The destination took it in {tookWords(test.tookMs)}.
        </Banner>
      )
    case 'failed':
      return (
        <Banner tone="failed" title="The test record was not delivered." action={close}>
          {test.error.message}
        </Banner>
      )
  }
}

/** Why the drain does not deliver, or last did not. */
function Trouble({ view }: { readonly view: DrainView }): ReactNode {
  const { state, lastError } = view
  if (state.kind === 'failing') {
    return (
      <p className="trouble bad">
        <ForeignSentence text={state.error.message} />
      </p>
    )
  }
  if (lastError === undefined) return null
  return (
    <p className="trouble">
      Last error at {clockWords(lastError.at)}: <ForeignSentence text={lastError.error.message} />
    </p>
  )
}

interface RowProps {
  readonly view: DrainView
  readonly snapshot: Snapshot
  readonly onOpen: (opened: Opened) => void
}

function Row({ view, snapshot, onOpen }: RowProps): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const [test, setTest] = useState<Test>({ kind: 'none' })
  const { drain } = view
  const shown = shownName(drain.name)
  const figures = figuresOf(view, nowAt)
  const send = async (): Promise<void> => {
    setTest({ kind: 'sending' })
    try {
      const { tookMs, error } = await page.request('drain.test', { drainId: drain.id })
      setTest(error === undefined ? { kind: 'answered', tookMs } : { kind: 'failed', error })
    } catch (error) {
      setTest({ kind: 'failed', error: toWireError(error) })
    }
  }
  const enable = (isEnabled: boolean): void =>
    void page.ask('drain.update', { ...fieldsOf(drain), drainId: drain.id, isEnabled, secrets: {} })
  return (
    <li className="drain">
      <div className="head">
        <Toggle isOn={drain.isEnabled} label={`Turn ${shown} ${drain.isEnabled ? 'off' : 'on'}`} onChange={enable} />
        <div className="what">
          <div className="name">
            <b className="cut-off">
              <ForeignName text={drain.name} />
            </b>
            {drain.isRequired && <Chip look="line">Required</Chip>}
            {drain.isRaw && <Chip look="line">Raw</Chip>}
            <span className="faint cut-off">
              <ForeignName text={environmentWords(drain.environment, snapshot.environment)} />
            </span>
          </div>
          <p className="cut-off">
            <ForeignName text={destinationWords(drain.destination)} />
          </p>
        </div>
        <State words={drainWords(view, nowAt)} detail="none" />
        <span className="buttons">
          {view.state.kind === 'failing' && (
            <IconButton
              icon={RotateCw}
              label={`Try ${shown} again now`}
              onClick={() => void page.ask('drain.retry', { drainId: drain.id })}
            />
          )}
          <IconButton
            icon={CirclePlay}
            label={`Send a test record to ${shown}`}
            reason={test.kind === 'sending' ? 'A test record is on its way.' : undefined}
            onClick={() => void send()}
          />
          <IconButton icon={Pencil} label={`Edit ${shown}`} onClick={() => onOpen({ kind: 'edit', drain })} />
          <IconButton icon={Trash2} label={`Delete ${shown}`} onClick={() => onOpen({ kind: 'delete', drain })} />
        </span>
      </div>
      {figures.length > 0 && <p className="counts">{figures.join(' · ')}</p>}
      <Trouble view={view} />
      <TestNote test={test} onClose={() => setTest({ kind: 'none' })} />
    </li>
  )
}

function DeleteQuestion({ view, onClose }: { readonly view: DrainView; readonly onClose: () => void }): ReactNode {
  const page = usePage()
  const { drain, waiting } = view
  return (
    <Question
      title={
        <>
          Delete the drain <ForeignName text={drain.name} />?
        </>
      }
      text={
        waiting.records === 0
          ? 'Its secrets are deleted too. What was delivered stays at its destination.'
          : `Its secrets are deleted too, and ${waiting.records.toLocaleString('en')} records that were not delivered are lost.`
      }
      confirm="Delete"
      onConfirm={() => void page.ask('drain.delete', { drainId: drain.id })}
      onClose={onClose}
    />
  )
}

/** The list and its dialogs. */
export function Drains({ snapshot }: { readonly snapshot: Snapshot }): ReactNode {
  const [opened, setOpened] = useState<Opened>({ kind: 'none' })
  const drains = snapshot.drains.toSorted((a, b) => compareNames(a.drain.name, b.drain.name))
  const close = (): void => setOpened({ kind: 'none' })
  const deleted = opened.kind === 'delete' ? drains.find(({ drain }) => drain.id === opened.drain.id) : undefined
  return (
    <>
      <div className="line drains-head" id="settings-drains">
        <div className="what">
          <div className="title">Drains</div>
          <p>
            Destinations that the output of sessions is sent to, line by line, such as the log store of your company.
          </p>
        </div>
        <Button icon={Plus} onClick={() => setOpened({ kind: 'new' })}>
          New drain
        </Button>
      </div>
      {drains.length > 0 && (
        <ul className="drain-list" aria-label="Drains">
          {drains.map((view) => (
            <Row key={view.drain.id} view={view} snapshot={snapshot} onOpen={setOpened} />
          ))}
        </ul>
      )}
      {opened.kind === 'new' && <DrainEditor edited={undefined} snapshot={snapshot} onClose={close} />}
      {opened.kind === 'edit' && <DrainEditor edited={opened.drain} snapshot={snapshot} onClose={close} />}
      {deleted !== undefined && <DeleteQuestion view={deleted} onClose={close} />}
    </>
  )
}
